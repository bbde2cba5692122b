//! HEIC the quick way: what phones write is a grid of tiles, each a small HEVC picture of its own. They can be decoded
//! apart from each other, by several workers, and are put together as planes.
//!
//! [`Plan`] reads the container and says what is to be decoded; [`tile`] decodes one tile; [`Assembly`] puts them together, row of tiles by
//! row of tiles, and makes the picture small and sRGB while it does.
//! Crops, overlays, alpha and odd colour are left to the general decoder: [`Plan::read`] gives `None`.

pub(super) mod container;
mod tile;

pub use container::Plan;
pub use tile::{Tile, decode as tile};

use super::colour::{Profile, ToSrgb};
use super::finish::Decoded;
use super::planes::{Matrix, Planes};
use super::raster::Raster;
use super::shrinking::Shrinking;
use super::{Limits, Unusable};

impl Plan {
    /// Decodes all tiles one after the other, and makes the picture small.
    ///
    /// # Errors
    /// As [`tile`] and [`Assembly::place`].
    pub fn decoded(mut self, limits: &Limits) -> Result<Decoded, Unusable> {
        let mut assembly = Assembly::new(&self, limits);
        for (index, stream) in std::mem::take(&mut self.streams).into_iter().enumerate() {
            assembly.place(index, tile(&stream, self.matrix, limits.input_pixels)?)?;
        }
        self.assembled(assembly)
    }

    /// The small picture, once all tiles are in place.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when a tile is missing.
    pub fn assembled(self, assembly: Assembly) -> Result<Decoded, Unusable> {
        Ok(Decoded {
            raster: assembly.finish()?,
            full: (self.width, self.height),
            orientation: self.orientation,
            transparent: false,
            // It is sRGB already.
            profile: None,
        })
    }
}

/// The picture as far as its tiles have arrived.
pub struct Assembly {
    width: u32,
    height: u32,
    columns: usize,
    long_side: u32,
    profile: Option<Profile>,
    missing: usize,
    /// Each tile between its arrival and that of the others in its row of the grid.
    waiting: Vec<Arrival>,
    /// Rows of the grid that the picture has already.
    rows: usize,
    /// Made for the first tile, which says what the others must be alike to.
    picture: Option<(Shrinking, Shape)>,
}

enum Arrival {
    Awaited,
    Here(Planes),
    Used,
}

/// What all tiles have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    sizes: [(u32, u32); 3],
    matrix: Matrix,
}

impl Assembly {
    /// An empty picture for the tiles of a plan.
    #[must_use]
    pub fn new(plan: &Plan, limits: &Limits) -> Self {
        Self {
            width: plan.width,
            height: plan.height,
            columns: plan.columns,
            long_side: limits.long_side,
            profile: plan.profile.clone(),
            missing: plan.streams.len(),
            waiting: plan.streams.iter().map(|_| Arrival::Awaited).collect(),
            rows: 0,
            picture: None,
        }
    }

    /// How many tiles have not arrived yet.
    #[must_use]
    pub const fn missing(&self) -> usize {
        self.missing
    }

    /// Puts a tile in its place, and makes the rows small that have all their tiles now.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when it is not like the others, does not cover its part of the picture, or came twice.
    pub fn place(&mut self, index: usize, tile: Tile) -> Result<(), Unusable> {
        let Tile { planes, matrix } = tile;
        let sizes = planes
            .channels
            .each_ref()
            .map(|plane| (plane.width, plane.height));
        let shape = Shape { sizes, matrix };
        if self.picture.is_none() {
            self.picture = Some((self.empty(&shape)?, shape));
        }
        let (picture, first) = self.picture.as_mut().expect("made above");
        let place = self
            .waiting
            .get_mut(index)
            .ok_or_else(|| Unusable::damaged("no such tile"))?;
        if !matches!(place, Arrival::Awaited) || *first != shape {
            return Err(Unusable::damaged("tiles that do not fit together"));
        }
        *place = Arrival::Here(planes);
        self.missing -= 1;
        let grid_rows = self.waiting.chunks_exact_mut(self.columns).skip(self.rows);
        for row in grid_rows {
            if row.iter().any(|tile| matches!(tile, Arrival::Awaited)) {
                break;
            }
            let tiles =
                row.iter_mut()
                    .filter_map(|tile| match std::mem::replace(tile, Arrival::Used) {
                        Arrival::Here(planes) => Some(planes),
                        _ => None,
                    });
            picture.take(&tiles.collect::<Vec<_>>())?;
            self.rows += 1;
        }
        Ok(())
    }

    /// The picture without any rows, when tiles of this shape cover it.
    fn empty(&self, shape: &Shape) -> Result<Shrinking, Unusable> {
        let [(tile_width, tile_height), ..] = shape.sizes;
        let rows = self.waiting.len() / self.columns;
        let covered = u64::from(tile_width) * self.columns as u64 >= u64::from(self.width)
            && u64::from(tile_height) * rows as u64 >= u64::from(self.height);
        if !covered {
            return Err(Unusable::damaged("tiles that do not cover the picture"));
        }
        let sizes = shape.sizes.map(|(width, height)| {
            if width == 0 || height == 0 {
                return (0, 0);
            }
            let across = self.width.div_ceil(tile_width / width);
            (across, self.height.div_ceil(tile_height / height))
        });
        let to_srgb = self.profile.as_ref().map(ToSrgb::of);
        Ok(Shrinking::new(sizes, self.long_side, shape.matrix, to_srgb))
    }

    /// The whole picture, small.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when a tile is missing.
    pub fn finish(self) -> Result<Raster, Unusable> {
        match self.picture {
            Some((picture, _)) if self.missing == 0 => picture.finish(),
            _ => Err(Unusable::Truncated),
        }
    }
}
