//! The container: which tiles there are, how they lie, how they must be turned, what their colours mean.

use super::super::colour::Profile;
use super::super::exif::{self, Orientation};
use super::super::{Limits, Unusable};
use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{Error, HeifFile, ItemId};

/// How many times the picture's own pixels its tiles may have: they reach over its edges.
const OVERLAP: u64 = 4;
/// More tiles than any phone writes; a 200-megapixel Galaxy picture has some 800.
const MOST_TILES: usize = 4096;

/// What is to be done for a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Width in pixels, as stored.
    pub width: u32,
    /// Height in pixels, as stored.
    pub height: u32,
    /// Tiles in a row of the grid; 1 for a picture without one.
    pub columns: usize,
    /// The HEVC stream of each tile, row by row.
    pub streams: Vec<Vec<u8>>,
    /// How the stored picture must be turned.
    pub orientation: Orientation,
    /// What the colours mean; `None` is sRGB.
    pub profile: Option<Profile>,
    /// Matrix and range by the container (`nclx`); `None` leaves it to the stream.
    pub matrix: Option<(u16, bool)>,
}

impl Plan {
    /// Reads the container. `None` when the picture has parts that only the general decoder knows.
    ///
    /// # Errors
    /// [`Unusable`] when it is too large, cut off, contradicts itself or has HDR colour.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Option<Self>, Unusable> {
        let file = HeifFile::parse(bytes).map_err(refusal)?;
        admit(&file, limits)?;
        let primary = file.primary_id;
        let kind = file.item(primary).map_err(refusal)?.item_type.0;
        let (tiles, columns, size) = match &kind {
            b"hvc1" => (vec![primary], 1, file.image_size(primary).map_err(refusal)?),
            b"grid" => {
                let grid = file.grid(primary).map_err(refusal)?;
                let tiles = file.referenced_items(primary, b"dimg").to_vec();
                let columns = usize::from(grid.columns);
                if tiles.len() != columns * usize::from(grid.rows) || tiles.len() > MOST_TILES {
                    return Err(Unusable::damaged("a grid without its tiles"));
                }
                (
                    tiles,
                    columns,
                    Some((grid.output_width, grid.output_height)),
                )
            }
            _ => return Ok(None),
        };
        let Some((width, height)) = size else {
            return Ok(None);
        };
        let matrix = matrix(&file, tiles[0])?;
        if !is_plain(&file, primary, &tiles)? || matches!(matrix, Some((0 | 8 | 11.., _))) {
            return Ok(None);
        }
        let profile = profile(&file, primary)?;
        if let Some(profile) = &profile {
            profile.admit()?;
        }
        let streams = tiles
            .iter()
            .map(|&tile| file.hevc_bitstream(tile).map_err(refusal));
        Ok(Some(Self {
            width,
            height,
            columns,
            streams: streams.collect::<Result<_, _>>()?,
            orientation: orientation(&file, primary)?,
            profile,
            matrix,
        }))
    }
}

/// Checks the size that is promised, and the work behind it: many tiles may name one and the same huge item.
pub(in super::super) fn admit(file: &HeifFile<'_>, limits: &Limits) -> Result<(), Unusable> {
    let primary = file.primary_id;
    let size = |id| file.image_size(id).map_err(refusal);
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
    if work > OVERLAP * limits.input_pixels {
        return Err(Unusable::damaged("more tiles than the picture needs"));
    }
    Ok(())
}

/// Whether the picture is its tiles and nothing else: no crop, no alpha, nothing turned inside.
fn is_plain(file: &HeifFile<'_>, primary: ItemId, tiles: &[ItemId]) -> Result<bool, Unusable> {
    let cropped = |property: &Property| matches!(property, Property::CleanAperture { .. });
    if file.item_properties(primary).map_err(refusal)?.any(cropped) {
        return Ok(false);
    }
    for &tile in tiles.iter().chain([&primary]) {
        for auxiliary in file.referencing_items(tile, b"auxl") {
            let mut properties = file.item_properties(auxiliary).map_err(refusal)?;
            let alpha = |name: &str| name.ends_with(":auxid:1") || name.ends_with(":alpha");
            if properties.any(|known| matches!(known, Property::AuxiliaryType(name) if alpha(name)))
            {
                return Ok(false);
            }
        }
    }
    for &tile in tiles.iter().filter(|&&tile| tile != primary) {
        let plain = &file.item(tile).map_err(refusal)?.item_type.0 == b"hvc1";
        let mut properties = file.item_properties(tile).map_err(refusal)?;
        let moved = |property: &Property| {
            cropped(property) || matches!(property, Property::Rotation(1..) | Property::Mirror(_))
        };
        if !plain || properties.any(moved) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matrix(file: &HeifFile<'_>, tile: ItemId) -> Result<Option<(u16, bool)>, Unusable> {
    Ok(file
        .item_properties(tile)
        .map_err(refusal)?
        .find_map(|property| match property {
            Property::Color(ColorInfo::Nclx {
                matrix, full_range, ..
            }) => Some((*matrix, *full_range)),
            _ => None,
        }))
}

/// The ICC profile, or else the code points, of the picture or of its first tile.
pub(in super::super) fn profile(
    file: &HeifFile<'_>,
    primary: ItemId,
) -> Result<Option<Profile>, Unusable> {
    let first_tile = file.referenced_items(primary, b"dimg").first().copied();
    let mut points = None;
    for id in [Some(primary), first_tile].into_iter().flatten() {
        for property in file.item_properties(id).map_err(refusal)? {
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

/// How the picture must be turned: by `irot` and `imir`, in the order in which they stand; where there is neither, as in
/// pictures of some Samsung phones, by EXIF.
fn orientation(file: &HeifFile<'_>, primary: ItemId) -> Result<Orientation, Unusable> {
    let mut orientation = Orientation::UPRIGHT;
    let mut named = false;
    for property in file.item_properties(primary).map_err(refusal)? {
        match *property {
            Property::Rotation(quarters) => orientation = orientation.turned(4 - quarters % 4),
            Property::Mirror(top_and_bottom) => orientation = orientation.mirrored(top_and_bottom),
            _ => continue,
        }
        named = true;
    }
    Ok(if named {
        orientation
    } else {
        by_exif(file, primary)
    })
}

/// How EXIF has it. A broken block is no reason to lose the picture.
pub(in super::super) fn by_exif(file: &HeifFile<'_>, primary: ItemId) -> Orientation {
    let block = file.exif(primary).ok().flatten();
    block.map_or(Orientation::UPRIGHT, |block| exif::orientation(&block))
}

pub(in super::super) fn refusal(fault: Error) -> Unusable {
    match fault {
        // Boxes come in any order, so a missing one is usually behind the cut.
        Error::UnexpectedEof | Error::MissingBox(_) => Unusable::Truncated,
        other => Unusable::damaged(other),
    }
}
