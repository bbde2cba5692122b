//! How a prepared picture, or a refusal, is handed to JavaScript.

use clinical_images::codec::{Prepared, Unusable};
use clinical_images::digest::Sha256;
use wasm_bindgen::prelude::*;

/// A prepared picture, to be read field by field and then freed.
#[wasm_bindgen]
pub struct Picture {
    prepared: Prepared,
    sha256: Sha256,
}

impl From<Prepared> for Picture {
    fn from(prepared: Prepared) -> Self {
        let sha256 = Sha256::of(&prepared.jpeg);
        Self { prepared, sha256 }
    }
}

/// A refusal as JavaScript catches it: its JSON.
#[allow(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
pub fn thrown(refusal: Unusable) -> JsValue {
    JsValue::from_str(&refusal.to_json())
}

#[wasm_bindgen]
impl Picture {
    /// A copy of the JPEG file, in memory of its own.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn jpeg(&self) -> js_sys::Uint8Array {
        js_sys::Uint8Array::from(self.prepared.jpeg.as_slice())
    }

    /// A copy of the thumbnail's JPEG file, when there is one.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn thumbnail(&self) -> Option<js_sys::Uint8Array> {
        let thumbnail = self.prepared.thumbnail.as_deref();
        thumbnail.map(js_sys::Uint8Array::from)
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
