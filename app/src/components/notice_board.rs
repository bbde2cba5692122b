//! The two live regions of the page.

use crate::state::Notices;
use leptos::prelude::*;

/// Shows and speaks the present notices. Stands once in a surface, where it covers nothing that is worked on.
#[component]
pub fn NoticeBoard() -> impl IntoView {
    let notices = expect_context::<Notices>();
    let dismiss = move |_| notices.assertive.set(None);
    view! {
        <div class="notices">
            <div role="status" aria-live="polite">
                {move || notices.polite.get().map(|text| view! { <p class="notice">{text}</p> })}
            </div>
            <div role="alert" aria-live="assertive">
                {move || notices.assertive.get().map(|text| view! {
                    <p class="notice bad">
                        {text}
                        <button class="button quiet" type="button" on:click=dismiss>"Dismiss"</button>
                    </p>
                })}
            </div>
        </div>
    }
}
