//! Scan orders (H.265 §6.5): CTB raster/tile scan conversion and coefficient scans.

use crate::params::{Pps, Sps};

/// Coefficient scan types (`scanIdx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ScanType {
    /// Up-right diagonal (0).
    Diagonal = 0,
    /// Horizontal (1).
    Horizontal = 1,
    /// Vertical (2).
    Vertical = 2,
}

/// `ScanOrder[2][scanIdx]` (§6.5.3 to §6.5.5): the positions of a 4×4 sub-block in scan order, as `y << 2 | x`.
pub static SUB_BLOCK_SCAN: [[u8; 16]; 3] = [diagonal(4, 2), horizontal(4, 2), vertical(4, 2)];

/// The sub-blocks of a transform block of `1 << log2_size` sub-blocks a side in scan order, as `y << 3 | x`.
pub fn sub_blocks(log2_size: u8, scan: ScanType) -> &'static [u8] {
    static TWO: [[u8; 4]; 3] = [diagonal(2, 3), horizontal(2, 3), vertical(2, 3)];
    static FOUR: [u8; 16] = diagonal(4, 3);
    static EIGHT: [u8; 64] = diagonal(8, 3);
    match log2_size {
        0 => &[0],
        1 => &TWO[scan as usize],
        // Larger blocks are scanned diagonally only (§7.4.9.11).
        2 => &FOUR,
        _ => &EIGHT,
    }
}

/// Up-right diagonal scan (§6.5.3).
const fn diagonal<const NN: usize>(size: u8, shift: u8) -> [u8; NN] {
    let mut out = [0; NN];
    let (mut found, mut sum) = (0, 0);
    while found < NN {
        let mut x = 0;
        while x <= sum {
            let y = sum - x;
            if x < size && y < size {
                out[found] = y << shift | x;
                found += 1;
            }
            x += 1;
        }
        sum += 1;
    }
    out
}

/// Horizontal scan (§6.5.4): row by row.
const fn horizontal<const NN: usize>(size: u8, shift: u8) -> [u8; NN] {
    let mut out = [0; NN];
    let mut n = 0;
    while n < NN {
        out[n] = ((n as u8 / size) << shift) | (n as u8 % size);
        n += 1;
    }
    out
}

/// Vertical scan (§6.5.5): column by column.
const fn vertical<const NN: usize>(size: u8, shift: u8) -> [u8; NN] {
    let mut out = [0; NN];
    let mut n = 0;
    while n < NN {
        out[n] = ((n as u8 % size) << shift) | (n as u8 / size);
        n += 1;
    }
    out
}

/// CTB address conversions between raster scan and tile scan, and tile IDs (§6.5.1).
#[derive(Debug, Clone)]
pub struct CtbLayout {
    /// Picture width in CTBs.
    pub width: u32,
    /// Picture height in CTBs.
    pub height: u32,
    /// `CtbAddrRsToTs`.
    pub rs_to_ts: Vec<u32>,
    /// `CtbAddrTsToRs`.
    pub ts_to_rs: Vec<u32>,
    /// `TileId`, indexed by tile-scan address.
    pub tile_id: Vec<u32>,
    /// First CTB column of each tile column (`colBd`), with the picture width appended.
    pub col_bd: Vec<u32>,
    /// First CTB row of each tile row (`rowBd`), with the picture height appended.
    pub row_bd: Vec<u32>,
}

impl CtbLayout {
    /// Builds the layout for a picture.
    pub fn new(sps: &Sps, pps: &Pps) -> Self {
        let (width, height) = sps.pic_size_in_ctbs();
        let (col_widths, row_heights) = match &pps.tiles {
            None => (vec![width], vec![height]),
            Some(t) => (
                t.column_widths
                    .clone()
                    .unwrap_or_else(|| uniform(t.num_columns, width)),
                t.row_heights
                    .clone()
                    .unwrap_or_else(|| uniform(t.num_rows, height)),
            ),
        };
        let bounds = |sizes: &[u32]| {
            let mut bd = vec![0];
            for s in sizes {
                bd.push(bd.last().unwrap() + s);
            }
            bd
        };
        let col_bd = bounds(&col_widths);
        let row_bd = bounds(&row_heights);

        let n = (width * height) as usize;
        let mut rs_to_ts = vec![0; n];
        for rs in 0..width * height {
            let (x, y) = (rs % width, rs / width);
            let tile_x = col_bd
                .iter()
                .rposition(|&b| b <= x)
                .unwrap()
                .min(col_widths.len() - 1);
            let tile_y = row_bd
                .iter()
                .rposition(|&b| b <= y)
                .unwrap()
                .min(row_heights.len() - 1);
            let mut ts = 0;
            for &h in &row_heights[..tile_y] {
                ts += width * h;
            }
            for &w in &col_widths[..tile_x] {
                ts += row_heights[tile_y] * w;
            }
            ts += (y - row_bd[tile_y]) * col_widths[tile_x] + x - col_bd[tile_x];
            rs_to_ts[rs as usize] = ts;
        }
        let mut ts_to_rs = vec![0; n];
        for (rs, &ts) in rs_to_ts.iter().enumerate() {
            ts_to_rs[ts as usize] = rs as u32;
        }
        let mut tile_id = vec![0; n];
        let mut id = 0;
        for j in 0..row_heights.len() {
            for i in 0..col_widths.len() {
                for y in row_bd[j]..row_bd[j + 1] {
                    for x in col_bd[i]..col_bd[i + 1] {
                        tile_id[rs_to_ts[(y * width + x) as usize] as usize] = id;
                    }
                }
                id += 1;
            }
        }
        Self {
            width,
            height,
            rs_to_ts,
            ts_to_rs,
            tile_id,
            col_bd,
            row_bd,
        }
    }

    /// Tile ID of the CTB at raster address `rs`.
    pub fn tile_of_rs(&self, rs: u32) -> u32 {
        self.tile_id[self.rs_to_ts[rs as usize] as usize]
    }

    /// First CTB column of the tile containing column `x`.
    pub fn tile_column_start(&self, x: u32) -> u32 {
        *self.col_bd.iter().rev().find(|&&b| b <= x).unwrap()
    }
}

/// Uniform tile spacing (6-3, 6-4).
fn uniform(n: u32, total: u32) -> Vec<u32> {
    (0..n)
        .map(|i| ((i + 1) * total) / n - (i * total) / n)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_run_as_the_standard_draws_them() {
        let [diagonal, horizontal, vertical] = SUB_BLOCK_SCAN;
        assert_eq!(diagonal[..6], [0, 4, 1, 8, 5, 2]);
        assert_eq!(diagonal[15], 15);
        assert_eq!(horizontal[..5], [0, 1, 2, 3, 4]);
        assert_eq!(vertical[..5], [0, 4, 8, 12, 1]);
        assert_eq!(sub_blocks(1, ScanType::Diagonal), [0, 8, 1, 9]);
        assert_eq!(sub_blocks(1, ScanType::Horizontal), [0, 1, 8, 9]);
        assert_eq!(sub_blocks(3, ScanType::Diagonal)[63], 63);
    }

    #[test]
    fn uniform_spacing() {
        assert_eq!(uniform(3, 10), vec![3, 3, 4]);
        assert_eq!(uniform(1, 7), vec![7]);
    }
}
