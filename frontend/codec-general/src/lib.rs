//! The entry of the general codec module: bytes of any picture file in, a prepared picture out.
//!
//! `public/codec-worker.js` fetches it when the browser has no decoder for a file, refuses it or gets it wrong. It is
//! built without vector instructions, so that it also serves browsers that have none.

// One way of naming edits and limits and of handing a picture over, compiled into both modules.
#[path = "../../codec/src/edit.rs"]
mod edit;
#[path = "../../codec/src/limits.rs"]
mod limits;
#[path = "../../codec/src/picture.rs"]
mod picture;

use clinical_images::codec::{Limits, to_jpeg_edited};
use limits::limits;
use picture::{Picture, thrown};
use wasm_bindgen::prelude::*;

/// Prepares a file with this edit (`edit.rs`), within these limits, the product's where none is named; and a thumbnail when its long side is named, in pixels.
///
/// # Errors
/// Throws a string: the refusal as JSON (see `clinical_images::codec::Unusable`).
#[wasm_bindgen]
#[allow(
    clippy::needless_pass_by_value,
    reason = "the module owns the copy that JavaScript makes"
)]
pub fn prepare(
    bytes: Vec<u8>,
    edit: &[u32],
    thumbnail_side: Option<u32>,
    input_bytes: u32,
    input_pixels: u32,
    output_bytes: u32,
    long_side: u32,
) -> Result<Picture, JsValue> {
    let limits = Limits {
        thumbnail_side,
        ..limits(input_bytes, input_pixels, output_bytes, long_side)
    };
    edit::edit(edit)
        .and_then(|edit| to_jpeg_edited(&bytes, edit, &limits))
        .map(Picture::from)
        .map_err(thrown)
}
