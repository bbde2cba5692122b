//! In-loop filters (H.265 §8.7): deblocking filter, then sample adaptive offset (SAO).
//!
//! Both run on the whole picture after all coding units have been reconstructed. Only intra
//! pictures are supported, so every filtered edge has boundary strength 2.

use crate::params::{Pps, Sps};
use crate::recon::Frame;
use crate::scan::CtbLayout;
use crate::syntax::SaoParams;

/// Per-slice parameters used by the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceFilterParams {
    /// `slice_deblocking_filter_disabled_flag`.
    pub deblocking_disabled: bool,
    /// `slice_beta_offset_div2`.
    pub beta_offset_div2: i8,
    /// `slice_tc_offset_div2`.
    pub tc_offset_div2: i8,
    /// `slice_loop_filter_across_slices_enabled_flag`.
    pub loop_filter_across_slices: bool,
}

/// Information collected during reconstruction, at 4×4 luma granularity.
#[derive(Debug, Clone)]
pub struct FilterInfo {
    /// Width of the grid (in 4×4 units).
    pub w4: usize,
    /// Height of the grid (in 4×4 units).
    pub h4: usize,
    /// Bit 0: transform/coding block edge on the left of the unit; bit 1: on the top.
    pub edges: Vec<u8>,
    /// `QpY` of the coding unit covering each unit.
    pub qp_y: Vec<i8>,
    /// Samples that must not be modified by filters (PCM with loop filter disabled, or
    /// transquant bypass).
    pub no_filter: Vec<bool>,
    /// Index into `slices` of the slice covering each unit (in decoding order).
    pub slice: Vec<u16>,
    /// Parameters of each slice, in decoding order.
    pub slices: Vec<SliceFilterParams>,
    /// SAO parameters per CTB, raster order.
    pub sao: Vec<SaoParams>,
}

impl FilterInfo {
    /// Creates empty information for a picture.
    pub fn new(sps: &Sps, layout: &CtbLayout) -> Self {
        let w4 = sps.pic_width_in_luma_samples.div_ceil(4) as usize;
        let h4 = sps.pic_height_in_luma_samples.div_ceil(4) as usize;
        let n = w4 * h4;
        Self {
            w4,
            h4,
            edges: vec![0; n],
            qp_y: vec![0; n],
            no_filter: vec![false; n],
            slice: vec![0; n],
            slices: Vec::new(),
            sao: vec![SaoParams::default(); (layout.width * layout.height) as usize],
        }
    }

    fn at(&self, x: u32, y: u32) -> usize {
        (y as usize >> 2) * self.w4 + (x as usize >> 2)
    }
}

/// `β′` for Q = 16..=51 (Table 8-12); 0 below 16.
const BETA_TABLE: [i32; 36] = [
    6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42,
    44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64,
];

/// `tC′` for Q = 18..=53 (Table 8-12); 0 below 18.
const TC_TABLE: [i32; 36] = [
    1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 13,
    14, 16, 18, 20, 22, 24,
];

fn beta_prime(q: i32) -> i32 {
    if q < 16 {
        0
    } else {
        BETA_TABLE[(q - 16) as usize]
    }
}

fn tc_prime(q: i32) -> i32 {
    if q < 18 {
        0
    } else {
        TC_TABLE[(q - 18) as usize]
    }
}

/// Chroma QP mapping (Table 8-10) for `ChromaArrayType` 1, `Min(qPi, 51)` otherwise.
pub(crate) fn chroma_qp(qpi: i32, chroma_array_type: u8) -> i32 {
    if chroma_array_type != 1 {
        return qpi.min(51);
    }
    match qpi {
        ..30 => qpi,
        30..=43 => [29, 30, 31, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37, 37][(qpi - 30) as usize],
        _ => qpi - 6,
    }
}

/// Applies the deblocking filter to `frame` in place (§8.7.2).
pub fn deblock(frame: &mut Frame, info: &FilterInfo, sps: &Sps, pps: &Pps, layout: &CtbLayout) {
    deblock_luma::<true>(frame, info, sps, pps, layout);
    deblock_luma::<false>(frame, info, sps, pps, layout);
    if sps.chroma_array_type() != 0 {
        deblock_chroma::<true>(frame, info, sps, pps, layout);
        deblock_chroma::<false>(frame, info, sps, pps, layout);
    }
}

/// Whether the edge between unit `p` (left/above) and unit `q` (the current block) at luma
/// position (`xq`, `yq`) is filtered (§8.7.2.3, filterEdgeFlag).
#[inline]
#[allow(clippy::too_many_arguments)]
fn edge_filtered(
    info: &FilterInfo,
    sps: &Sps,
    pps: &Pps,
    layout: &CtbLayout,
    xq: u32,
    yq: u32,
    xp: u32,
    yp: u32,
) -> bool {
    let (iq, ip) = (info.at(xq, yq), info.at(xp, yp));
    let slice_q = &info.slices[usize::from(info.slice[iq])];
    if slice_q.deblocking_disabled {
        return false;
    }
    if info.slices.len() == 1 && pps.tiles.is_none() {
        return true;
    }
    if info.slice[iq] != info.slice[ip] && !slice_q.loop_filter_across_slices {
        return false;
    }
    let l = sps.log2_ctb_size;
    let ctb = |x: u32, y: u32| (y >> l) * layout.width + (x >> l);
    if let Some(t) = &pps.tiles
        && !t.loop_filter_across_tiles_enabled_flag
        && layout.tile_of_rs(ctb(xq, yq)) != layout.tile_of_rs(ctb(xp, yp))
    {
        return false;
    }
    true
}

/// Applies the luma deblocking filter (§8.7.2.4) across vertical (`VERTICAL`) or horizontal
/// edges, four lines at a time. The edges lie on a grid of eight samples and change at most three
/// on either side, so that their order does not matter.
fn deblock_luma<const VERTICAL: bool>(
    frame: &mut Frame,
    info: &FilterInfo,
    sps: &Sps,
    pps: &Pps,
    layout: &CtbLayout,
) {
    let stride = frame.widths[0] as usize;
    let plane = &mut frame.planes[0];
    let depth_shift = i32::from(sps.bit_depth_luma) - 8;
    let max = (1 << sps.bit_depth_luma) - 1;
    let (edge_bit, x_step, y_step) = if VERTICAL { (1, 2, 1) } else { (2, 1, 2) };
    let (left, top) = if VERTICAL { (2, 0) } else { (0, 2) };

    for y4 in (top..info.h4).step_by(y_step) {
        for x4 in (left..info.w4).step_by(x_step) {
            let iq = y4 * info.w4 + x4;
            if info.edges[iq] & edge_bit == 0 {
                continue;
            }
            let (xq, yq) = (x4 as u32 * 4, y4 as u32 * 4);
            let (xp, yp) = if VERTICAL { (xq - 1, yq) } else { (xq, yq - 1) };
            if !edge_filtered(info, sps, pps, layout, xq, yq, xp, yp) {
                continue;
            }
            let ip = info.at(xp, yp);
            let qpl = (i32::from(info.qp_y[iq]) + i32::from(info.qp_y[ip]) + 1) >> 1;
            let slice = &info.slices[usize::from(info.slice[iq])];
            let beta = beta_prime((qpl + (i32::from(slice.beta_offset_div2) << 1)).clamp(0, 51))
                << depth_shift;
            let bs = 2;
            let tc = tc_prime(
                (qpl + 2 * (bs - 1) + (i32::from(slice.tc_offset_div2) << 1)).clamp(0, 53),
            ) << depth_shift;

            let at = if VERTICAL {
                y4 * 4 * stride + x4 * 4 - 4
            } else {
                (y4 * 4 - 4) * stride + x4 * 4
            };
            let lines = lines_across::<VERTICAL>(plane, at, stride);
            let Some(filtered) = filtered_luma(&lines, beta, tc, max) else {
                continue;
            };
            let (no_p, no_q) = (info.no_filter[ip], info.no_filter[iq]);
            // p3 and q3 are never changed.
            let first = if no_p { 4 } else { 1 };
            let end = if no_q { 4 } else { 7 };
            for (k, line) in filtered.iter().enumerate() {
                for i in first..end {
                    let at = at
                        + if VERTICAL {
                            k * stride + i
                        } else {
                            i * stride + k
                        };
                    plane[at] = line[i] as u16;
                }
            }
        }
    }
}

/// Four lines of eight samples, p3 to q3, across an edge; `at` is the first sample of the first.
#[inline]
fn lines_across<const VERTICAL: bool>(plane: &[u16], at: usize, stride: usize) -> [[i32; 8]; 4] {
    if VERTICAL {
        core::array::from_fn(|k| {
            let line = &plane[at + k * stride..][..8];
            core::array::from_fn(|i| i32::from(line[i]))
        })
    } else {
        let rows: [&[u16]; 8] = core::array::from_fn(|i| &plane[at + i * stride..][..4]);
        core::array::from_fn(|k| core::array::from_fn(|i| i32::from(rows[i][k])))
    }
}

/// The lines after the filter (§8.7.2.5.3, §8.7.2.5.7); `None` when the edge is to be left alone.
#[inline]
fn filtered_luma(lines: &[[i32; 8]; 4], beta: i32, tc: i32, max: i32) -> Option<[[i32; 8]; 4]> {
    let dp = |l: &[i32; 8]| (l[1] - 2 * l[2] + l[3]).abs();
    let dq = |l: &[i32; 8]| (l[6] - 2 * l[5] + l[4]).abs();
    let (dp0, dp3) = (dp(&lines[0]), dp(&lines[3]));
    let (dq0, dq3) = (dq(&lines[0]), dq(&lines[3]));
    let (dpq0, dpq3) = (dp0 + dq0, dp3 + dq3);
    if dpq0 + dpq3 >= beta {
        return None;
    }
    let strong = |l: &[i32; 8], dpq: i32| {
        2 * dpq < (beta >> 2)
            && (l[0] - l[3]).abs() + (l[4] - l[7]).abs() < (beta >> 3)
            && (l[3] - l[4]).abs() < ((5 * tc + 1) >> 1)
    };
    let mut out = *lines;
    if strong(&lines[0], dpq0) && strong(&lines[3], dpq3) {
        for (out, &[p3, p2, p1, p0, q0, q1, q2, q3]) in out.iter_mut().zip(lines) {
            let c = |v: i32, f: i32| f.clamp(v - 2 * tc, v + 2 * tc);
            *out = [
                p3,
                c(p2, (2 * p3 + 3 * p2 + p1 + p0 + q0 + 4) >> 3),
                c(p1, (p2 + p1 + p0 + q0 + 2) >> 2),
                c(p0, (p2 + 2 * p1 + 2 * p0 + 2 * q0 + q1 + 4) >> 3),
                c(q0, (p1 + 2 * p0 + 2 * q0 + 2 * q1 + q2 + 4) >> 3),
                c(q1, (p0 + q0 + q1 + q2 + 2) >> 2),
                c(q2, (p0 + q0 + q1 + 3 * q2 + 2 * q3 + 4) >> 3),
                q3,
            ];
        }
        return Some(out);
    }
    let dep = dp0 + dp3 < ((beta + (beta >> 1)) >> 3);
    let deq = dq0 + dq3 < ((beta + (beta >> 1)) >> 3);
    for (out, &[_, p2, p1, p0, q0, q1, q2, _]) in out.iter_mut().zip(lines) {
        let delta = (9 * (q0 - p0) - 3 * (q1 - p1) + 8) >> 4;
        if delta.abs() >= tc * 10 {
            continue;
        }
        let delta = delta.clamp(-tc, tc);
        let half = tc >> 1;
        out[3] = (p0 + delta).clamp(0, max);
        out[4] = (q0 - delta).clamp(0, max);
        if dep {
            let dp = ((((p2 + p0 + 1) >> 1) - p1 + delta) >> 1).clamp(-half, half);
            out[2] = (p1 + dp).clamp(0, max);
        }
        if deq {
            let dq = ((((q2 + q0 + 1) >> 1) - q1 - delta) >> 1).clamp(-half, half);
            out[5] = (q1 + dq).clamp(0, max);
        }
    }
    Some(out)
}

/// Applies the chroma deblocking filter across vertical (`VERTICAL`) or horizontal edges.
fn deblock_chroma<const VERTICAL: bool>(
    frame: &mut Frame,
    info: &FilterInfo,
    sps: &Sps,
    pps: &Pps,
    layout: &CtbLayout,
) {
    let (sw, sh) = sps.chroma_subsampling();
    let stride = frame.widths[1] as usize;
    let depth_shift = i32::from(sps.bit_depth_chroma) - 8;
    let max = (1 << sps.bit_depth_chroma) - 1;
    let chroma_type = sps.chroma_array_type();
    // Chroma edges lie on an 8×8 grid of chroma samples. `along` samples of an edge lie in a unit.
    let (edge_bit, along) = if VERTICAL { (1, 4 / sh) } else { (2, 4 / sw) };
    let (x_step, y_step) = if VERTICAL { (2 * sw, 1) } else { (1, 2 * sh) };
    let (left, top) = if VERTICAL { (2 * sw, 0) } else { (0, 2 * sh) };
    // From one sample to the next across the edge, and along it.
    let (across, down) = if VERTICAL { (1, stride) } else { (stride, 1) };

    for y4 in (top as usize..info.h4).step_by(y_step as usize) {
        for x4 in (left as usize..info.w4).step_by(x_step as usize) {
            let iq = y4 * info.w4 + x4;
            if info.edges[iq] & edge_bit == 0 {
                continue;
            }
            let (xq, yq) = (x4 as u32 * 4, y4 as u32 * 4);
            let (xp, yp) = if VERTICAL { (xq - 1, yq) } else { (xq, yq - 1) };
            if !edge_filtered(info, sps, pps, layout, xq, yq, xp, yp) {
                continue;
            }
            let ip = info.at(xp, yp);
            let qp = (i32::from(info.qp_y[iq]) + i32::from(info.qp_y[ip]) + 1) >> 1;
            let slice = &info.slices[usize::from(info.slice[iq])];
            let (no_p, no_q) = (info.no_filter[ip], info.no_filter[iq]);
            for (c, offset) in [(1, pps.pps_cb_qp_offset), (2, pps.pps_cr_qp_offset)] {
                let qpc = chroma_qp(qp + i32::from(offset), chroma_type);
                let tc = tc_prime((qpc + 2 + (i32::from(slice.tc_offset_div2) << 1)).clamp(0, 53))
                    << depth_shift;
                if tc == 0 {
                    continue;
                }
                let plane = &mut frame.planes[c];
                let base = (yq / sh) as usize * stride + (xq / sw) as usize;
                for k in 0..along as usize {
                    // q0; p1, p0 and q1 lie beside it.
                    let at = base + k * down;
                    let [p1, p0, q0, q1] =
                        core::array::from_fn(|j| i32::from(plane[at + j * across - 2 * across]));
                    let delta = ((((q0 - p0) << 2) + p1 - q1 + 4) >> 3).clamp(-tc, tc);
                    if !no_p {
                        plane[at - across] = (p0 + delta).clamp(0, max) as u16;
                    }
                    if !no_q {
                        plane[at] = (q0 - delta).clamp(0, max) as u16;
                    }
                }
            }
        }
    }
}

/// Applies SAO to `frame` in place (§8.7.3). `frame` must already be deblocked.
///
/// Band offset only reads the sample it writes, so a plane that uses it exclusively is processed
/// in place. Edge offset reads neighbouring samples of the *pre-SAO* picture, so a plane that
/// uses it is copied first — and only then.
pub fn sao(frame: &mut Frame, info: &FilterInfo, sps: &Sps, pps: &Pps, layout: &CtbLayout) {
    let num_comps = if sps.chroma_array_type() != 0 { 3 } else { 1 };
    let ctb = sps.ctb_size();
    let num_ctb = (layout.width * layout.height) as usize;
    // One slice, one tile, nothing kept from the filters: then only the picture's edges matter.
    let uniform = info.slices.len() == 1
        && pps.tiles.is_none()
        && !info.no_filter.contains(&true)
        && frame.bit_depth.iter().all(|&depth| depth <= 12);
    for c in 0..num_comps {
        let has_edge = info.sao[..num_ctb].iter().any(|p| p.type_idx[c] == 2);
        let (pw, ph) = (frame.widths[c], frame.heights[c]);
        let src = has_edge.then(|| frame.planes[c].clone());
        let dst = &mut frame.planes[c];
        if uniform {
            sao_uniform_plane(src.as_deref(), dst, c, info, sps, layout, (pw, ph));
        } else {
            let src = src.as_deref();
            sao_plane(src, dst, c, info, sps, pps, layout, ctb, pw, ph);
        }
    }
}

/// As [`sao_plane`], of a picture in which no sample is treated unlike another, and of at most
/// 12 bits: whole runs of a row at once, for vector instructions.
fn sao_uniform_plane(
    src: Option<&[u16]>,
    dst: &mut [u16],
    c: usize,
    info: &FilterInfo,
    sps: &Sps,
    layout: &CtbLayout,
    (width, height): (u32, u32),
) {
    let (sw, sh) = if c == 0 {
        (1, 1)
    } else {
        sps.chroma_subsampling()
    };
    let bit_depth = if c == 0 {
        sps.bit_depth_luma
    } else {
        sps.bit_depth_chroma
    };
    let max = (1i16 << bit_depth) - 1;
    let (width, height) = (width as usize, height as usize);
    let (ctb_w, ctb_h) = (sps.ctb_size() / sw, sps.ctb_size() / sh);
    for (rs, params) in info.sao.iter().enumerate() {
        let x0 = rs % layout.width as usize * ctb_w as usize;
        let y0 = rs / layout.width as usize * ctb_h as usize;
        let (x1, y1) = (
            (x0 + ctb_w as usize).min(width),
            (y0 + ctb_h as usize).min(height),
        );
        let offsets = params.offsets[c];
        match params.type_idx[c] {
            0 => {}
            1 => {
                let mut bands = [0; 32];
                for (k, offset) in offsets.into_iter().enumerate() {
                    bands[(usize::from(params.band_position[c]) + k) % 32] = offset;
                }
                for row in dst.chunks_exact_mut(width).take(y1).skip(y0) {
                    for sample in &mut row[x0..x1] {
                        let band = usize::from(*sample >> (bit_depth - 5)) % 32;
                        *sample = (*sample as i16 + bands[band]).clamp(0, max) as u16;
                    }
                }
            }
            _ => {
                let src = src.expect("edge offset needs the pre-SAO picture");
                // Where the neighbours lie, in samples: the other one lies opposite.
                let (dx, dy, back) = match params.eo_class[c] {
                    0 => (1, 0, 1),
                    1 => (0, 1, width),
                    2 => (1, 1, width + 1),
                    _ => (1, 1, width - 1),
                };
                let (x0, x1) = (x0.max(dx), x1.min(width - dx));
                for y in y0.max(dy)..y1.min(height - dy) {
                    let (from, to) = (y * width + x0, y * width + x1);
                    let out = &mut dst[from..to];
                    let [a, v, b] =
                        [from - back, from, from + back].map(|at| &src[at..][..to - from]);
                    sao_edge_run(out, a, v, b, offsets, max);
                }
            }
        }
    }
}

/// Edge offset of a run of samples `v` with the neighbours `a` and `b`.
fn sao_edge_run(out: &mut [u16], a: &[u16], v: &[u16], b: &[u16], offsets: [i16; 4], max: i16) {
    let [valley, low, high, peak] = offsets;
    for (((out, &a), &v), &b) in out.iter_mut().zip(a).zip(v).zip(b) {
        let (a, v, b) = (a as i16, v as i16, b as i16);
        let above = |other: i16| i16::from(v > other) - i16::from(v < other);
        let edge = above(a) + above(b);
        let chosen = |at: i16, offset: i16| if edge == at { offset } else { 0 };
        let offset = chosen(-2, valley) + chosen(-1, low) + chosen(1, high) + chosen(2, peak);
        *out = (v + offset).clamp(0, max) as u16;
    }
}

/// Applies SAO to one colour plane. `src` is the pre-SAO copy used by edge offset; `None` means
/// the plane holds no edge-offset CTB and may be filtered in place.
#[allow(clippy::too_many_arguments)]
fn sao_plane(
    src: Option<&[u16]>,
    dst: &mut [u16],
    c: usize,
    info: &FilterInfo,
    sps: &Sps,
    pps: &Pps,
    layout: &CtbLayout,
    ctb: u32,
    pw: u32,
    ph: u32,
) {
    let (sw, sh) = if c == 0 {
        (1, 1)
    } else {
        sps.chroma_subsampling()
    };
    let stride = pw as usize;
    let bit_depth = if c == 0 {
        sps.bit_depth_luma
    } else {
        sps.bit_depth_chroma
    };
    let max = (1i32 << bit_depth) - 1;
    for rs in 0..layout.width * layout.height {
        let params = &info.sao[rs as usize];
        let type_idx = params.type_idx[c];
        if type_idx == 0 {
            continue;
        }
        let x0 = (rs % layout.width) * ctb / sw;
        let y0 = (rs / layout.width) * ctb / sh;
        let (x1, y1) = ((x0 + ctb / sw).min(pw), (y0 + ctb / sh).min(ph));
        let offsets = params.offsets[c];
        if type_idx == 1 {
            let shift = bit_depth - 5;
            let band = params.band_position[c];
            for y in y0..y1 {
                for x in x0..x1 {
                    if info.no_filter[info.at(x * sw, y * sh)] {
                        continue;
                    }
                    let i = y as usize * stride + x as usize;
                    let v = i32::from(src.map_or(dst[i], |s| s[i]));
                    let k = ((v >> shift) as u8).wrapping_sub(band) & 31;
                    if k < 4 {
                        dst[i] = (v + i32::from(offsets[usize::from(k)])).clamp(0, max) as u16;
                    }
                }
            }
        } else {
            let src = src.expect("edge offset needs the pre-SAO picture");
            let (dx, dy): (i32, i32) = match params.eo_class[c] {
                0 => (1, 0),
                1 => (0, 1),
                2 => (1, 1),
                _ => (-1, 1),
            };
            for y in y0..y1 {
                for x in x0..x1 {
                    let (xl, yl) = (x * sw, y * sh);
                    if info.no_filter[info.at(xl, yl)] {
                        continue;
                    }
                    let (ax, ay) = (x as i32 - dx, y as i32 - dy);
                    let (bx, by) = (x as i32 + dx, y as i32 + dy);
                    let inside =
                        |px: i32, py: i32| px >= 0 && py >= 0 && px < pw as i32 && py < ph as i32;
                    if !inside(ax, ay) || !inside(bx, by) {
                        continue;
                    }
                    if !sao_neighbour_ok(
                        info,
                        sps,
                        pps,
                        layout,
                        xl,
                        yl,
                        ax as u32 * sw,
                        ay as u32 * sh,
                    ) || !sao_neighbour_ok(
                        info,
                        sps,
                        pps,
                        layout,
                        xl,
                        yl,
                        bx as u32 * sw,
                        by as u32 * sh,
                    ) {
                        continue;
                    }
                    let i = y as usize * stride + x as usize;
                    let v = i32::from(src[i]);
                    let a = i32::from(src[ay as usize * stride + ax as usize]);
                    let b = i32::from(src[by as usize * stride + bx as usize]);
                    let edge = 2 + (v - a).signum() + (v - b).signum();
                    // edgeIdx 0, 1, 2 are remapped to 1, 2, 0 (§8.7.3.2).
                    let edge_idx = match edge {
                        0 => 1,
                        1 => 2,
                        2 => 0,
                        e => e,
                    };
                    if edge_idx != 0 {
                        dst[i] =
                            (v + i32::from(offsets[edge_idx as usize - 1])).clamp(0, max) as u16;
                    }
                }
            }
        }
    }
}

/// Whether a neighbouring sample may be used by edge offset (§8.7.3.2): same slice, or the
/// slice decoded later allows filtering across slices; same tile, or tiles allow it.
#[allow(clippy::too_many_arguments)]
fn sao_neighbour_ok(
    info: &FilterInfo,
    sps: &Sps,
    pps: &Pps,
    layout: &CtbLayout,
    x: u32,
    y: u32,
    xn: u32,
    yn: u32,
) -> bool {
    let (s, sn) = (info.slice[info.at(x, y)], info.slice[info.at(xn, yn)]);
    if s != sn {
        let later = s.max(sn);
        if !info.slices[usize::from(later)].loop_filter_across_slices {
            return false;
        }
    }
    let l = sps.log2_ctb_size;
    let ctb = |x: u32, y: u32| (y >> l) * layout.width + (x >> l);
    if let Some(t) = &pps.tiles
        && !t.loop_filter_across_tiles_enabled_flag
        && layout.tile_of_rs(ctb(x, y)) != layout.tile_of_rs(ctb(xn, yn))
    {
        return false;
    }
    true
}
