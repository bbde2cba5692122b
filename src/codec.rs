//! The picture pipeline: any phone's photo in, one kind of picture out.
//!
//! [`to_jpeg`] takes the bytes of a file (JPEG, PNG, WebP or HEIC, told apart by the bytes themselves) and gives an
//! upright sRGB baseline JPEG within [`Limits`]. Every input is decoded and encoded anew, small ones too: that is what
//! leaves EXIF, GPS, thumbnails, colour profiles and trailing bytes behind. What cannot be used is refused with the
//! reason ([`Unusable`]), and a picture that arrived in part is never half shown.
//!
//! The way of a picture: [`sniff`] → pixels → [`finish`]: a person's crop → white behind transparent parts → [`colour`] → [`coded`] → [`resize`] →
//! [`fit`], which asks [`encode`] for the best quality that is small enough. It is turned upright ([`orient`]) while it is
//! encoded. Where [`fine`] finds colour that would be lost if it were halved, it is kept whole.
//! What a browser decoded is coded and made small in shares ([`share`]) by several workers, where that gives the same.
//!
//! There are three ways to pixels, and all of them read the size first and refuse what is too large:
//! - [`header`] reads what a browser's decoder keeps to itself, and the browser decodes;
//! - [`heic`] decodes what phones write, tile by tile;
//! - `decode` (feature `codec`) has a decoder of its own for everything, for browsers that have none, and for tests.
//!
//! The same code runs in the codec worker as WASM and natively in tests. It knows nothing of files, workers or the DOM.

pub mod coded;
pub mod colour;
mod conversion;
#[cfg(feature = "codec")]
pub mod decode;
pub mod encode;
pub mod exif;
pub mod fine;
pub mod finish;
pub mod fit;
pub mod header;
pub mod heic;
mod icc;
pub mod orient;
pub mod planes;
pub mod raster;
pub mod refuse;
pub mod resize;
pub mod share;
pub mod shrinking;
pub mod sniff;

pub use refuse::Unusable;
pub use sniff::Format;

use crate::picture::{Edit, PictureLimits};

/// How large a file may be, and how large what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest input, in bytes. A file of exactly this length is accepted.
    pub input_bytes: u64,
    /// Largest input, in pixels. A picture of exactly this many is accepted.
    pub input_pixels: u64,
    /// Longest side of the output, in pixels. Smaller pictures keep their size.
    pub long_side: u32,
    /// Longest output, in bytes.
    pub output_bytes: usize,
    /// The quality that is tried first, and never exceeded: 1 to 100.
    pub best_quality: u8,
    /// The quality below which the picture is made smaller instead: 1 to `best_quality`.
    pub least_quality: u8,
    /// Longest side of the thumbnail that is made beside the picture, in pixels; none is made without.
    pub thumbnail_side: Option<u32>,
}

impl Default for Limits {
    /// Those of [`PictureLimits`], quality 82 down to 30, no thumbnail.
    fn default() -> Self {
        PictureLimits::default().into()
    }
}

impl From<PictureLimits> for Limits {
    /// A session's limits, quality 82 down to 30, no thumbnail.
    fn from(limits: PictureLimits) -> Self {
        Self {
            input_bytes: limits.input_bytes,
            input_pixels: limits.input_pixels,
            long_side: limits.long_side,
            output_bytes: usize::try_from(limits.output_bytes).unwrap_or(usize::MAX),
            best_quality: 82,
            least_quality: 30,
            thumbnail_side: None,
        }
    }
}

impl Limits {
    /// The limits under which a picture is decoded that is to be edited so. A crop is in pixels of the full size, so that no
    /// decoder may make them fewer.
    #[must_use]
    pub const fn for_decoding(&self, edit: Edit) -> Self {
        match edit.crop() {
            None => *self,
            Some(_) => Self {
                long_side: u32::MAX,
                ..*self
            },
        }
    }

    /// Refuses a picture with no pixels or with too many. To be asked before any pixel is allocated.
    ///
    /// # Errors
    /// [`Unusable::TooManyPixels`] above the limit, [`Unusable::Damaged`] when a side is zero.
    pub fn admit(&self, width: u32, height: u32) -> Result<(), Unusable> {
        if width == 0 || height == 0 {
            return Err(Unusable::damaged("a side is zero"));
        }
        if u64::from(width) * u64::from(height) > self.input_pixels {
            return Err(Unusable::TooManyPixels {
                width,
                height,
                limit: self.input_pixels,
            });
        }
        Ok(())
    }
}

/// A picture that is ready to be sent: a baseline JPEG without any metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The quality it was encoded with, 1 to 100.
    pub quality: u8,
    /// What the input was.
    pub source: Format,
    /// The input's width in pixels, turned as the output is.
    pub source_width: u32,
    /// The input's height in pixels, turned as the output is.
    pub source_height: u32,
    /// A small JPEG file of the same picture, for lists of pictures, when [`Limits::thumbnail_side`] asks for one.
    pub thumbnail: Option<Vec<u8>>,
}

/// Refuses a file that is too long. To be asked before it is read.
///
/// # Errors
/// [`Unusable::TooManyBytes`].
pub const fn admit_length(bytes: u64, limits: &Limits) -> Result<(), Unusable> {
    if bytes > limits.input_bytes {
        return Err(Unusable::TooManyBytes {
            bytes,
            limit: limits.input_bytes,
        });
    }
    Ok(())
}

/// Makes an upright sRGB JPEG within `limits` of the file whose bytes are given.
///
/// # Errors
/// [`Unusable`] says why the file cannot become a picture; nothing else is lost by it.
#[cfg(feature = "codec")]
pub fn to_jpeg(bytes: &[u8], limits: &Limits) -> Result<Prepared, Unusable> {
    to_jpeg_edited(bytes, Edit::default(), limits)
}

/// As [`to_jpeg`], with a person's turns and crop after the picture stands upright by its own account: phones contradict
/// themselves, and a person sees it. A crop takes exactly its pixels, before anything is made small.
///
/// # Errors
/// As [`to_jpeg`]; [`Unusable::Damaged`] when the crop does not lie in the picture.
#[cfg(feature = "codec")]
pub fn to_jpeg_edited(bytes: &[u8], edit: Edit, limits: &Limits) -> Result<Prepared, Unusable> {
    admit_length(bytes.len() as u64, limits)?;
    let source = sniff::format(bytes)?;
    let decoding = limits.for_decoding(edit);
    if source == Format::Heic
        && let Some(plan) = heic::Plan::read(bytes, &decoding)?
    {
        return plan.decoded(&decoding)?.finish(source, edit, limits);
    }
    decode::decode(source, bytes, &decoding)?.finish(source, edit, limits)
}
