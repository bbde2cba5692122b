//! What a page needs to know of its own elements: their size, their images, what is dragged over them.

use js_sys::Reflect;
use leptos::prelude::document;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{DragEvent, Element, Event, HtmlElement, HtmlInputElement, PointerEvent};

/// Whether the page is in front of somebody: not in a background tab, not minimised.
#[must_use]
pub fn is_visible() -> bool {
    !document().hidden()
}

/// Selects the text of the input with this id, so that a person can copy it.
pub fn select_text(id: &str) {
    let input = document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input {
        let _ = input.focus();
        input.select();
    }
}

/// Whether a drag brings files, and not text or a picture of this page.
#[must_use]
pub fn carries_files(event: &DragEvent) -> bool {
    let types = event
        .data_transfer()
        .and_then(|transfer| Reflect::get(&transfer, &"types".into()).ok());
    let types = types.map(|types| js_sys::Array::from(&types));
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

/// Whether a drag left the window, and not only one element for another.
#[must_use]
pub fn left_window(event: &DragEvent) -> bool {
    event.related_target().is_none()
}

/// Whether the event goes to a button.
#[must_use]
pub fn is_on_button(event: &Event) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.tag_name() == "BUTTON")
}

/// Shows this text in the input that the event comes from.
pub fn show_value(event: &Event, text: &str) {
    let input = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input {
        input.set_value(text);
    }
}

/// Whether the event goes to something that takes text.
#[must_use]
pub fn is_typing(event: &Event) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// Width and height of the element with this id, in CSS pixels.
#[must_use]
pub fn size_of(id: &str) -> Option<(f64, f64)> {
    let rect = document().get_element_by_id(id)?.get_bounding_client_rect();
    Some((rect.width(), rect.height()))
}

/// Where a point of the window lies within the element with this id, in CSS pixels from its top left.
#[must_use]
pub fn within(id: &str, x: i32, y: i32) -> Option<(f64, f64)> {
    let rect = document().get_element_by_id(id)?.get_bounding_client_rect();
    Some((f64::from(x) - rect.left(), f64::from(y) - rect.top()))
}

/// Keeps sending a pointer's events to the element they began on, also when it leaves it.
pub fn capture_pointer(event: &PointerEvent) {
    let element = event
        .current_target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// How the image with this id came out: nothing while it is loading. Events of an image that the server's page
/// brought along may have passed before anybody listened.
#[must_use]
pub fn image_loaded(id: &str) -> Option<bool> {
    let image = document().get_element_by_id(id)?;
    let read = |name: &str| Reflect::get(&image, &JsValue::from_str(name)).ok();
    if !read("complete")?.is_truthy() {
        return None;
    }
    Some(read("naturalWidth")?.as_f64().unwrap_or_default() > 0.0)
}

/// Brings the element with this id into view.
pub fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let options = js_sys::Object::new();
        let _ = Reflect::set(&options, &"block".into(), &"nearest".into());
        let _ = Reflect::set(&options, &"inline".into(), &"nearest".into());
        let scroll = Reflect::get(&element, &"scrollIntoView".into());
        if let Ok(scroll) = scroll.and_then(|it| it.dyn_into::<js_sys::Function>()) {
            let _ = scroll.call1(&element, &options);
        }
    }
}

/// Scrolls the element `frame` sideways until the element `id` in it can be seen; the page itself stays where it is.
pub fn reveal_sideways(id: &str, frame: &str) {
    let (Some(element), Some(frame)) = (
        document().get_element_by_id(id),
        document().get_element_by_id(frame),
    ) else {
        return;
    };
    let (inner, outer) = (
        element.get_bounding_client_rect(),
        frame.get_bounding_client_rect(),
    );
    let (before, after) = (inner.left() - outer.left(), inner.right() - outer.right());
    let by = if before < 0.0 { before } else { after.max(0.0) };
    frame.set_scroll_left(frame.scroll_left() + by.round() as i32);
}

/// Whether the keyboard focus is nowhere, as after the element that had it went away.
#[must_use]
pub fn focus_is_lost() -> bool {
    document()
        .active_element()
        .is_none_or(|element| element.tag_name() == "BODY")
}
