//! HEIC, by heifer: single pictures, grids, overlays, alpha, crop, rotation, mirroring, 8 to 16 bits.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::raster::Raster;
use super::super::{Limits, Unusable};
use super::Decoded;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{Error as ContainerError, HeifFile, ItemId};
use heifer::{Error, Options, decode_rgba8};

/// How many times the admitted pixels a file may have decoded for one picture: tiles may overlap, and carry alpha.
const TILE_ALLOWANCE: u64 = 4;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Unusable> {
    let file = HeifFile::parse(bytes).map_err(container)?;
    let primary = file.primary_id;
    admit(&file, primary, limits)?;
    let profile = profile(&file, primary)?;
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
        raster: Raster {
            width: image.width,
            height: image.height,
            rgba: image.data,
        },
        orientation,
        transparent: image.has_alpha,
        profile,
    })
}

/// Checks the size that is promised, and the work behind it: many tiles may name one and the same huge item.
fn admit(file: &HeifFile<'_>, primary: ItemId, limits: &Limits) -> Result<(), Unusable> {
    let size = |id| file.image_size(id).map_err(container);
    if let Some((width, height)) = size(primary)? {
        limits.admit(width, height)?;
    }
    if let Ok(grid) = file.grid(primary) {
        limits.admit(grid.output_width, grid.output_height)?;
    }
    let mut work = 0_u64;
    for &tile in file.referenced_items(primary, b"dimg") {
        if let Some((width, height)) = size(tile)? {
            limits.admit(width, height)?;
            work += u64::from(width) * u64::from(height);
        }
    }
    if work > TILE_ALLOWANCE * limits.input_pixels {
        return Err(Unusable::damaged("more tiles than the picture needs"));
    }
    Ok(())
}

/// The ICC profile, or else the code points, of the picture or of its first tile.
fn profile(file: &HeifFile<'_>, primary: ItemId) -> Result<Option<Profile>, Unusable> {
    let first_tile = file.referenced_items(primary, b"dimg").first().copied();
    let mut points = None;
    for id in [Some(primary), first_tile].into_iter().flatten() {
        for property in file.item_properties(id).map_err(container)? {
            match property {
                Property::Color(ColorInfo::Icc(bytes)) if !bytes.is_empty() => {
                    return Ok(Some(Profile::Icc(bytes.clone())));
                }
                Property::Color(ColorInfo::Nclx {
                    primaries,
                    transfer,
                    ..
                }) => {
                    points.get_or_insert(Profile::CodePoints {
                        primaries: *primaries,
                        transfer: *transfer,
                    });
                }
                _ => {}
            }
        }
    }
    Ok(points)
}

/// What is left to turn. `irot` and `imir` are the standard's way, and heifer has applied them; EXIF only counts where
/// they are missing, as in pictures of some Samsung phones.
fn orientation(file: &HeifFile<'_>, primary: ItemId) -> Result<Orientation, Unusable> {
    let turned = file
        .item_properties(primary)
        .map_err(container)?
        .any(|property| matches!(property, Property::Rotation(_) | Property::Mirror(_)));
    if turned {
        return Ok(Orientation::UPRIGHT);
    }
    // A broken EXIF block is no reason to lose the picture.
    let block = file.exif(primary).ok().flatten();
    Ok(block.map_or(Orientation::UPRIGHT, |block| exif::orientation(&block)))
}

fn refusal(fault: Error) -> Unusable {
    match fault {
        Error::Container(fault) => container(fault),
        Error::Hevc(heifer::heifer_hevc_dec::Error::UnexpectedEof) => Unusable::Truncated,
        Error::Unsupported(what) => Unusable::unsupported(what),
        other => Unusable::damaged(other),
    }
}

fn container(fault: ContainerError) -> Unusable {
    match fault {
        // Boxes come in any order, so a missing one is usually behind the cut.
        ContainerError::UnexpectedEof | ContainerError::MissingBox(_) => Unusable::Truncated,
        other => Unusable::damaged(other),
    }
}
