//! What went wrong with a request, at the place where it was made.

use crate::api::ApiError;
use crate::text;
use leptos::prelude::*;

/// What went wrong and what to do next, inside a panel.
#[component]
pub fn ErrorSummary(
    /// The answer.
    error: ApiError,
) -> impl IntoView {
    let advice = text::explain(&error);
    view! {
        <p class="error">{advice.what}</p>
        <p>{advice.next}</p>
    }
}
