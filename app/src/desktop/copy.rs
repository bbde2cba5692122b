//! A button that takes a text along to the clipboard.

use crate::browser;
use crate::text::desk as words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long the button says that it is done.
const SHOWN: Duration = Duration::from_secs(3);

/// Copies `text`. When the browser refuses, the input `fallback` is selected instead, and a line says what to press.
#[component]
pub(super) fn CopyButton(
    /// What to copy.
    #[prop(into)]
    text: Signal<String>,
    /// Id of the read-only input that shows the same text.
    fallback: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let by_hand = RwSignal::new(false);
    let fallback = StoredValue::new(fallback);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if browser::copy_text(&text).await {
                by_hand.set(false);
                copied.set(true);
                browser::sleep(SHOWN).await;
                copied.set(false);
            } else if fallback
                .try_with_value(|id| browser::select_text(id))
                .is_some()
            {
                by_hand.set(true);
            }
        });
    };
    view! {
        <button class="button" type="button" on:click=copy>
            <span aria-live="polite">{move || if copied.get() { words::copied() } else { words::copy() }}</span>
        </button>
        <span class="hint" role="status">{move || by_hand.get().then_some(words::copy_by_hand())}</span>
    }
}
