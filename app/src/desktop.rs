//! The desktop widget.

use leptos::prelude::*;

/// The page.
#[component]
pub fn DeskPage() -> impl IntoView {
    view! { <main></main> }
}
