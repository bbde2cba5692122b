//! PNG, by the png crate: every depth and colour type, interlaced too. Of an animated PNG, the still picture.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::finish::Decoded;
use super::super::raster::Raster;
use super::super::{Limits, Unusable};

use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};
use std::io::{Cursor, ErrorKind};

/// What the decoder may allocate beside the pixels: a row, a profile, text.
const WORKING_BYTES: usize = 64 << 20;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let working = png::Limits {
        bytes: WORKING_BYTES,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), working);
    // Palettes and small depths become 8 bits, and alpha is always there: four cases are left of fifteen.
    decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA);
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(refusal)?;
    let (width, height) = (header.width, header.height);
    limits.admit(width, height)?;

    let mut reader = decoder.read_info().map_err(refusal)?;
    let info = reader.info();
    let transparent = info.trns.is_some()
        || matches!(info.color_type, ColorType::Rgba | ColorType::GrayscaleAlpha);
    let profile = profile(info);
    if let Some(profile) = &profile {
        profile.admit()?;
    }
    let raster = pixels(&mut reader, width, height)?;
    // EXIF may follow the pixels, and so may the cut.
    reader.finish().map_err(refusal)?;
    let orientation = match &reader.info().exif_metadata {
        Some(block) => exif::orientation(block),
        None => Orientation::UPRIGHT,
    };
    Ok(Decoded {
        raster,
        full: (width, height),
        orientation,
        transparent,
        profile,
    })
}

fn profile(info: &png::Info<'_>) -> Option<Profile> {
    if let Some(points) = info.coding_independent_code_points {
        return Some(Profile::CodePoints {
            primaries: u16::from(points.color_primaries),
            transfer: u16::from(points.transfer_function),
        });
    }
    if info.srgb.is_some() {
        return None;
    }
    let profile = info.icc_profile.as_ref()?.to_vec();
    Some(match info.color_type {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => Profile::Grey(profile),
        _ => Profile::Icc(profile),
    })
}

fn pixels(reader: &mut Reader<Cursor<&[u8]>>, width: u32, height: u32) -> Result<Raster, Unusable> {
    let kind = reader.output_color_type();
    let too_large = || Unusable::damaged("a row does not fit into memory");
    let row_bytes = reader.output_line_size(width).ok_or_else(too_large)?;
    let mut raster = Raster::black(width, height);
    if reader.info().interlaced {
        let whole = reader.output_buffer_size().ok_or_else(too_large)?;
        let mut frame = vec![0; whole];
        reader.next_frame(&mut frame).map_err(refusal)?;
        to_rgba(&frame, &mut raster.rgba, kind)?;
    } else {
        let mut row = vec![0; row_bytes];
        for target in raster.rgba.chunks_exact_mut(width as usize * 4) {
            reader
                .read_row(&mut row)
                .map_err(refusal)?
                .ok_or(Unusable::Truncated)?;
            to_rgba(&row, target, kind)?;
        }
    }
    Ok(raster)
}

fn to_rgba(from: &[u8], to: &mut [u8], kind: (ColorType, BitDepth)) -> Result<(), Unusable> {
    let to = to.as_chunks_mut::<4>().0;
    match kind {
        (ColorType::Rgba, BitDepth::Eight) => to.copy_from_slice(from.as_chunks::<4>().0),
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => {
            for (pixel, &[grey, alpha]) in to.iter_mut().zip(from.as_chunks().0) {
                *pixel = [grey, grey, grey, alpha];
            }
        }
        (ColorType::Rgba, BitDepth::Sixteen) => {
            for (pixel, deep) in to.iter_mut().zip(from.as_chunks::<8>().0) {
                *pixel = std::array::from_fn(|i| rounded([deep[2 * i], deep[2 * i + 1]]));
            }
        }
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen) => {
            for (pixel, &[g0, g1, a0, a1]) in to.iter_mut().zip(from.as_chunks().0) {
                let grey = rounded([g0, g1]);
                *pixel = [grey, grey, grey, rounded([a0, a1])];
            }
        }
        _ => return Err(Unusable::damaged("pixels of an unexpected kind")),
    }
    Ok(())
}

/// Sixteen bits to eight, to the nearest.
fn rounded(deep: [u8; 2]) -> u8 {
    ((u32::from(u16::from_be_bytes(deep)) * 255 + 32_767) / 65_535) as u8
}

fn refusal(fault: DecodingError) -> Unusable {
    match fault {
        DecodingError::IoError(fault) if fault.kind() == ErrorKind::UnexpectedEof => {
            Unusable::Truncated
        }
        other => Unusable::damaged(other),
    }
}
