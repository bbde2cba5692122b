//! A dialog: modal, closed by Escape, gives the focus back where it came from. The browser does all of it.

use super::desk::{Desk, Dialog};
use crate::browser;
use leptos::prelude::*;

/// A dialog that is open while `own` accepts the desk's open [`Dialog`]. Its content is rendered anew each time it opens.
#[component]
pub(super) fn ModalDialog(
    /// Its id in the page.
    id: &'static str,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// Which values of [`Dialog`] this component shows.
    own: fn(Dialog) -> bool,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let desk = Desk::get();
    let open = Memo::new(move |_| desk.dialog.get().is_some_and(own));
    let heading = format!("{id}-title");
    let label = heading.clone();
    Effect::new(move |_| browser::show_modal(id, open.get()));
    view! {
        <dialog id=id class="dialog" aria-labelledby=label on:close=move |_| desk.close(own)>
            <h2 id=heading>{move || title.get()}</h2>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
