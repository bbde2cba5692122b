//! The deblocking filter (§8.7.2).

use super::FilterInfo;
use crate::params::{Pps, Sps};
use crate::recon::Frame;
use crate::scan::CtbLayout;

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
fn chroma_qp(qpi: i32, chroma_array_type: u8) -> i32 {
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
