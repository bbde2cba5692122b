//! The page as a whole: what the server says about it, coming back to it, stepping back in it, and a new code in its address.

use super::{is_visible, on_window};
#[cfg(not(feature = "ssr"))]
use crate::text::Language;
use leptos::ev::Custom;
#[cfg(not(feature = "ssr"))]
use leptos::prelude::document;
use leptos::prelude::window;
use web_sys::Event;

/// Calls `handler` each time the person comes back to this page from another tab, app or a locked screen, until the
/// present component is disposed of.
pub fn on_return(handler: impl Fn() + 'static) {
    on_window(Custom::<Event>::new("visibilitychange"), move |_| {
        if is_visible() {
            handler();
        }
    });
}

/// Calls `handler` when the part of the address behind `#` changes, as when a second link is opened in the same tab, until
/// the present component is disposed of.
pub fn on_fragment(handler: impl Fn() + 'static) {
    on_window(Custom::<Event>::new("hashchange"), move |_| handler());
}

/// Whether the server has marked this page as one of the demo.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn is_demo() -> bool {
    let html = document().document_element();
    html.is_some_and(|html| html.has_attribute("data-demo"))
}

/// The language that the server has drawn this page in.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn document_language() -> Language {
    let html = document().document_element();
    let tag = html.and_then(|html| html.get_attribute("lang"));
    tag.as_deref()
        .and_then(Language::of_tag)
        .unwrap_or_default()
}

/// Shows the page from its top.
pub fn to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// One step back, as the browser's own button does it.
pub fn back() {
    if let Ok(history) = window().history() {
        let _ = history.back();
    }
}
