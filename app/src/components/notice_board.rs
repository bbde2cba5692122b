//! The two live regions of the page.

use crate::state::Notices;
use crate::text;
use leptos::prelude::*;

/// Shows and speaks the present notices. Stands once in a surface, where it covers nothing that is worked on.
#[component]
pub fn NoticeBoard() -> impl IntoView {
    let notices = expect_context::<Notices>();
    let dismiss = move |_| notices.assertive.set(None);
    view! {
        <div class="notices">
            <div role="status" aria-live="polite">
                {move || notices.polite.get().map(|notice| view! { <p class="notice">{notice}</p> })}
            </div>
            <div role="alert" aria-live="assertive">
                {move || notices.assertive.get().map(|notice| view! {
                    <p class="notice bad">
                        {notice}
                        <button class="button quiet" type="button" on:click=dismiss>{text::dismiss()}</button>
                    </p>
                })}
            </div>
        </div>
    }
}
