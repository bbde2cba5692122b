//! When the phone is not in, or no longer: what happened, and what to do next.

use super::Way;
use crate::api::ApiError;
use crate::browser;
use crate::part::Problem;
use crate::text::Advice;
use crate::text::phone as words;
use leptos::prelude::*;
use leptos_meta::Title;

/// The server did not let the phone in.
#[component]
pub(super) fn Barred(
    /// What it said.
    error: ApiError,
    /// How it was asked.
    way: Way,
    /// Asks again.
    retry: Callback<Way>,
) -> impl IntoView {
    let advice = words::explain(&error);
    let again = words::may_help_to_retry(&error).then(|| {
        view! {
            <button class="button primary" type="button" on:click=move |_| retry.run(way.clone())>
                {words::TRY_AGAIN}
            </button>
        }
    });
    Effect::new(move |_| focus_title());
    view! {
        <Title text=advice.what />
        <main class="phone-screen">
            <div class="phone-body">
                <Problem advice>{again}</Problem>
            </div>
        </main>
    }
}

/// The phone was in, and that is over.
#[component]
pub(super) fn Closed(
    /// Why.
    advice: Advice,
    /// Photos that had not been sent and are gone with it.
    lost: Signal<usize>,
) -> impl IntoView {
    Effect::new(move |_| focus_title());
    view! {
        <main class="phone-screen">
            <div class="phone-body">
                <Problem advice />
                {move || (lost.get() > 0).then(|| view! { <p class="phone-warning">{words::released(lost.get())}</p> })}
            </div>
        </main>
    }
}

/// Moves the focus to the screen's heading, once it is on the page.
pub(super) fn focus_title() {
    request_animation_frame(|| browser::focus("screen-title"));
}
