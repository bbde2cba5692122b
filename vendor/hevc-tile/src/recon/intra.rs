//! Intra prediction (§8.4.4.2): the samples beside a block, and what they foretell of it.

use super::Reconstructor;
use crate::syntax::TransformBlock;

/// `intraPredAngle` for modes 2..=34 (Table 8-4).
const INTRA_PRED_ANGLE: [i32; 33] = [
    32, 26, 21, 17, 13, 9, 5, 2, 0, -2, -5, -9, -13, -17, -21, -26, -32, -26, -21, -17, -13, -9,
    -5, -2, 0, 2, 5, 9, 13, 17, 21, 26, 32,
];

/// `invAngle` for modes 11..=25 (Table 8-5).
const INV_ANGLE: [i32; 15] = [
    -4096, -1638, -910, -630, -482, -390, -315, -256, -315, -390, -482, -630, -910, -1638, -4096,
];

/// Planar prediction (§8.4.4.2.4). Both of its slopes are followed by adding, from sample to sample
/// and from row to row.
fn planar<const N: usize, const T: usize>(refs: &[i32; T]) -> [[i32; N]; N] {
    let n = N as i32;
    let (left, top) = (&refs[N..2 * N], &refs[2 * N + 1..3 * N + 1]);
    let (bottom_left, top_right) = (refs[N - 1], refs[3 * N + 1]);
    let mut down: [i32; N] = core::array::from_fn(|x| (n - 1) * top[x] + bottom_left + n);
    let mut pred = [[0; N]; N];
    for (y, row) in pred.iter_mut().enumerate() {
        let l = left[N - 1 - y];
        let (start, step) = ((n - 1) * l + top_right, top_right - l);
        for x in 0..N {
            row[x] = (start + x as i32 * step + down[x]) >> (N.trailing_zeros() + 1);
            down[x] += bottom_left - top[x];
        }
    }
    pred
}

/// DC prediction (§8.4.4.2.5).
fn dc<const N: usize, const T: usize>(refs: &[i32; T], boundary_filters: bool) -> [[i32; N]; N] {
    let (left, top) = (&refs[N..2 * N], &refs[2 * N + 1..3 * N + 1]);
    let sum: i32 = left.iter().sum::<i32>() + top.iter().sum::<i32>();
    let dc = (sum + N as i32) >> (N.trailing_zeros() + 1);
    let mut pred = [[dc; N]; N];
    if boundary_filters {
        for (sample, top) in pred[0].iter_mut().zip(top) {
            *sample = (top + 3 * dc + 2) >> 2;
        }
        for (row, left) in pred.iter_mut().zip(left.iter().rev()) {
            row[0] = (left + 3 * dc + 2) >> 2;
        }
        pred[0][0] = (left[N - 1] + 2 * dc + top[0] + 2) >> 2;
    }
    pred
}

/// Angular prediction (§8.4.4.2.6), without its boundary filters.
fn angular<const N: usize, const T: usize>(refs: &[i32; T], mode: u8) -> [[i32; N]; N] {
    let angle = INTRA_PRED_ANGLE[usize::from(mode) - 2];
    let vertical = mode >= 18;
    // ref[], with offset N so that negative indices are representable.
    let mut r = [0; T];
    if vertical {
        r[N..=3 * N].copy_from_slice(&refs[2 * N..]);
    } else {
        for (r, &sample) in r[N..=3 * N].iter_mut().zip(refs[..=2 * N].iter().rev()) {
            *r = sample;
        }
    }
    let last = (N as i32 * angle) >> 5;
    if last < -1 {
        let inv = INV_ANGLE[usize::from(mode) - 11];
        for x in last..=-1 {
            let side = ((x * inv + 128) >> 8) as usize;
            let at = if vertical { 2 * N - side } else { 2 * N + side };
            r[(x + N as i32) as usize] = refs[at];
        }
    }
    let mut pred = [[0; N]; N];
    // Lines run across the prediction direction: rows for vertical modes.
    for (j, line) in pred.iter_mut().enumerate() {
        let along = (j as i32 + 1) * angle;
        let (idx, fact) = (along >> 5, along & 31);
        let src = &r[(idx + 1 + N as i32) as usize..];
        let (near, far) = (&src[..N], &src[1..=N]);
        for x in 0..N {
            line[x] = ((32 - fact) * near[x] + fact * far[x] + 16) >> 5;
        }
    }
    if vertical {
        pred
    } else {
        core::array::from_fn(|y| core::array::from_fn(|x| pred[x][y]))
    }
}

impl Reconstructor<'_> {
    /// Whether the samples of a 4×4 luma unit may be used to predict the block in unit `own`:
    /// reconstructed, in the same slice and the same tile.
    #[inline]
    fn available(&self, own: (usize, usize), (column, row): (usize, usize)) -> bool {
        if column >= self.w4 || self.decoded.get(row * self.w4 + column) != Some(&self.slice_addr) {
            return false;
        }
        let tile_of = |(column, row): (usize, usize)| {
            let l = u32::from(self.sps.log2_ctb_size) - 2;
            self.layout
                .tile_of_rs((row as u32 >> l) * self.layout.width + (column as u32 >> l))
        };
        self.single_tile || tile_of((column, row)) == tile_of(own)
    }

    /// Reference samples of a block, substituted where unavailable (§8.4.4.2.2): index 0 =
    /// p[-1][2n-1] (bottom of the left column) ... index 2n = p[-1][-1] ... index 4n =
    /// p[2n-1][-1] (right end of the top row).
    fn reference_samples<const N: usize, const T: usize>(
        &self,
        c: usize,
        x: usize,
        y: usize,
    ) -> [i32; T] {
        let (sw, sh) = if c == 0 {
            (1, 1)
        } else {
            self.sps.chroma_subsampling()
        };
        let (plane, stride) = (&self.frame.planes[c], self.frame.widths[c] as usize);
        // Availability is decided per unit of 4×4 luma samples, on whose grid all blocks lie.
        let (unit_x, unit_y) = (4 / sw as usize, 4 / sh as usize);
        let own = (x / unit_x, y / unit_y);
        let mut refs = [0; T];
        let mut any = false;
        // In the order of the substitution: an unavailable run repeats the sample before it, and those before the first
        // available one repeat that.
        let mut settle = |refs: &mut [i32; T], start: usize, length: usize, found: bool| {
            if found && !any {
                let first = refs[start];
                refs[..start].fill(first);
                any = true;
            } else if !found && any {
                let last = refs[start - 1];
                refs[start..start + length].fill(last);
            }
        };
        for k in (0..2 * N / unit_y).rev() {
            let start = 2 * N - (k + 1) * unit_y;
            let found = x > 0 && self.available(own, ((x - 1) / unit_x, own.1 + k));
            if found {
                let from = (y + k * unit_y) * stride + x - 1;
                let column = plane[from..].iter().step_by(stride);
                let run = refs[start..start + unit_y].iter_mut().rev();
                for (r, &sample) in run.zip(column) {
                    *r = i32::from(sample);
                }
            }
            settle(&mut refs, start, unit_y, found);
        }
        let corner = x > 0 && y > 0 && self.available(own, ((x - 1) / unit_x, (y - 1) / unit_y));
        if corner {
            refs[2 * N] = i32::from(plane[(y - 1) * stride + x - 1]);
        }
        settle(&mut refs, 2 * N, 1, corner);
        for k in 0..2 * N / unit_x {
            let start = 2 * N + 1 + k * unit_x;
            let found = y > 0 && self.available(own, (own.0 + k, (y - 1) / unit_y));
            if found {
                let from = (y - 1) * stride + x + k * unit_x;
                for (r, &sample) in refs[start..start + unit_x].iter_mut().zip(&plane[from..]) {
                    *r = i32::from(sample);
                }
            }
            settle(&mut refs, start, unit_x, found);
        }
        if !any {
            refs.fill(1 << (self.frame.bit_depth[usize::from(c > 0)] - 1));
        }
        refs
    }

    /// Filtering of neighbouring samples (§8.4.4.2.3).
    fn filtered<const N: usize, const T: usize>(
        &self,
        c: usize,
        mode: u8,
        refs: [i32; T],
    ) -> [i32; T] {
        let allowed = (c == 0 || self.sps.chroma_array_type() == 3)
            && !self.sps.range_extension.intra_smoothing_disabled_flag;
        let min_dist = mode.abs_diff(26).min(mode.abs_diff(10));
        let thres = match N {
            8 => 7,
            16 => 1,
            _ => 0,
        };
        if !allowed || mode == 1 || N == 4 || min_dist <= thres {
            return refs;
        }
        let (corner, bottom, right) = (refs[2 * N], refs[0], refs[4 * N]);
        let limit = 1 << (self.frame.bit_depth[usize::from(c > 0)] - 5);
        let mut f = refs;
        if self.sps.strong_intra_smoothing_enabled_flag
            && c == 0
            && N == 32
            && (corner + right - 2 * refs[3 * N]).abs() < limit
            && (corner + bottom - 2 * refs[N]).abs() < limit
        {
            for i in 1..64 {
                f[64 - i] = ((64 - i as i32) * corner + i as i32 * bottom + 32) >> 6;
                f[64 + i] = ((64 - i as i32) * corner + i as i32 * right + 32) >> 6;
            }
        } else {
            for i in 1..T - 1 {
                f[i] = (refs[i - 1] + 2 * refs[i] + refs[i + 1] + 2) >> 2;
            }
        }
        f
    }

    /// Intra prediction of an `N`×`N` block of component `c` at (`x`, `y`) (§8.4.4.2); `T` is
    /// `4 N + 1`, the number of reference samples.
    pub(super) fn predicted<const N: usize, const T: usize>(
        &self,
        tb: &TransformBlock<'_>,
    ) -> [[i32; N]; N] {
        let c = usize::from(tb.c_idx);
        let refs = self.reference_samples::<N, T>(c, tb.x as usize, tb.y as usize);
        let refs = self.filtered::<N, T>(c, tb.intra_mode, refs);
        // disableIntraBoundaryFilter (range extension).
        let boundary_filters = c == 0
            && N < 32
            && !(self.sps.range_extension.implicit_rdpcm_enabled_flag && tb.transquant_bypass);
        let max = (1 << self.frame.bit_depth[usize::from(c > 0)]) - 1;
        match tb.intra_mode {
            0 => planar(&refs),
            1 => dc(&refs, boundary_filters),
            mode => {
                let mut pred = angular(&refs, mode);
                let corner = refs[2 * N];
                if boundary_filters && mode == 26 {
                    for (y, row) in pred.iter_mut().enumerate() {
                        let left = refs[2 * N - 1 - y];
                        row[0] = (refs[2 * N + 1] + ((left - corner) >> 1)).clamp(0, max);
                    }
                } else if boundary_filters && mode == 10 {
                    for (sample, &top) in pred[0].iter_mut().zip(&refs[2 * N + 1..]) {
                        *sample = (refs[2 * N - 1] + ((top - corner) >> 1)).clamp(0, max);
                    }
                }
                pred
            }
        }
    }
}
