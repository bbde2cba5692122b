//! The device: clock, randomness, network, clipboard, focus.

use clinical_images::moment::Moment;
use futures::channel::oneshot;
use js_sys::Date;
use leptos::ev::EventDescriptor;
use leptos::prelude::{on_cleanup, request_animation_frame, window_event_listener};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

fn window() -> web_sys::Window {
    leptos::prelude::window()
}

/// The present moment by the device's clock.
#[must_use]
pub fn now() -> Moment {
    Moment::from_millis(Date::now() as i64)
}

/// 128 random bits. Also on plain-HTTP pages, where the rest of Web Crypto is missing.
#[must_use]
pub fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    let filled = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    filled.expect("every browser that runs WebAssembly has getRandomValues");
    u128::from_le_bytes(bytes)
}

/// Whether the browser believes that it has a network. `true` proves nothing, `false` is certain.
#[must_use]
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Waits at least so long; longer while the browser throttles a page in the background.
pub async fn sleep(span: Duration) {
    gloo_timers::future::sleep(span).await;
}

/// Waits until the browser is about to paint: everything that follows from signals set before is in the document then. Does not
/// return while the page is in the background.
pub async fn next_frame() {
    let (painting, frame) = oneshot::channel();
    request_animation_frame(move || {
        let _ = painting.send(());
    });
    // The callback is dropped without a call only when the page goes away.
    let _ = frame.await;
}

/// Copies text. `false` when the browser does not allow it, as on plain-HTTP pages.
pub async fn copy_text(text: &str) -> bool {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    let Ok(clipboard) = clipboard.and_then(|it| it.dyn_into::<web_sys::Clipboard>()) else {
        return false;
    };
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Calls `handler` for each event of the window until the present component is disposed of.
pub fn on_window<E>(event: E, handler: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let handle = window_event_listener(event, handler);
    on_cleanup(move || handle.remove());
}

/// Asks before the page is left, as long as `unsaved` says that something would be lost.
pub fn guard_leaving(unsaved: impl Fn() -> bool + 'static) {
    on_window(leptos::ev::beforeunload, move |event| {
        if unsaved() {
            event.prevent_default();
        }
    });
}

/// Moves the keyboard focus to the element with this id.
pub fn focus(id: &str) {
    let element = leptos::prelude::document().get_element_by_id(id);
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Opens or closes the `<dialog>` with this id.
pub fn show_modal(id: &str, open: bool) {
    let element = leptos::prelude::document().get_element_by_id(id);
    let Some(dialog) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok())
    else {
        return;
    };
    if open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}
