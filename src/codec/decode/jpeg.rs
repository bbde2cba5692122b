//! JPEG, by zune-jpeg in its strict mode, and with a look at the end of the file: what is missing is an error, not grey.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::finish::Decoded;
use super::super::header::jpeg::end_marker;
use super::super::icc::table::Table;
use super::super::raster::Raster;
use super::super::{Limits, Unusable};

use std::borrow::Cow;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let end = end_marker(bytes);
    let whole = end.is_some();
    let bytes = end.map_or(Cow::Borrowed(bytes), |end| {
        Cow::Owned(guarded(&bytes[..end]))
    });
    let refusal = |fault| refusal(fault, whole);
    let mut decoder = opened(&bytes, ColorSpace::RGBA).map_err(refusal)?;
    let (width, height) = decoder.dimensions().ok_or(Unusable::Truncated)?;
    let (width, height) = (width as u32, height as u32);
    limits.admit(width, height)?;
    if !whole {
        return Err(Unusable::Truncated);
    }

    let orientation = decoder
        .exif()
        .map_or(Orientation::UPRIGHT, |block| exif::orientation(block));
    let inks = decoder.input_colorspace();
    let profile = decoder
        .icc_profile()
        .and_then(|profile| profile_of(inks, profile));
    let mut raster = Raster::black(width, height);
    match (inks, &profile) {
        (Some(stored), Some(Profile::Inks(_))) => {
            decoder = opened(&bytes, stored).map_err(refusal)?;
            decoder.decode_into(&mut raster.rgba).map_err(refusal)?;
            for pixel in raster.pixels_mut() {
                *pixel = inks_of(stored, *pixel);
            }
        }
        // Of these the decoder makes RGB rightly and RGBA wrongly.
        (Some(ColorSpace::RGB | ColorSpace::CMYK | ColorSpace::YCCK), _) => {
            decoder = opened(&bytes, ColorSpace::RGB).map_err(refusal)?;
            let rgb = decoder.decode().map_err(refusal)?;
            for (pixel, rgb) in raster.pixels_mut().iter_mut().zip(rgb.as_chunks::<3>().0) {
                *pixel = [rgb[0], rgb[1], rgb[2], 255];
            }
        }
        _ => decoder.decode_into(&mut raster.rgba).map_err(refusal)?,
    }
    Ok(Decoded {
        raster,
        full: (width, height),
        orientation,
        transparent: false,
        profile,
    })
}

/// A decoder that has read the headers, and will write such colours. What it converts YCbCr and YCCK with is chosen while it
/// reads them: told another colour afterwards, it panics.
fn opened(bytes: &[u8], colours: ColorSpace) -> Result<JpegDecoder<ZCursor<&[u8]>>, DecodeErrors> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(colours);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    Ok(decoder)
}

/// What a profile means for a picture stored in that way. One of inks counts only if it can be followed: otherwise the
/// decoder's own mixture is the better guess.
fn profile_of(stored: Option<ColorSpace>, profile: Vec<u8>) -> Option<Profile> {
    match stored? {
        ColorSpace::YCbCr | ColorSpace::RGB => Some(Profile::Icc(profile)),
        ColorSpace::Luma => Some(Profile::Grey(profile)),
        ColorSpace::CMYK | ColorSpace::YCCK => {
            Table::of_inks(&profile).map(|_| Profile::Inks(profile))
        }
        _ => None,
    }
}

/// Cyan, magenta, yellow and black, 0 without ink, as they are stored: the other way round, as Adobe does; of YCCK the first
/// three as brightness and two differences of what would be red, green and blue.
fn inks_of(stored: ColorSpace, [a, b, c, black]: [u8; 4]) -> [u8; 4] {
    if stored == ColorSpace::CMYK {
        return [a, b, c, black].map(|light| 255 - light);
    }
    let [y, cb, cr] = [f32::from(a), f32::from(b) - 128.0, f32::from(c) - 128.0];
    let ink = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    [
        ink(y + 1.402 * cr),
        ink(y - 0.344_136 * cb - 0.714_136 * cr),
        ink(y + 1.772 * cb),
        255 - black,
    ]
}

fn refusal(fault: DecodeErrors, whole: bool) -> Unusable {
    match fault {
        DecodeErrors::Unsupported(_) => Unusable::unsupported("this kind of JPEG"),
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Unusable::Truncated,
        _ if !whole => Unusable::Truncated,
        other => Unusable::damaged(other),
    }
}

/// The file up to its end marker, then ones, then the end.
///
/// Left to itself the decoder reads zeros where coded data ends too early and an end marker follows, and paints the rest
/// grey. No Huffman code consists of ones alone, so now it stops there.
fn guarded(coded: &[u8]) -> Vec<u8> {
    [coded, &[0xFF, 0].repeat(16), &[0xFF, 0xD9]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_are_read_however_they_are_stored() {
        let cmyk = inks_of(ColorSpace::CMYK, [255, 0, 55, 250]);
        assert_eq!(cmyk, [0, 255, 200, 5]);
        // Brightness and differences of red 255, then of white; both without black.
        let ycck = |stored| inks_of(ColorSpace::YCCK, stored);
        assert_eq!(ycck([76, 85, 255, 255]), [254, 0, 0, 0]);
        assert_eq!(ycck([255, 128, 128, 0]), [255, 255, 255, 255]);
    }
}
