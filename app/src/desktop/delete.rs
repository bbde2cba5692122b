//! Asks before a picture is deleted.

use super::desk::{Desk, Dialog};
use super::dialog::ModalDialog;
use crate::text::desk as words;
use leptos::prelude::*;

fn own(dialog: Dialog) -> bool {
    matches!(dialog, Dialog::Delete(_))
}

/// The dialog.
#[component]
pub(super) fn DeleteDialog() -> impl IntoView {
    let desk = Desk::get();
    let picture = move || match desk.dialog.get() {
        Some(Dialog::Delete(id)) => Some(id),
        _ => None,
    };
    let title = move || {
        let id = picture();
        let at = desk.feed.view.with(|view| {
            view.pictures
                .iter()
                .position(|picture| Some(picture.id) == id)
        });
        words::delete_title(at.map_or(0, |at| at + 1))
    };
    // Somebody else was faster.
    Effect::new(move |_| {
        if picture().is_some_and(|id| desk.feed.view.with(|view| view.picture(id).is_none())) {
            desk.close(own);
        }
    });
    let delete = move |_| {
        if let Some(Dialog::Delete(id)) = desk.dialog.get_untracked() {
            desk.dialog.set(None);
            desk.delete(id);
        }
    };
    view! {
        <ModalDialog id="delete-dialog" title=Signal::derive(title) own>
            <div class="stack">
                <p>{words::delete_means()}</p>
                <div class="row">
                    <button class="button" type="button" autofocus on:click=move |_| desk.close(own)>{words::cancel()}</button>
                    <button class="button danger primary" type="button" on:click=delete>{words::delete()}</button>
                </div>
            </div>
        </ModalDialog>
    }
}
