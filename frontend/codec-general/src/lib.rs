//! The door of the general codec module: bytes of any picture file in, a prepared picture out.
//!
//! `public/codec-worker.js` fetches it when the browser has no decoder for a file, refuses it or gets it wrong. It is
//! built without vector instructions, so that it also serves browsers that have none.

// One way of handing a picture over, compiled into both modules.
#[path = "../../codec/src/picture.rs"]
mod picture;

use clinical_images::codec::{Limits, to_jpeg_turned};
use picture::{Picture, thrown};
use wasm_bindgen::prelude::*;

/// Prepares a file with the default limits, turned by so many quarters clockwise after it stands upright; and a thumbnail
/// when its long side is named, in pixels.
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
    quarter_turns: u8,
    thumbnail_side: Option<u32>,
) -> Result<Picture, JsValue> {
    let limits = Limits {
        thumbnail_side,
        ..Limits::default()
    };
    to_jpeg_turned(&bytes, quarter_turns, &limits)
        .map(Picture::from)
        .map_err(thrown)
}
