//! What a file is, by its first bytes. Names and MIME types are never asked: phones and mail programs get them wrong.

use super::Unusable;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of picture that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG; of an animated one the still picture.
    Png,
    /// WebP, lossy or lossless; of an animated one the first frame.
    Webp,
    /// HEIF with HEVC inside, as phones write it.
    Heic,
}

impl Format {
    /// The name that travels: `jpeg`, `png`, `webp`, `heic`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The brands that promise HEVC pictures, and the two general ones that usually hold them.
const HEIF_BRANDS: [&[u8; 4]; 8] = [
    b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
];

/// Tells the format by the magic bytes.
///
/// # Errors
/// [`Unusable::Unsupported`] for pictures that are recognised but not read, [`Unusable::NotAnImage`] for the rest.
pub fn format(bytes: &[u8]) -> Result<Format, Unusable> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Format::Png),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Ok(Format::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => heif(bytes),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Err(Unusable::unsupported("GIF")),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Err(Unusable::unsupported("TIFF")),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Err(Unusable::unsupported("BMP")),
        [b'%', b'P', b'D', b'F', b'-', ..] => Err(Unusable::unsupported("PDF")),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => {
            Err(Unusable::unsupported("JPEG XL"))
        }
        _ => Err(Unusable::NotAnImage),
    }
}

/// The brands of an `ftyp` box: the major one, then (after a version number) the compatible ones.
fn heif(bytes: &[u8]) -> Result<Format, Unusable> {
    let length = bytes[..4]
        .iter()
        .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let content = &bytes[8..bytes.len().min(length.max(12))];
    let (brands, _) = content.as_chunks::<4>();
    match brands.first() {
        Some(b"avif" | b"avis") => return Err(Unusable::unsupported("AVIF")),
        Some(b"qt  " | b"mp41" | b"mp42" | b"isom" | b"M4V " | b"3gp4" | b"3gp5") => {
            return Err(Unusable::unsupported("video"));
        }
        _ => {}
    }
    let known = |brand: &[u8; 4]| HEIF_BRANDS.contains(&brand);
    let named = brands
        .iter()
        .enumerate()
        .any(|(place, brand)| place != 1 && known(brand));
    if named {
        Ok(Format::Heic)
    } else {
        Err(Unusable::NotAnImage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ftyp(brands: &[&[u8; 4]]) -> Vec<u8> {
        let length = 12 + 4 * brands.len() as u32;
        let mut file = [&length.to_be_bytes()[..], b"ftyp", brands[0], &[0; 4]].concat();
        brands[1..]
            .iter()
            .for_each(|brand| file.extend_from_slice(*brand));
        file
    }

    #[test]
    fn every_heif_brand_counts_as_major_or_compatible_one() {
        for brand in HEIF_BRANDS {
            assert_eq!(format(&ftyp(&[brand])), Ok(Format::Heic));
            assert_eq!(format(&ftyp(&[b"MiHB", b"xxxx", brand])), Ok(Format::Heic));
        }
    }

    #[test]
    fn an_avif_that_also_names_mif1_is_no_heic() {
        assert_eq!(
            format(&ftyp(&[b"avif", b"mif1"])),
            Err(Unusable::unsupported("AVIF"))
        );
        assert_eq!(
            format(&ftyp(&[b"qt  "])),
            Err(Unusable::unsupported("video"))
        );
        assert_eq!(format(&ftyp(&[b"zzzz"])), Err(Unusable::NotAnImage));
    }

    #[test]
    fn a_few_bytes_are_no_picture() {
        for bytes in [
            &b""[..],
            b"\xFF",
            b"\xFF\xD8",
            b"\x89PNG",
            b"RIFF\0\0\0\0WAVE",
            b"\0\0\0\x18ftyp",
        ] {
            assert_eq!(format(bytes), Err(Unusable::NotAnImage), "{bytes:?}");
        }
    }
}
