//! What a JPEG, PNG or WebP says of itself, without a pixel being decoded.
//!
//! The browser's decoders are quick and right about pixels, but they fill up what is missing, keep orientation and
//! profile to themselves or ignore them, and know nothing of our limits. So this is read here, and they are only asked
//! where [`Header::direct`] says that they get it right.

pub(super) mod jpeg;
pub(super) mod png;
pub(super) mod webp;

use super::colour::Profile;
use super::exif::Orientation;
use super::{Format, Limits, Unusable};

/// What is known of a picture before it is decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Width in pixels, as stored.
    pub width: u32,
    /// Height in pixels, as stored.
    pub height: u32,
    /// How the stored pixels must be turned.
    pub orientation: Orientation,
    /// What the colours mean; `None` is sRGB.
    pub profile: Option<Profile>,
    /// An ICC profile as PNG keeps it, compressed by zlib; to be unpacked into `profile`.
    pub packed_profile: Option<Vec<u8>>,
    /// Whether some pixels may not be opaque.
    pub transparent: bool,
    /// Whether a browser's decoder gives the right pixels: eight bits a channel, grey or three colours.
    pub direct: bool,
}

impl Header {
    fn sized(width: u32, height: u32, limits: &Limits) -> Result<Self, Unusable> {
        limits.admit(width, height)?;
        Ok(Self {
            width,
            height,
            orientation: Orientation::UPRIGHT,
            profile: None,
            packed_profile: None,
            transparent: false,
            direct: true,
        })
    }
}

/// The least share by which a picture that was decoded smaller must exceed the output, and the share from which on
/// decoding it smaller is worth it.
const SCALED_MARGIN: f64 = 1.05;
const SCALING_PAYS: f64 = 1.6;

impl Header {
    /// The size in which a JPEG's decoder should give its pixels: JPEG decodes to eighths of its size at a fraction of the
    /// cost, and the filter needs some more than what comes out.
    #[must_use]
    pub fn scaled_size(&self, limits: &Limits) -> (u32, u32) {
        let longest = f64::from(self.width.max(self.height));
        let wanted = f64::from(limits.long_side);
        if longest < wanted * SCALING_PAYS {
            return (self.width, self.height);
        }
        let eighths = (1_u32..8).find(|&n| longest * f64::from(n) / 8.0 >= wanted * SCALED_MARGIN);
        let eighths = eighths.unwrap_or(8);
        let side = |pixels: u32| (u64::from(pixels) * u64::from(eighths)).div_ceil(8) as u32;
        (side(self.width), side(self.height))
    }
}

/// Size and kind of a picture as far as the beginning of its file tells them, for a decoder that is to begin while [`read`]
/// looks at the rest. `None` where that decoder has no business, or nothing is known yet.
#[must_use]
pub fn glance(format: Format, bytes: &[u8], limits: &Limits) -> Option<Header> {
    let header = match format {
        Format::Jpeg => jpeg::glance(bytes, limits),
        Format::Png => png::glance(bytes, limits),
        Format::Webp => webp::glance(bytes, limits),
        Format::Heic => None,
    };
    header.filter(|header| header.direct)
}

/// Reads the header, and looks whether the whole file is there.
///
/// # Errors
/// [`Unusable`] when the picture is too large, cut off or contradicts itself. [`Unusable::Unsupported`] for
/// [`Format::Heic`], which has [`super::heic::Plan`] instead.
pub fn read(format: Format, bytes: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    match format {
        Format::Jpeg => jpeg::read(bytes, limits),
        Format::Png => png::read(bytes, limits),
        Format::Webp => webp::read(bytes, limits),
        Format::Heic => Err(Unusable::unsupported("a header of HEIC")),
    }
}

/// Makes blocks of a JPEG or WebP some that nobody looks into, for decoders that would act on them: the orientation, and of
/// a JPEG the profile too where `profile` says so.
pub fn hide(format: Format, profile: bool, bytes: &mut [u8]) {
    let names: &[&[u8]] = match format {
        Format::Jpeg if profile => &[b"Exif\0\0", b"ICC_PROFILE\0"],
        Format::Jpeg => &[b"Exif\0\0"],
        Format::Webp => &[b"EXIF"],
        Format::Png | Format::Heic => return,
    };
    for name in names {
        let mut from = 0;
        while let Some(at) = find(&bytes[from..], name) {
            bytes[from + at] = b'x';
            from += at + name.len();
        }
    }
}

fn find(bytes: &[u8], name: &[u8]) -> Option<usize> {
    bytes.windows(name.len()).position(|window| window == name)
}

/// The number in two bytes, the higher one first.
fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

/// The number in four bytes, the highest one first.
fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
