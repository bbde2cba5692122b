//! Some rows of samples and the colour beside them, upright and ready to be cut into blocks.

use super::super::coded::Coded;
use super::super::exif::Orientation;
use super::super::orient;
use super::super::planes::Plane;
use super::transform::Block;
use wide::i16x8;

/// One row of coding units: `SIDE` by `SIDE` pixels of luma, eight by eight of each colour difference. Where the picture
/// ends inside a unit, its last column and row are repeated.
pub(super) struct Strip<const SIDE: usize> {
    columns: usize,
    luma: Band<SIDE>,
    blue: Band<8>,
    red: Band<8>,
}

impl<const SIDE: usize> Strip<SIDE> {
    /// Room for a picture of this width.
    pub(super) fn for_width(width: usize) -> Self {
        let columns = width.div_ceil(SIDE);
        Self {
            columns,
            luma: Band::for_units(columns),
            blue: Band::for_units(columns),
            red: Band::for_units(columns),
        }
    }

    /// How many units lie side by side.
    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    /// Reads the rows of the upright picture from `top` on, a multiple of `SIDE`.
    pub(super) fn fill(&mut self, picture: &Coded, orientation: Orientation, top: usize) {
        let chroma_top = top / SIDE * 8;
        self.luma.fill(&picture.luma, orientation, top);
        self.blue.fill(&picture.blue, orientation, chroma_top);
        self.red.fill(&picture.red, orientation, chroma_top);
    }

    /// Eight by eight luma values.
    pub(super) fn luma_block(&self, left: usize, top: usize) -> Block {
        self.luma.block(left, top)
    }

    /// Eight by eight blue differences.
    pub(super) fn blue_block(&self, left: usize) -> Block {
        self.blue.block(left, 0)
    }

    /// Eight by eight red differences.
    pub(super) fn red_block(&self, left: usize) -> Block {
        self.red.block(left, 0)
    }
}

/// What a row of units holds of one plane: `SIDE` rows, `SIDE` columns for each unit.
struct Band<const SIDE: usize> {
    stride: usize,
    samples: Vec<u8>,
    /// The same as the transform wants them.
    values: Vec<i16>,
}

impl<const SIDE: usize> Band<SIDE> {
    fn for_units(columns: usize) -> Self {
        let stride = columns * SIDE;
        Self {
            stride,
            samples: vec![0; stride * SIDE],
            values: vec![0; stride * SIDE],
        }
    }

    fn fill(&mut self, plane: &Plane, orientation: Orientation, top: usize) {
        let (width, height) = orientation.upright_size(plane.width, plane.height);
        let (width, height) = (width as usize, height as usize);
        let present = (height - top).min(SIDE);
        let (there, missing) = self.samples.split_at_mut(present * self.stride);
        let size = (plane.width, plane.height);
        orient::rows(&plane.samples, size, orientation, top, there, self.stride);
        for row in there.chunks_exact_mut(self.stride) {
            let last = row[width - 1];
            row[width..].fill(last);
        }
        let last = &there[(present - 1) * self.stride..];
        missing
            .chunks_exact_mut(self.stride)
            .for_each(|row| row.copy_from_slice(last));
        for (value, &sample) in self.values.iter_mut().zip(&self.samples) {
            *value = i16::from(sample) * 2 - 256;
        }
    }

    /// Eight by eight values for the transform.
    #[inline]
    fn block(&self, left: usize, top: usize) -> Block {
        std::array::from_fn(|row| {
            let start = (top + row) * self.stride + left;
            let values = self.values[start..].first_chunk();
            i16x8::new(*values.expect("a strip holds whole blocks"))
        })
    }
}
