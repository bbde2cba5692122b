//! HEIC, by heifer: single pictures, grids, overlays, alpha, crop, rotation, mirroring, 8 to 16 bits.

use super::super::exif::Orientation;
use super::super::finish::Decoded;
use super::super::heic::container;
use super::super::raster::{Order, Raster};
use super::super::{Limits, Unusable};

use heifer::{Error, Options, decode_rgba8};
use heifer_isobmff::boxes::Property;
use heifer_isobmff::{HeifFile, ItemId};

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let file = HeifFile::parse(bytes).map_err(container::refusal)?;
    let primary = file.primary_id;
    container::admit(&file, limits)?;
    let profile = container::profile(&file, primary)?;
    if let Some(profile) = &profile {
        profile.admit()?;
    }
    let orientation = orientation(&file, primary)?;

    let options = Options {
        max_threads: 0,
        max_pixels: limits.input_pixels,
    };
    let image = decode_rgba8(bytes, &options).map_err(refusal)?;
    limits.admit(image.width, image.height)?;
    Ok(Decoded {
        full: (image.width, image.height),
        raster: Raster {
            width: image.width,
            height: image.height,
            rgba: image.data,
            order: Order::RedFirst,
        },
        orientation,
        transparent: image.has_alpha,
        profile,
    })
}

/// What is left to turn. `irot` and `imir` are the standard's way, and heifer has applied them; EXIF only counts where
/// they are missing, as in pictures of some Samsung phones.
fn orientation(file: &HeifFile<'_>, primary: ItemId) -> Result<Orientation, Unusable> {
    let turned = file
        .item_properties(primary)
        .map_err(container::refusal)?
        .any(|property| matches!(property, Property::Rotation(_) | Property::Mirror(_)));
    Ok(if turned {
        Orientation::UPRIGHT
    } else {
        container::by_exif(file, primary)
    })
}

fn refusal(fault: Error) -> Unusable {
    match fault {
        Error::Container(fault) => container::refusal(fault),
        Error::Hevc(heifer::heifer_hevc_dec::Error::UnexpectedEof) => Unusable::Truncated,
        Error::Unsupported(what) => Unusable::unsupported(what),
        other => Unusable::damaged(other),
    }
}
