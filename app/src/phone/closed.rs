//! The pages of a phone that was refused, or whose session has ended: what happened, and what to do next.

use super::Credential;
use super::effects::Ended;
use super::focus::begin_screen;
use crate::api::ApiError;
use crate::components::{Masthead, Problem};
use crate::text::phone as words;
use leptos::prelude::*;
use leptos_meta::Title;

/// The server refused the phone.
#[component]
pub(super) fn Denied(
    /// The refusal, or why the server could not be reached.
    error: ApiError,
    /// What the browser presented.
    credential: Credential,
    /// Presents it again.
    retry: Callback<Credential>,
) -> impl IntoView {
    let advice = words::explain(&error);
    let again = words::may_help_to_retry(&error).then(|| {
        view! {
            <button class="button primary" type="button" on:click=move |_| retry.run(credential.clone())>
                {words::try_again()}
            </button>
        }
    });
    Effect::new(move |_| begin_screen());
    view! {
        <Title text=advice.what />
        <Masthead />
        <main class="phone-screen">
            <div class="phone-body">
                <Problem advice>{again}</Problem>
            </div>
        </main>
    }
}

/// The phone was connected, and its session or link has ended.
#[component]
pub(super) fn Closed(
    /// Why it ended, and whether photos may stay.
    ended: Ended,
    /// Photos that had not been sent: removed with it, or still here if they may stay.
    photos: Signal<usize>,
    /// Comes back with photos that stayed.
    resume: Callback<bool>,
) -> impl IntoView {
    Effect::new(move |_| begin_screen());
    let Ended { advice, keeps } = ended;
    let any = move || photos.get() > 0;
    let told = move || {
        let tell = if keeps { words::kept } else { words::released };
        tell(photos.get())
    };
    view! {
        <Masthead />
        <main class="phone-screen">
            <div class="phone-body">
                <Problem advice />
                {move || any().then(|| view! { <p class="phone-warning">{told}</p> })}
            </div>
            {move || (keeps && any()).then(|| view! {
                <div class="phone-actions">
                    <button class="button primary" type="button" on:click=move |_| resume.run(true)>
                        {words::scanned_again()}
                    </button>
                </div>
            })}
        </main>
    }
}
