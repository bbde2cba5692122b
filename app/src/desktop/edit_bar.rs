//! Rotate, crop, and the way back to the original; and how saving it goes.

use super::crop;
use super::desk::Desk;
use crate::text::desk as words;
use clinical_images::picture::{Crop, Edit, Picture};
use leptos::prelude::*;

/// Turns the selected picture by so many quarters clockwise.
pub(super) fn rotate(desk: Desk, quarter_turns: u8) {
    let Some(picture) = desk.editable() else {
        return;
    };
    let original = picture.original();
    let wanted = untrack(|| desk.revisions.wanted(&picture));
    let edit = wanted.turned(quarter_turns, (original.width, original.height));
    desk.revisions.save(&picture, edit);
}

fn to_original(desk: Desk) {
    if let Some(picture) = desk.editable() {
        desk.revisions.save(&picture, Edit::default());
    }
}

/// The buttons, for the picture that is selected.
#[component]
pub(super) fn EditBar() -> impl IntoView {
    let desk = Desk::get();
    let picture = Memo::new(move |_| {
        let id = desk.selected.get()?;
        desk.feed.view.with(|view| view.picture(id).cloned())
    });
    let of = move |so: fn(&Picture) -> bool| picture.with(|it| it.as_ref().is_some_and(so));
    let fixed = move || !of(Desk::may_edit);
    let small = move || {
        !of(|it| it.original().width.min(it.original().height) >= Crop::LEAST_SIDE) || fixed()
    };
    let edited = move || {
        picture.with(|it| {
            it.as_ref()
                .is_some_and(|it| !desk.revisions.wanted(it).changes_nothing())
        })
    };
    let details_sync = move || {
        let is = |it: &Picture| it.revising || desk.revisions.is_saving(it.id);
        let details_sync = picture.with(|it| it.as_ref().is_some_and(is));
        details_sync.then_some(words::saving_changes())
    };
    view! {
        <div class="row edit-bar" role="group" aria-label=words::edit()>
            <button class="button quiet" type="button" aria-keyshortcuts="R" disabled=fixed on:click=move |_| rotate(desk, 1)>
                {words::rotate()}
            </button>
            <button class="button quiet" type="button" aria-keyshortcuts="C" disabled=small on:click=move |_| crop::begin(desk)>
                {words::crop()}
            </button>
            <button class="button quiet" type="button" hidden=move || !edited() disabled=fixed on:click=move |_| to_original(desk)>
                {words::original()}
            </button>
            <span class="small" role="status">{details_sync}</span>
        </div>
    }
}

/// Why changes to the selected picture were not saved, and what can be done.
#[component]
pub(super) fn EditFailure() -> impl IntoView {
    let desk = Desk::get();
    let stopped = Memo::new(move |_| {
        let id = desk.selected.get()?;
        Some((id, desk.revisions.stopped(id)?))
    });
    view! {
        {move || stopped.get().map(|(id, why)| view! {
            <div class="viewer-problem" role="alert">
                <p>{words::changes_not_saved(&why)}</p>
                <div class="row">
                    <button class="button" type="button" on:click=move |_| {
                        desk.editable().into_iter().for_each(|picture| desk.revisions.retry(&picture));
                    }>{words::try_again()}</button>
                    <button class="button" type="button" on:click=move |_| desk.revisions.forget(id)>{words::keep_as_it_is()}</button>
                </div>
            </div>
        })}
    }
}
