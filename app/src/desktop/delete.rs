//! Asks before a picture is deleted.

use super::desk::{Desk, Sheet};
use super::modal::Modal;
use crate::text::desk as words;
use leptos::prelude::*;

fn own(sheet: Sheet) -> bool {
    matches!(sheet, Sheet::Delete(_))
}

/// The dialog.
#[component]
pub(super) fn DeleteDialog() -> impl IntoView {
    let desk = Desk::get();
    let picture = move || match desk.sheet.get() {
        Some(Sheet::Delete(id)) => Some(id),
        _ => None,
    };
    let title = move || {
        let id = picture();
        let at = desk.live.view.with(|view| {
            view.pictures
                .iter()
                .position(|picture| Some(picture.id) == id)
        });
        words::delete_title(at.map_or(0, |at| at + 1))
    };
    // Somebody else was faster.
    Effect::new(move |_| {
        if picture().is_some_and(|id| desk.live.view.with(|view| view.picture(id).is_none())) {
            desk.close(own);
        }
    });
    let delete = move |_| {
        if let Some(Sheet::Delete(id)) = desk.sheet.get_untracked() {
            desk.sheet.set(None);
            desk.delete(id);
        }
    };
    view! {
        <Modal id="delete-dialog" title=Signal::derive(title) own>
            <div class="stack">
                <p>{words::DELETE_MEANS}</p>
                <div class="row">
                    <button class="button" type="button" autofocus on:click=move |_| desk.close(own)>{words::CANCEL}</button>
                    <button class="button danger primary" type="button" on:click=delete>{words::DELETE}</button>
                </div>
            </div>
        </Modal>
    }
}
