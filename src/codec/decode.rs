//! From a file to pixels. Each format reads its size first, asks [`Limits`] and only then allocates.

mod heic;
mod jpeg;
mod png;
mod webp;

use super::finish::Decoded;
use super::{Format, Limits, Unusable};

/// Decodes a file of a known format.
///
/// # Errors
/// [`Unusable`]; a file of which a part is missing is always refused.
pub fn decode(format: Format, bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    match format {
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Png => png::decode(bytes, limits),
        Format::Webp => webp::decode(bytes, limits),
        Format::Heic => heic::decode(bytes, limits),
    }
}
