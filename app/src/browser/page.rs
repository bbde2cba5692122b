//! The page as a whole: what the server says about it, coming back to it, its address and history, and a new code in its address.

use super::{is_visible, on_window};
#[cfg(not(feature = "ssr"))]
use crate::language::Language;
use leptos::ev::Custom;
#[cfg(not(feature = "ssr"))]
use leptos::prelude::document;
use leptos::prelude::window;
use wasm_bindgen::JsValue;
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

/// Calls `handler` after each step back or forward in the page's own history, until the present component is disposed of.
pub fn on_history_step(handler: impl Fn() + 'static) {
    on_window(leptos::ev::popstate, move |_| handler());
}

/// The path of the page's address, as it stands there: without query and fragment.
#[must_use]
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Takes the part behind `#` out of the address, so that it stays neither in the bar nor in the history.
#[must_use]
pub fn take_fragment() -> Option<String> {
    let hash = window().location().hash().ok()?;
    let code = hash
        .strip_prefix('#')
        .filter(|code| !code.is_empty())?
        .to_owned();
    replace_address(&path());
    Some(code)
}

/// Gives the page another address without loading anything: Back returns to the one before. The same address again is no step.
pub fn push_address(path: &str) {
    if path == self::path() {
        return;
    }
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Replaces the address without loading anything and without a step in the history.
pub fn replace_address(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
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
