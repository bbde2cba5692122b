//! The residual of a block: its coefficients scaled (§8.6.4.1) and transformed back, or what stands for that (§8.6.2).

use super::Reconstructor;
use super::inverse_transform::{
    DCT4, DCT8, DCT16, DCT32_HALF, intermediate, inverse_dct, inverse_dst,
};
use crate::params::ScalingList;
use crate::syntax::{Level, TransformBlock};

/// Position in the up-right diagonal scan of each raster position of an `N`×`N` block, for
/// looking up scaling list coefficients (stored in scan order).
const fn diagonal_index<const N: usize, const NN: usize>() -> [u8; NN] {
    let mut index = [0u8; NN];
    let (mut i, mut x, mut y) = (0, 0usize, 0usize);
    // §6.5.3: walk the anti-diagonals from bottom-left to top-right.
    while i < NN {
        while y < N && x < N {
            index[y * N + x] = i as u8;
            i += 1;
            if y == 0 {
                break;
            }
            y -= 1;
            x += 1;
        }
        let d = x + y + 1;
        y = if d < N { d } else { N - 1 };
        x = d - y;
    }
    index
}

const DIAGONAL_INDEX_4: [u8; 16] = diagonal_index::<4, 16>();
const DIAGONAL_INDEX_8: [u8; 64] = diagonal_index::<8, 64>();

impl Reconstructor<'_> {
    /// Scaling factor `m` for a coefficient (§8.6.4.1), from the active scaling list.
    fn scaling_factor(
        list: &ScalingList,
        log2_size: u8,
        matrix_id: usize,
        x: usize,
        y: usize,
    ) -> i32 {
        let size_id = usize::from(log2_size - 2);
        if size_id == 0 {
            return i32::from(list.lists[0][matrix_id][usize::from(DIAGONAL_INDEX_4[y * 4 + x])]);
        }
        let ratio = 1usize << (size_id - 1); // 1 for 8×8, 2 for 16×16, 4 for 32×32
        if size_id >= 2 && x == 0 && y == 0 {
            return i32::from(list.dc[size_id - 2][matrix_id]);
        }
        let (xs, ys) = (x / ratio, y / ratio);
        i32::from(list.lists[size_id][matrix_id][usize::from(DIAGONAL_INDEX_8[ys * 8 + xs])])
    }

    /// Range extension tools for blocks coded without transform (transform skip or
    /// transquant bypass): 180° rotation of 4×4 blocks, then implicit RDPCM for intra
    /// horizontal/vertical blocks (residual accumulated along the prediction direction).
    fn rotate_and_rdpcm(&self, tb: &TransformBlock<'_>, r: &mut [i32]) {
        let n = 1usize << tb.log2_size;
        let ext = &self.sps.range_extension;
        if ext.transform_skip_rotation_enabled_flag && n == 4 {
            r.reverse();
        }
        if ext.implicit_rdpcm_enabled_flag {
            match tb.intra_mode {
                10 => {
                    for y in 0..n {
                        for x in 1..n {
                            r[y * n + x] += r[y * n + x - 1];
                        }
                    }
                }
                26 => {
                    for y in 1..n {
                        for x in 0..n {
                            r[y * n + x] += r[(y - 1) * n + x];
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Computes the residual of a block from its coefficients (§8.6.2 to §8.6.4).
    /// `d` is a scratch buffer of at least `n * n` zeros, which it is left as.
    pub(super) fn residual(
        &self,
        tb: &TransformBlock<'_>,
        coeffs: &[Level],
        out: &mut [i32],
        d: &mut [i32],
    ) {
        let n = 1usize << tb.log2_size;
        let c = usize::from(tb.c_idx);
        if tb.transquant_bypass {
            out[..n * n].fill(0);
            for level in coeffs {
                out[usize::from(level.at)] = level.value;
            }
            self.rotate_and_rdpcm(tb, &mut out[..n * n]);
            return;
        }
        let bit_depth = i32::from(self.frame.bit_depth[usize::from(c > 0)]);

        // Quantization parameter (§8.6.1).
        let qp_bd_y = 6 * (i32::from(self.sps.bit_depth_luma) - 8);
        let qp_bd_c = 6 * (i32::from(self.sps.bit_depth_chroma) - 8);
        let qp = if c == 0 {
            tb.qp_y + qp_bd_y
        } else {
            let (pps_off, slice_off) = if c == 1 {
                (
                    i32::from(self.pps.pps_cb_qp_offset),
                    self.slice_cb_qp_offset,
                )
            } else {
                (
                    i32::from(self.pps.pps_cr_qp_offset),
                    self.slice_cr_qp_offset,
                )
            };
            let qpi =
                (tb.qp_y + pps_off + slice_off + i32::from(tb.cu_qp_offset)).clamp(-qp_bd_c, 57);
            let qpc = if self.sps.chroma_array_type() == 1 {
                match qpi {
                    ..30 => qpi,
                    30..=43 => [29, 30, 31, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37, 37]
                        [(qpi - 30) as usize],
                    _ => qpi - 6,
                }
            } else {
                qpi.min(51)
            };
            qpc + qp_bd_c
        };

        // Scaling (§8.6.4.1).
        const LEVEL_SCALE: [i64; 6] = [40, 45, 51, 57, 64, 72];
        let bd_shift = bit_depth + i32::from(tb.log2_size) + 10 - 15;
        let scale = LEVEL_SCALE[(qp % 6) as usize] << (qp / 6);
        let list = self
            .pps
            .scaling_list
            .as_ref()
            .or(self.sps.scaling_list.as_ref());
        let flat = list.is_none() || (tb.transform_skip && n > 4);
        let d = &mut d[..n * n];
        let rnd = 1i64 << (bd_shift - 1);
        for level in coeffs {
            let at = usize::from(level.at);
            let factor = match list {
                Some(list) if !flat => {
                    let (x, y) = (at & (n - 1), at >> tb.log2_size);
                    i64::from(Self::scaling_factor(list, tb.log2_size, c, x, y)) * scale
                }
                _ => 16 * scale,
            };
            d[at] =
                ((i64::from(level.value) * factor + rnd) >> bd_shift).clamp(-32768, 32767) as i32;
        }
        self.transformed(tb, d, 20 - bit_depth, &mut out[..n * n]);
        for level in coeffs {
            d[usize::from(level.at)] = 0;
        }
    }

    /// The inverse transform (§8.6.4.2) of the scaled coefficients, or what stands for it.
    fn transformed(&self, tb: &TransformBlock<'_>, d: &[i32], bd_shift: i32, out: &mut [i32]) {
        let rnd = 1 << (bd_shift - 1);
        if tb.transform_skip {
            let ts_shift = 5 + i32::from(tb.log2_size);
            for (o, &v) in out.iter_mut().zip(d) {
                *o = ((v << ts_shift) + rnd) >> bd_shift;
            }
            self.rotate_and_rdpcm(tb, out);
            return;
        }
        let (cols, rows) = tb.coeff_bounds;
        let corner = (usize::from(rows), usize::from(cols));
        match tb.log2_size {
            2 if tb.c_idx == 0 => inverse_dst(d, bd_shift, out),
            // DC only: every DCT basis row 0 coefficient is 64, so the residual is constant.
            _ if corner == (1, 1) => out.fill((64 * intermediate(64 * d[0]) + rnd) >> bd_shift),
            2 => inverse_dct::<4, 2, 4>(&DCT4, d, corner, bd_shift, out),
            3 => inverse_dct::<8, 4, 4>(&DCT8, d, corner, bd_shift, out),
            4 => inverse_dct::<16, 8, 8>(&DCT16, d, corner, bd_shift, out),
            _ => inverse_dct::<32, 16, 8>(&DCT32_HALF, d, corner, bd_shift, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{SUB_BLOCK_SCAN, ScanType, sub_blocks};

    #[test]
    fn diagonal_index_matches_scan_order() {
        for (i, &at) in SUB_BLOCK_SCAN[ScanType::Diagonal as usize]
            .iter()
            .enumerate()
        {
            assert_eq!(usize::from(DIAGONAL_INDEX_4[usize::from(at)]), i);
        }
        for (i, &at) in sub_blocks(3, ScanType::Diagonal).iter().enumerate() {
            assert_eq!(usize::from(DIAGONAL_INDEX_8[usize::from(at)]), i);
        }
    }
}
