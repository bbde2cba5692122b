//! JPEG, by zune-jpeg in its strict mode, and with a look at the end of the file: what is missing is an error, not grey.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::finish::Decoded;
use super::super::header::jpeg::end_marker;
use super::super::raster::Raster;
use super::super::{Limits, Unusable};

use std::borrow::Cow;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let end = end_marker(bytes);
    let whole = end.is_some();
    let bytes = end.map_or(Cow::Borrowed(bytes), |end| {
        Cow::Owned(guarded(&bytes[..end]))
    });
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*bytes), options);
    decoder
        .decode_headers()
        .map_err(|fault| refusal(fault, whole))?;
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
    // A profile of a grey or a CMYK picture is not about the RGB that the decoder makes of it.
    let profile = match inks {
        Some(ColorSpace::YCbCr | ColorSpace::RGB) => decoder.icc_profile().map(Profile::Icc),
        _ => None,
    };
    // Of these the decoder makes RGB rightly and RGBA wrongly.
    let raster = if matches!(
        inks,
        Some(ColorSpace::RGB | ColorSpace::CMYK | ColorSpace::YCCK)
    ) {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
        let rgb = decoder.decode().map_err(|fault| refusal(fault, whole))?;
        let mut raster = Raster::black(width, height);
        for (pixel, rgb) in raster.pixels_mut().iter_mut().zip(rgb.as_chunks::<3>().0) {
            *pixel = [rgb[0], rgb[1], rgb[2], 255];
        }
        raster
    } else {
        let mut raster = Raster::black(width, height);
        decoder
            .decode_into(&mut raster.rgba)
            .map_err(|fault| refusal(fault, whole))?;
        raster
    };
    Ok(Decoded {
        raster,
        full: (width, height),
        orientation,
        transparent: false,
        profile,
    })
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
