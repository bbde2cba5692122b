//! The file input of both surfaces; each draws its own button around it.

use crate::browser::{self, LocalFile};
use crate::state::Queue;
use leptos::html;
use leptos::prelude::*;

/// Passes on every file that a person chooses, also what was chosen in the server's page before this script ran: its `change`
/// event was never delivered, so the input is read once when it comes alive.
#[component]
pub fn FileInput(
    /// The kinds that the chooser offers; the codec decides what a file really is.
    accept: &'static str,
    /// Whether several files can be chosen at once.
    multiple: bool,
    /// Which camera a phone opens instead of the gallery.
    #[prop(optional_no_strip)]
    capture: Option<&'static str>,
    /// Whether nothing may be chosen.
    #[prop(into)]
    disabled: Signal<bool>,
    /// The queue whose codec is fetched while the person is choosing.
    queue: Queue,
    /// Gets the files of each choice, at least one.
    on_files: Callback<Vec<LocalFile>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let take = move || {
        let files = input
            .get_untracked()
            .map(|input| browser::take_chosen(&input))
            .unwrap_or_default();
        if !files.is_empty() {
            on_files.run(files);
        }
    };
    Effect::new(move |_| {
        input.track();
        untrack(take);
    });
    view! {
        <input
            node_ref=input
            type="file"
            accept=accept
            capture=capture
            multiple=multiple
            disabled=move || disabled.get()
            on:click=move |_| queue.prefetch_codec()
            on:change=move |_| take()
        />
    }
}
