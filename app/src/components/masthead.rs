//! The product's name and, in the demo, that nobody in it is real: on top of every page that shows no patient.

use super::LanguageSwitch;
#[cfg(feature = "ssr")]
use crate::api::server;
#[cfg(not(feature = "ssr"))]
use crate::browser;
use crate::text;
use leptos::prelude::*;

/// The line on top.
#[component]
pub fn Masthead() -> impl IntoView {
    view! {
        <header class="masthead">
            <strong>{text::PRODUCT}</strong>
            <DemoMark text=text::demo() />
            <LanguageSwitch />
        </header>
    }
}

/// Says that the patients are fictional, when they are.
#[component]
pub fn DemoMark(
    /// In which words.
    text: &'static str,
) -> impl IntoView {
    is_demo().then(|| view! { <span class="demo-mark">{text}</span> })
}

/// The server knows, and writes it into the document; the browser reads it there.
fn is_demo() -> bool {
    #[cfg(feature = "ssr")]
    let demo = server::is_demo();
    #[cfg(not(feature = "ssr"))]
    let demo = browser::is_demo();
    demo
}
