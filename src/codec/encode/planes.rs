//! Sixteen rows of pixels as luma and halved chroma, ready to be cut into blocks.

use super::super::exif::Orientation;
use super::super::orient;
use super::super::raster::Raster;
use super::transform::Block;

/// One row of coding units. Where the picture ends inside a unit, its last column and row are repeated.
pub(super) struct Strip {
    columns: usize,
    /// Sixteen rows of padded RGBA, reused.
    pixels: Vec<[u8; 4]>,
    luma: Vec<f32>,
    blue: Vec<f32>,
    red: Vec<f32>,
}

impl Strip {
    /// Room for a picture of this width.
    pub(super) fn for_width(width: usize) -> Self {
        let columns = width.div_ceil(16);
        Self {
            columns,
            pixels: vec![[0; 4]; columns * 16 * 16],
            luma: vec![0.0; columns * 16 * 16],
            blue: vec![0.0; columns * 8 * 8],
            red: vec![0.0; columns * 8 * 8],
        }
    }

    /// How many units lie side by side.
    pub(super) const fn columns(&self) -> usize {
        self.columns
    }

    /// Reads the rows of the upright picture from `top` on.
    pub(super) fn fill(&mut self, picture: &Raster, orientation: Orientation, top: usize) {
        let (width, height) = orientation.upright_size(picture.width, picture.height);
        let (width, height) = (width as usize, height as usize);
        let stride = self.columns * 16;
        let present = (height - top).min(16);
        let (there, missing) = self.pixels.split_at_mut(present * stride);
        orient::rows(picture, orientation, top, there, stride);
        for row in there.chunks_exact_mut(stride) {
            let last = row[width - 1];
            row[width..].fill(last);
        }
        let last = &there[(present - 1) * stride..];
        missing
            .chunks_exact_mut(stride)
            .for_each(|row| row.copy_from_slice(last));
        for (luma, &[r, g, b, _]) in self.luma.iter_mut().zip(&self.pixels) {
            *luma = 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b) - 128.0;
        }
        let rows = self.pixels.chunks_exact(stride * 2);
        let targets = self
            .blue
            .chunks_exact_mut(stride / 2)
            .zip(self.red.chunks_exact_mut(stride / 2));
        for (pair, (blue, red)) in rows.zip(targets) {
            halve(pair.split_at(stride), blue, red);
        }
    }

    /// Eight by eight luma values.
    pub(super) fn luma_block(&self, left: usize, top: usize) -> Block {
        block(&self.luma, self.columns * 16, left, top)
    }

    /// Eight by eight blue differences.
    pub(super) fn blue_block(&self, left: usize) -> Block {
        block(&self.blue, self.columns * 8, left, 0)
    }

    /// Eight by eight red differences.
    pub(super) fn red_block(&self, left: usize) -> Block {
        block(&self.red, self.columns * 8, left, 0)
    }
}

/// Chroma of two rows, each value the mean of four pixels.
fn halve((upper, lower): (&[[u8; 4]], &[[u8; 4]]), blue: &mut [f32], red: &mut [f32]) {
    let upper = upper.as_chunks::<2>().0;
    let lower = lower.as_chunks::<2>().0;
    for (((upper, lower), blue), red) in upper.iter().zip(lower).zip(blue).zip(red) {
        let sum = |channel: usize| {
            let all = [
                upper[0][channel],
                upper[1][channel],
                lower[0][channel],
                lower[1][channel],
            ];
            f32::from(all.iter().map(|&value| u16::from(value)).sum::<u16>())
        };
        let (r, g, b) = (sum(0), sum(1), sum(2));
        *blue = (b * 0.5 - r * 0.168_736 - g * 0.331_264) * 0.25;
        *red = (r * 0.5 - g * 0.418_688 - b * 0.081_312) * 0.25;
    }
}

fn block(plane: &[f32], stride: usize, left: usize, top: usize) -> Block {
    std::array::from_fn(|row| {
        let start = (top + row) * stride + left;
        *plane[start..]
            .first_chunk()
            .expect("a strip holds whole blocks")
    })
}
