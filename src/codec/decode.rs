//! From a file to pixels. Each format reads its size first, asks [`Limits`] and only then allocates.

mod heic;
mod jpeg;
mod png;
mod webp;

use super::colour::Profile;
use super::exif::Orientation;
use super::raster::Raster;
use super::{Format, Limits, Unusable};

/// A picture as it lies in its file.
pub struct Decoded {
    /// The pixels, in the order and the colour space of the file.
    pub raster: Raster,
    /// How they must be turned.
    pub orientation: Orientation,
    /// Whether some of them may not be opaque.
    pub transparent: bool,
    /// What their colours mean; `None` is sRGB.
    pub profile: Option<Profile>,
}

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
