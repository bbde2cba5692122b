//! The list of shortcuts, on `?`.

use super::desk::{Desk, Dialog};
use super::dialog::ModalDialog;
use crate::browser;
use crate::text::desk as words;
use leptos::prelude::*;

fn own(dialog: Dialog) -> bool {
    dialog == Dialog::Keys
}

/// The dialog, and the key that opens it.
#[component]
pub(super) fn KeysDialog() -> impl IntoView {
    let desk = Desk::get();
    Effect::new(move |_| {
        browser::on_window(leptos::ev::keydown, move |event| {
            if event.key() == "?"
                && !browser::is_typing(&event)
                && desk.dialog.get_untracked().is_none()
            {
                event.prevent_default();
                desk.dialog.set(Some(Dialog::Keys));
            }
        });
    });
    let line = |(keys, does): (&'static str, &'static str)| view! { <dt><kbd>{keys}</kbd></dt> <dd>{does}</dd> };
    view! {
        <ModalDialog id="keys-dialog" title=words::shortcuts() own>
            <div class="stack">
                <dl class="desk-keys">{words::keys().map(line).collect_view()}</dl>
                <div class="row">
                    <button class="button" type="button" on:click=move |_| desk.close(own)>{words::close()}</button>
                </div>
            </div>
        </ModalDialog>
    }
}
