//! HEIC the quick way: what phones write is a grid of tiles, each a small HEVC picture of its own. They can be decoded
//! apart from each other, by several workers, and are put together as planes.
//!
//! [`Plan`] reads the container and says what is to be decoded; [`tile`] decodes one tile; [`Assembly`] puts them together.
//! Crops, overlays, alpha and odd colour are left to the general decoder: [`Plan::read`] gives `None`.

pub(super) mod container;
mod tile;

pub use container::Plan;
pub use tile::{Tile, decode as tile};

use super::finish::Decoded;
use super::planes::{Matrix, Plane, Planes};
use super::{Limits, Unusable};

impl Plan {
    /// Decodes all tiles one after the other, and makes the picture small.
    ///
    /// # Errors
    /// As [`tile`] and [`Assembly::place`].
    pub fn decoded(mut self, limits: &Limits) -> Result<Decoded, Unusable> {
        let mut assembly = Assembly::new(&self);
        for (index, stream) in std::mem::take(&mut self.streams).into_iter().enumerate() {
            assembly.place(index, &tile(&stream, self.matrix, limits.input_pixels)?)?;
        }
        self.assembled(assembly, limits)
    }

    /// The small picture, once all tiles are in place.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when a tile is missing.
    pub fn assembled(self, assembly: Assembly, limits: &Limits) -> Result<Decoded, Unusable> {
        let (planes, matrix) = assembly.finish()?;
        Ok(Decoded {
            raster: planes.small(limits.long_side, matrix)?,
            full: (self.width, self.height),
            orientation: self.orientation,
            transparent: false,
            profile: self.profile,
        })
    }
}

/// The picture as far as its tiles have arrived.
pub struct Assembly {
    width: u32,
    height: u32,
    columns: usize,
    missing: usize,
    arrived: Vec<bool>,
    /// Made for the first tile, which says what the others must be alike to.
    planes: Option<(Planes, Shape)>,
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
    pub fn new(plan: &Plan) -> Self {
        Self {
            width: plan.width,
            height: plan.height,
            columns: plan.columns,
            missing: plan.streams.len(),
            arrived: vec![false; plan.streams.len()],
            planes: None,
        }
    }

    /// How many tiles have not arrived yet.
    #[must_use]
    pub const fn missing(&self) -> usize {
        self.missing
    }

    /// Puts a tile in its place.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when it is not like the others, does not cover its part of the picture, or came twice.
    pub fn place(&mut self, index: usize, tile: &Tile) -> Result<(), Unusable> {
        let shape = Shape {
            sizes: tile
                .planes
                .channels
                .each_ref()
                .map(|plane| (plane.width, plane.height)),
            matrix: tile.matrix,
        };
        if self.planes.is_none() {
            self.planes = Some((self.empty(&shape)?, shape));
        }
        let (planes, first) = self.planes.as_mut().expect("made above");
        let seen = self
            .arrived
            .get_mut(index)
            .ok_or_else(|| Unusable::damaged("no such tile"))?;
        if std::mem::replace(seen, true) || *first != shape {
            return Err(Unusable::damaged("tiles that do not fit together"));
        }
        let (column, row) = (index % self.columns, index / self.columns);
        for (plane, part) in planes.channels.iter_mut().zip(&tile.planes.channels) {
            if !part.samples.is_empty() {
                plane.place(
                    part,
                    column * part.width as usize,
                    row * part.height as usize,
                );
            }
        }
        self.missing -= 1;
        Ok(())
    }

    /// Planes for the whole picture, when tiles of this shape cover it.
    fn empty(&self, shape: &Shape) -> Result<Planes, Unusable> {
        let [(tile_width, tile_height), chroma, _] = shape.sizes;
        let rows = self.arrived.len() / self.columns;
        let covered = u64::from(tile_width) * self.columns as u64 >= u64::from(self.width)
            && u64::from(tile_height) * rows as u64 >= u64::from(self.height);
        if !covered {
            return Err(Unusable::damaged("tiles that do not cover the picture"));
        }
        let plane = |(part_width, part_height): (u32, u32)| {
            if part_width == 0 || part_height == 0 {
                return Plane::default();
            }
            let width = self.width.div_ceil(tile_width / part_width);
            Plane::filled(width, self.height.div_ceil(tile_height / part_height), 128)
        };
        Ok(Planes {
            channels: [
                plane((tile_width, tile_height)),
                plane(chroma),
                plane(chroma),
            ],
        })
    }

    /// The whole picture, and what its samples mean.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when a tile is missing.
    pub fn finish(self) -> Result<(Planes, Matrix), Unusable> {
        match self.planes {
            Some((planes, shape)) if self.missing == 0 => Ok((planes, shape.matrix)),
            _ => Err(Unusable::Truncated),
        }
    }
}
