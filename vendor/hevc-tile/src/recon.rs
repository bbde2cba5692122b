//! Picture reconstruction: intra prediction (§8.4.4.2), scaling and inverse transforms
//! (§8.6), and adding the residual. In-loop filters (deblocking, SAO) are applied afterwards.

use crate::filters::{self, FilterInfo, SliceFilterParams};
use crate::params::{Pps, ScalingList, Sps};
use crate::scan::CtbLayout;
use crate::syntax::{CodingUnit, Level, SaoParams, Sink, TransformBlock};

/// A decoded picture: three planes of samples (only the first one for monochrome).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Width of each plane, in samples.
    pub widths: [u32; 3],
    /// Height of each plane, in samples.
    pub heights: [u32; 3],
    /// Samples, row-major, one `Vec` per plane.
    pub planes: [Vec<u16>; 3],
    /// Bit depth of luma and chroma samples.
    pub bit_depth: [u8; 2],
    /// `chroma_format_idc` (0 = monochrome, 1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4).
    pub chroma_format: u8,
    /// `video_full_range_flag` from the VUI (false when the VUI is absent).
    pub full_range: bool,
    /// `matrix_coeffs` from the VUI (2 = unspecified when absent).
    pub matrix_coeffs: u8,
}

impl Frame {
    fn new(sps: &Sps) -> Self {
        let (w, h) = (
            sps.pic_width_in_luma_samples,
            sps.pic_height_in_luma_samples,
        );
        let (sw, sh) = sps.chroma_subsampling();
        let (cw, ch) = if sps.chroma_array_type() == 0 && sps.chroma_format_idc == 0 {
            (0, 0)
        } else {
            (w / sw, h / sh)
        };
        Self {
            widths: [w, cw, cw],
            heights: [h, ch, ch],
            planes: [
                vec![0; (w * h) as usize],
                vec![0; (cw * ch) as usize],
                vec![0; (cw * ch) as usize],
            ],
            bit_depth: [sps.bit_depth_luma, sps.bit_depth_chroma],
            chroma_format: sps.chroma_format_idc,
            full_range: sps.vui.as_ref().is_some_and(|v| v.video_full_range_flag),
            matrix_coeffs: sps.vui.as_ref().map_or(2, |v| v.matrix_coeffs),
        }
    }

    /// Returns a copy cropped to the conformance window of `sps`.
    pub fn cropped(&self, sps: &Sps) -> Self {
        let (sw, sh) = sps.chroma_subsampling();
        let [l, r, t, b] = sps.conf_win_offsets;
        let mut out = Self {
            planes: Default::default(),
            ..*self
        };
        for c in 0..3 {
            if self.widths[c] == 0 {
                continue;
            }
            let (fx, fy) = if c == 0 { (sw, sh) } else { (1, 1) };
            let (x0, y0) = (l * fx, t * fy);
            let w = self.widths[c] - (l + r) * fx;
            let h = self.heights[c] - (t + b) * fy;
            let src_w = self.widths[c] as usize;
            let mut plane = Vec::with_capacity(w as usize * h as usize);
            for y in y0..y0 + h {
                let row = y as usize * src_w + x0 as usize;
                plane.extend_from_slice(&self.planes[c][row..row + w as usize]);
            }
            out.planes[c] = plane;
            out.widths[c] = w;
            out.heights[c] = h;
        }
        out
    }
}

/// `intraPredAngle` for modes 2..=34 (Table 8-4).
const INTRA_PRED_ANGLE: [i32; 33] = [
    32, 26, 21, 17, 13, 9, 5, 2, 0, -2, -5, -9, -13, -17, -21, -26, -32, -26, -21, -17, -13, -9,
    -5, -2, 0, 2, 5, 9, 13, 17, 21, 26, 32,
];

/// `invAngle` for modes 11..=25 (Table 8-5).
const INV_ANGLE: [i32; 15] = [
    -4096, -1638, -910, -630, -482, -390, -315, -256, -315, -390, -482, -630, -910, -1638, -4096,
];

/// Magnitudes of the 32-point DCT coefficients, indexed by `a = k(2n+1) mod 128` folded to 0..=32.
const DCT_C: [i32; 33] = [
    64, 90, 90, 90, 89, 88, 87, 85, 83, 82, 80, 78, 75, 73, 70, 67, 64, 61, 57, 54, 50, 46, 43, 38,
    36, 31, 25, 22, 18, 13, 9, 4, 0,
];

/// `transMatrix` coefficient for frequency `k` and position `n` of the 32-point DCT (§8.6.4.2).
const fn dct_coef(k: usize, n: usize) -> i32 {
    if k == 0 {
        return 64;
    }
    let a = (k * (2 * n + 1)) % 128;
    match a {
        0..=32 => DCT_C[a],
        33..=64 => -DCT_C[64 - a],
        65..=96 => -DCT_C[a - 64],
        _ => DCT_C[128 - a],
    }
}

/// The 32-point DCT matrix, `DCT32[k][n]`; smaller sizes use every `32 / size`-th row.
pub const DCT32: [[i32; 32]; 32] = {
    let mut m = [[0; 32]; 32];
    let mut k = 0;
    while k < 32 {
        let mut n = 0;
        while n < 32 {
            m[k][n] = dct_coef(k, n);
            n += 1;
        }
        k += 1;
    }
    m
};

/// 4×4 DST-VII used for intra luma 4×4 blocks (8-317).
pub const DST4: [[i32; 4]; 4] = [
    [29, 55, 74, 84],
    [74, 74, 0, -74],
    [84, -29, -74, 55],
    [55, -84, 74, -29],
];

/// The left half of the `N`-point DCT matrix: rows `k * 32 / N` of [`DCT32`], first `H` columns.
/// The right half mirrors it, rows of odd `k` with the sign changed.
const fn half_matrix<const N: usize, const H: usize>() -> [[i32; H]; N] {
    let mut m = [[0; H]; N];
    let mut k = 0;
    while k < N {
        let mut n = 0;
        while n < H {
            m[k][n] = DCT32[k * (32 / N)][n];
            n += 1;
        }
        k += 1;
    }
    m
}

static DCT4: [[i32; 2]; 4] = half_matrix();
static DCT8: [[i32; 4]; 8] = half_matrix();
static DCT16: [[i32; 8]; 16] = half_matrix();
static DCT32_HALF: [[i32; 16]; 32] = half_matrix();

/// Between the two passes values are cut to 16 bits.
#[inline(always)]
fn intermediate(sum: i32) -> i32 {
    ((sum + 64) >> 7).clamp(-32768, 32767)
}

/// 2-D inverse DCT (§8.6.4.2) of an `N`×`N` block of scaled coefficients `d` whose non-zero
/// values all lie in the top-left `rows`×`cols` corner: a column pass with clipping to 16 bits,
/// then a row pass shifted by `bd_shift`. `H` is half of `N`.
///
/// Even rows of the matrix are symmetric and odd ones antisymmetric, so half of the sums give all
/// (a butterfly). Both passes sum only over the rectangle, and keep `L` sums side by side, which
/// the compiler makes vectors of.
///
/// Inputs are 16-bit and coefficients at most 90 in magnitude, so the sums fit in `i32`
/// (`32 * 32768 * 90` is well inside it).
fn inverse_dct<const N: usize, const H: usize, const L: usize>(
    m: &[[i32; H]; N],
    d: &[i32],
    (rows, cols): (usize, usize),
    bd_shift: i32,
    out: &mut [i32],
) {
    let (d, out) = (
        d[..N * N].as_chunks::<N>().0,
        out[..N * N].as_chunks_mut::<N>().0,
    );
    let (row_pairs, col_pairs) = (rows.min(N).div_ceil(2), cols.min(N).div_ceil(2));
    let mut g = [[0i32; N]; N];
    for left in (0..cols.min(N)).step_by(L) {
        for i in 0..H {
            let (mut even, mut odd) = ([0i32; L], [0i32; L]);
            for (m, d) in m
                .as_chunks::<2>()
                .0
                .iter()
                .zip(d.as_chunks::<2>().0)
                .take(row_pairs)
            {
                let (first, second) = (&d[0][left..left + L], &d[1][left..left + L]);
                for lane in 0..L {
                    even[lane] += m[0][i] * first[lane];
                    odd[lane] += m[1][i] * second[lane];
                }
            }
            for lane in 0..L {
                g[i][left + lane] = intermediate(even[lane] + odd[lane]);
                g[N - 1 - i][left + lane] = intermediate(even[lane] - odd[lane]);
            }
        }
    }
    let half = 1 << (bd_shift - 1);
    for (g, out) in g.iter().zip(out) {
        let (mut even, mut odd) = ([half; H], [0i32; H]);
        for (m, g) in m
            .as_chunks::<2>()
            .0
            .iter()
            .zip(g.as_chunks::<2>().0)
            .take(col_pairs)
        {
            for i in 0..H {
                even[i] += m[0][i] * g[0];
                odd[i] += m[1][i] * g[1];
            }
        }
        for i in 0..H {
            out[i] = (even[i] + odd[i]) >> bd_shift;
            out[N - 1 - i] = (even[i] - odd[i]) >> bd_shift;
        }
    }
}

/// As [`inverse_dct`], of a 4×4 block by the matrix [`DST4`].
fn inverse_dst(d: &[i32], bd_shift: i32, out: &mut [i32]) {
    let (d, out) = (d[..16].as_chunks::<4>().0, out[..16].as_chunks_mut::<4>().0);
    let mut g = [[0i32; 4]; 4];
    for (y, g) in g.iter_mut().enumerate() {
        for (m, d) in DST4.iter().zip(d) {
            for x in 0..4 {
                g[x] += m[y] * d[x];
            }
        }
        *g = g.map(intermediate);
    }
    let half = 1 << (bd_shift - 1);
    for (g, out) in g.iter().zip(out) {
        let mut sums = [half; 4];
        for (m, g) in DST4.iter().zip(g) {
            for i in 0..4 {
                sums[i] += m[i] * g;
            }
        }
        *out = sums.map(|sum| sum >> bd_shift);
    }
}

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

/// Reconstructs a picture from the blocks emitted by the parser.
#[derive(Debug)]
pub struct Reconstructor<'a> {
    sps: &'a Sps,
    pps: &'a Pps,
    layout: CtbLayout,
    /// Whether the picture is a single tile: intra prediction then never crosses a tile.
    single_tile: bool,
    /// The picture being reconstructed (coded size, before cropping).
    pub frame: Frame,
    /// Slice that reconstructed each 4×4 luma block (`u32::MAX` = not yet).
    decoded: Vec<u32>,
    w4: usize,
    slice_addr: u32,
    slice_cb_qp_offset: i32,
    slice_cr_qp_offset: i32,
    /// Luma residual of the current transform unit, for cross-component prediction (4:4:4).
    luma_residual: Vec<i32>,
    /// Scratch buffers reused across transform blocks (residual, scaled coefficients), 32×32 each.
    /// The latter is all zero between blocks.
    scratch: Vec<i32>,
    /// Information for the in-loop filters.
    filter_info: FilterInfo,
}

impl<'a> Reconstructor<'a> {
    /// Creates a reconstructor for a picture.
    pub fn new(sps: &'a Sps, pps: &'a Pps) -> Self {
        let w4 = sps.pic_width_in_luma_samples.div_ceil(4) as usize;
        let h4 = sps.pic_height_in_luma_samples.div_ceil(4) as usize;
        let layout = CtbLayout::new(sps, pps);
        Self {
            sps,
            pps,
            filter_info: FilterInfo::new(sps, &layout),
            single_tile: layout.col_bd.len() == 2 && layout.row_bd.len() == 2,
            layout,
            frame: Frame::new(sps),
            decoded: vec![u32::MAX; w4 * h4],
            w4,
            slice_addr: 0,
            slice_cb_qp_offset: 0,
            slice_cr_qp_offset: 0,
            luma_residual: vec![0; 32 * 32],
            scratch: vec![0; 2 * 32 * 32],
        }
    }

    /// Must be called before the blocks of each slice segment.
    pub fn start_slice(&mut self, header: &crate::slice::SliceHeader) {
        if !header.dependent_slice_segment_flag {
            self.slice_addr = header.slice_segment_address;
        }
        self.slice_cb_qp_offset = i32::from(header.slice_cb_qp_offset);
        self.slice_cr_qp_offset = i32::from(header.slice_cr_qp_offset);
        self.filter_info.slices.push(SliceFilterParams {
            deblocking_disabled: header.slice_deblocking_filter_disabled_flag,
            beta_offset_div2: header.slice_beta_offset_div2,
            tc_offset_div2: header.slice_tc_offset_div2,
            loop_filter_across_slices: header.slice_loop_filter_across_slices_enabled_flag,
        });
    }

    /// Applies the in-loop filters (unless `skip_filters`) and returns the decoded picture,
    /// uncropped (see [`Frame::cropped`]).
    pub fn finish(mut self, skip_filters: bool) -> Frame {
        if !skip_filters {
            filters::deblock(
                &mut self.frame,
                &self.filter_info,
                self.sps,
                self.pps,
                &self.layout,
            );
            filters::sao(
                &mut self.frame,
                &self.filter_info,
                self.sps,
                self.pps,
                &self.layout,
            );
        }
        self.frame
    }

    /// Marks block edges (left and top) for the deblocking filter.
    fn mark_edges(&mut self, x: u32, y: u32, w: u32, h: u32) {
        let info = &mut self.filter_info;
        let (x4, y4) = (x as usize >> 2, y as usize >> 2);
        for yy in y4..((y + h) as usize).div_ceil(4).min(info.h4) {
            info.edges[yy * info.w4 + x4] |= 1;
        }
        for xx in x4..((x + w) as usize).div_ceil(4).min(info.w4) {
            info.edges[y4 * info.w4 + xx] |= 2;
        }
    }

    fn mark_decoded(&mut self, x: u32, y: u32, w: u32, h: u32) {
        let h4 = self.decoded.len() / self.w4;
        for yy in (y as usize >> 2)..((y + h) as usize).div_ceil(4).min(h4) {
            for xx in (x as usize >> 2)..((x + w) as usize).div_ceil(4).min(self.w4) {
                self.decoded[yy * self.w4 + xx] = self.slice_addr;
            }
        }
    }

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
    fn predicted<const N: usize, const T: usize>(&self, tb: &TransformBlock<'_>) -> [[i32; N]; N] {
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
    fn residual(&self, tb: &TransformBlock<'_>, coeffs: &[Level], out: &mut [i32], d: &mut [i32]) {
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

    /// Predicts a block, adds its residual and writes it to the picture. `T` is `4 N + 1`.
    fn reconstruct<const N: usize, const T: usize>(&mut self, tb: &TransformBlock<'_>) {
        let c = usize::from(tb.c_idx);
        let pred = self.predicted::<N, T>(tb);
        let cross_component = self
            .pps
            .range_extension
            .cross_component_prediction_enabled_flag;
        let mut scratch = std::mem::take(&mut self.scratch);
        let (residual, d) = scratch.split_at_mut(32 * 32);
        let residual = &mut residual[..N * N];
        let coded = tb.coeffs.is_some() || cross_component;
        if let Some(coeffs) = tb.coeffs {
            self.residual(tb, coeffs, residual, d);
        } else if coded {
            residual.fill(0);
        }
        if c == 0 && cross_component {
            self.luma_residual[..N * N].copy_from_slice(residual);
        }
        if c > 0 && tb.res_scale_val != 0 {
            let (bd_y, bd_c) = (
                i32::from(self.frame.bit_depth[0]),
                i32::from(self.frame.bit_depth[1]),
            );
            for (r, &ry) in residual.iter_mut().zip(&self.luma_residual) {
                *r += (i32::from(tb.res_scale_val) * ((ry << bd_c) >> bd_y)) >> 3;
            }
        }

        let max = (1i32 << self.frame.bit_depth[usize::from(c > 0)]) - 1;
        let stride = self.frame.widths[c] as usize;
        let rows = self.frame.planes[c][tb.y as usize * stride..].chunks_mut(stride);
        let left = tb.x as usize;
        let rows = rows.map(|row| &mut row[left..left + N]).zip(&pred);
        if coded {
            for ((row, pred), residual) in rows.zip(residual.as_chunks::<N>().0) {
                for x in 0..N {
                    row[x] = (pred[x] + residual[x]).clamp(0, max) as u16;
                }
            }
        } else {
            // A prediction lies between its references.
            for (row, pred) in rows {
                for x in 0..N {
                    row[x] = pred[x] as u16;
                }
            }
        }
        self.scratch = scratch;
        if c == 0 {
            self.mark_decoded(tb.x, tb.y, N as u32, N as u32);
            self.mark_edges(tb.x, tb.y, N as u32, N as u32);
        }
    }
}

impl Sink for Reconstructor<'_> {
    fn transform_block(&mut self, tb: &TransformBlock<'_>) {
        match tb.log2_size {
            2 => self.reconstruct::<4, 17>(tb),
            3 => self.reconstruct::<8, 33>(tb),
            4 => self.reconstruct::<16, 65>(tb),
            _ => self.reconstruct::<32, 129>(tb),
        }
    }

    fn pcm(&mut self, cu_x: u32, cu_y: u32, log2_size: u8, samples: [&[u16]; 3]) {
        let Some(pcm) = self.sps.pcm else { return };
        let (sw, sh) = self.sps.chroma_subsampling();
        let size = 1u32 << log2_size;
        for (c, s) in samples.iter().enumerate() {
            if s.is_empty() {
                continue;
            }
            let (w, h, x0, y0) = if c == 0 {
                (size, size, cu_x, cu_y)
            } else {
                (size / sw, size / sh, cu_x / sw, cu_y / sh)
            };
            let (shift, stride) = if c == 0 {
                (
                    self.sps.bit_depth_luma - pcm.bit_depth_luma,
                    self.frame.widths[0],
                )
            } else {
                (
                    self.sps.bit_depth_chroma - pcm.bit_depth_chroma,
                    self.frame.widths[c],
                )
            };
            for y in 0..h {
                for x in 0..w {
                    self.frame.planes[c][((y0 + y) * stride + x0 + x) as usize] =
                        s[(y * w + x) as usize] << shift;
                }
            }
        }
        self.mark_decoded(cu_x, cu_y, size, size);
    }

    fn coding_unit(&mut self, cu: &CodingUnit) {
        let size = 1u32 << cu.log2_size;
        self.mark_edges(cu.x, cu.y, size, size);
        let no_filter = cu.transquant_bypass
            || (cu.pcm && self.sps.pcm.is_some_and(|p| p.loop_filter_disabled_flag));
        let slice = (self.filter_info.slices.len().max(1) - 1) as u16;
        let info = &mut self.filter_info;
        for yy in (cu.y as usize >> 2)..((cu.y + size) as usize).div_ceil(4).min(info.h4) {
            for xx in (cu.x as usize >> 2)..((cu.x + size) as usize).div_ceil(4).min(info.w4) {
                let i = yy * info.w4 + xx;
                info.qp_y[i] = cu.qp_y as i8;
                info.no_filter[i] = no_filter;
                info.slice[i] = slice;
            }
        }
    }

    fn sao(&mut self, ctb_x: u32, ctb_y: u32, params: &SaoParams) {
        self.filter_info.sao[(ctb_y * self.layout.width + ctb_x) as usize] = *params;
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
