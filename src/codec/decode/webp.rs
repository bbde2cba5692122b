//! WebP, by image-webp: lossy, lossless, with alpha. Of an animation, the first frame.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::finish::Decoded;
use super::super::header::webp::is_whole;
use super::super::raster::Raster;
use super::super::{Limits, Unusable};

use image_webp::{DecodingError, WebPDecoder};
use std::io::{Cursor, ErrorKind};

/// The longest profile or EXIF block that is read.
const METADATA_BYTES: usize = 8 << 20;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let whole = is_whole(bytes);
    let refusal = |fault| {
        if whole {
            refusal(fault)
        } else {
            Unusable::Truncated
        }
    };
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    limits.admit(width, height)?;
    if !whole {
        return Err(Unusable::Truncated);
    }

    decoder.set_memory_limit(METADATA_BYTES);
    // A broken profile or EXIF block is no reason to lose the picture.
    let block = decoder.exif_metadata().ok().flatten();
    let orientation = block.map_or(Orientation::UPRIGHT, |block| exif::orientation(&block));
    let profile = decoder.icc_profile().ok().flatten().map(Profile::Icc);
    decoder.set_memory_limit(usize::MAX);

    let transparent = decoder.has_alpha();
    let mut raster = Raster::black(width, height);
    if transparent {
        decoder.read_image(&mut raster.rgba).map_err(refusal)?;
    } else {
        let size = decoder
            .output_buffer_size()
            .ok_or_else(|| Unusable::damaged("impossible size"))?;
        let mut rgb = vec![0; size];
        decoder.read_image(&mut rgb).map_err(refusal)?;
        for (pixel, rgb) in raster.pixels_mut().iter_mut().zip(rgb.as_chunks::<3>().0) {
            *pixel = [rgb[0], rgb[1], rgb[2], 255];
        }
    }
    Ok(Decoded {
        raster,
        full: (width, height),
        orientation,
        transparent,
        profile,
    })
}

fn refusal(fault: DecodingError) -> Unusable {
    match fault {
        DecodingError::IoError(fault) if fault.kind() == ErrorKind::UnexpectedEof => {
            Unusable::Truncated
        }
        other => Unusable::damaged(other),
    }
}
