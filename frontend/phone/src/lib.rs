//! The phone page's entry: wakes the page that the server rendered.

// The pages' view types nest deeply.
#![recursion_limit = "1024"]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script. Takes over the server's HTML and makes it react.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(clinical_app::PhoneApp);
}
