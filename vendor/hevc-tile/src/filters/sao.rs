//! Sample adaptive offset (§8.7.3).

use super::FilterInfo;
use crate::params::{Pps, Sps};
use crate::recon::Frame;
use crate::scan::CtbLayout;

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
