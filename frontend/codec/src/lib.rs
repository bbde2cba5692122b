//! The door of the codec module: bytes of a file in, a prepared picture out.
//!
//! `public/codec-worker.js` is the only caller. A panic ends the module (it aborts), and the worker says so.

use clinical_images::codec::{Limits, Prepared, to_jpeg_turned};
use clinical_images::digest::Sha256;
use wasm_bindgen::prelude::*;

/// A prepared picture, to be read field by field and then freed.
#[wasm_bindgen]
pub struct Picture {
    prepared: Prepared,
    sha256: Sha256,
}

#[wasm_bindgen]
impl Picture {
    /// A copy of the JPEG file, in memory of its own.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn jpeg(&self) -> js_sys::Uint8Array {
        js_sys::Uint8Array::from(self.prepared.jpeg.as_slice())
    }

    /// Width in pixels.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.prepared.width
    }

    /// Height in pixels.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.prepared.height
    }

    /// JPEG quality, 1 to 100.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn quality(&self) -> u8 {
        self.prepared.quality
    }

    /// SHA-256 of the JPEG file, 64 hexadecimal digits. Made here because pages over plain HTTP have no WebCrypto.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn sha256(&self) -> String {
        self.sha256.to_string()
    }

    /// What the file was: `jpeg`, `png`, `webp` or `heic`.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn source(&self) -> String {
        self.prepared.source.to_string()
    }
}

/// Prepares a file with the default limits, turned by so many quarters clockwise after it stands upright.
///
/// # Errors
/// Throws a string: the refusal as JSON (see `clinical_images::codec::Unusable`).
#[wasm_bindgen]
#[allow(
    clippy::needless_pass_by_value,
    reason = "the module owns the copy that JavaScript makes"
)]
pub fn prepare(bytes: Vec<u8>, quarter_turns: u8) -> Result<Picture, JsValue> {
    let prepared = to_jpeg_turned(&bytes, quarter_turns, &Limits::default())
        .map_err(|refusal| JsValue::from_str(&refusal.to_json()))?;
    let sha256 = Sha256::of(&prepared.jpeg);
    Ok(Picture { prepared, sha256 })
}
