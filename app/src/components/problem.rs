//! A problem with its next step.

use crate::ids;
use crate::text::Advice;
use leptos::prelude::*;

/// What happened and what to do next, as a whole page's or panel's content. Actions go in as children.
#[component]
pub fn Problem(
    /// What to say.
    advice: Advice,
    /// Buttons or links for the next step.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="problem stack" role="alert">
            <h1 id=ids::SCREEN_TITLE tabindex="-1">{advice.what}</h1>
            <p>{advice.next}</p>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </section>
    }
}
