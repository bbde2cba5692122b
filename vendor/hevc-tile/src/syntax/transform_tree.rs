//! `transform_tree()` (§7.3.8.8), `transform_unit()` (§7.3.8.10) and `cross_comp_pred()` (§7.3.8.12).

use super::Parser;
use super::sink::{Sink, TransformBlock};
use crate::Error;
use crate::contexts::ctx;

impl Parser<'_, '_> {
    /// `transform_tree()` (§7.3.8.8).
    #[allow(clippy::too_many_arguments)]
    pub(super) fn transform_tree(
        &mut self,
        t: &TreeCtx,
        x0: u32,
        y0: u32,
        x_base: u32,
        y_base: u32,
        log2_size: u8,
        depth: u8,
        blk_idx: u8,
        parent_cbf_cb: [bool; 2],
        parent_cbf_cr: [bool; 2],
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let chroma_type = self.sps.chroma_array_type();
        let split = if log2_size <= self.sps.log2_max_luma_transform_block_size
            && log2_size > self.sps.log2_min_luma_transform_block_size
            && depth < t.max_depth
            && !(t.part_nxn && depth == 0)
        {
            self.flag(ctx::SPLIT_TRANSFORM_FLAG + usize::from(5 - log2_size))
        } else {
            log2_size > self.sps.log2_max_luma_transform_block_size || (t.part_nxn && depth == 0)
        };

        let mut cbf_cb = [false; 2];
        let mut cbf_cr = [false; 2];
        if (log2_size > 2 && chroma_type != 0) || chroma_type == 3 {
            let second = chroma_type == 2 && (!split || log2_size == 3);
            for (cbf, parent) in [(&mut cbf_cb, parent_cbf_cb), (&mut cbf_cr, parent_cbf_cr)] {
                if depth == 0 || parent[0] || parent[1] {
                    cbf[0] = self
                        .engine
                        .decode(&mut self.ctx[ctx::CBF_CHROMA + usize::from(depth)])
                        == 1;
                    if second {
                        cbf[1] = self
                            .engine
                            .decode(&mut self.ctx[ctx::CBF_CHROMA + usize::from(depth)])
                            == 1;
                    }
                }
            }
        }

        if split {
            let half = 1u32 << (log2_size - 1);
            for (i, (dx, dy)) in [(0, 0), (half, 0), (0, half), (half, half)]
                .into_iter()
                .enumerate()
            {
                self.transform_tree(
                    t,
                    x0 + dx,
                    y0 + dy,
                    x0,
                    y0,
                    log2_size - 1,
                    depth + 1,
                    i as u8,
                    cbf_cb,
                    cbf_cr,
                    sink,
                )?;
            }
            Ok(())
        } else {
            // Intra: cbf_luma is always coded.
            let cbf_luma = self.flag(ctx::CBF_LUMA + usize::from(depth == 0));
            self.transform_unit(
                t,
                x0,
                y0,
                x_base,
                y_base,
                log2_size,
                blk_idx,
                cbf_luma,
                cbf_cb,
                cbf_cr,
                parent_cbf_cb,
                parent_cbf_cr,
                sink,
            )
        }
    }

    /// `transform_unit()` (§7.3.8.10).
    #[allow(clippy::too_many_arguments)]
    fn transform_unit(
        &mut self,
        t: &TreeCtx,
        x0: u32,
        y0: u32,
        x_base: u32,
        y_base: u32,
        log2_size: u8,
        blk_idx: u8,
        cbf_luma: bool,
        cbf_cb: [bool; 2],
        cbf_cr: [bool; 2],
        parent_cbf_cb: [bool; 2],
        parent_cbf_cr: [bool; 2],
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let chroma_type = self.sps.chroma_array_type();
        let small_420 = chroma_type != 3 && log2_size == 2;
        // Chroma of 4×4 luma blocks (4:2:0 / 4:2:2) is coded with the last of the four blocks.
        let (eff_cb, eff_cr) = if small_420 {
            (parent_cbf_cb, parent_cbf_cr)
        } else {
            (cbf_cb, cbf_cr)
        };
        let cbf_chroma = chroma_type != 0 && (eff_cb[0] || eff_cr[0] || eff_cb[1] || eff_cr[1]);

        if cbf_luma || cbf_chroma {
            if self.pps.diff_cu_qp_delta_depth.is_some() && !self.is_cu_qp_delta_coded {
                let mut abs = 0;
                while abs < 5 && self.flag(ctx::CU_QP_DELTA_ABS + usize::from(abs > 0)) {
                    abs += 1;
                }
                if abs == 5 {
                    abs += self.eg_bypass(0)?;
                }
                let negative = abs > 0 && self.bypass() == 1;
                self.is_cu_qp_delta_coded = true;
                self.cu_qp_delta_val = if negative { -(abs as i32) } else { abs as i32 };
                let b = self.qp_bd_offset;
                if !(-(26 + b / 2)..=25 + b / 2).contains(&self.cu_qp_delta_val) {
                    return Err(Error::Invalid("CuQpDeltaVal out of range"));
                }
            }
            if self.cu_chroma_qp_offset_enabled
                && cbf_chroma
                && !self.cu_transquant_bypass
                && !self.is_cu_chroma_qp_offset_coded
            {
                let list = &self.pps.range_extension.chroma_qp_offset_list;
                let flag = self.flag(ctx::CU_CHROMA_QP_OFFSET_FLAG);
                let mut idx = 0;
                if flag && list.len() > 1 {
                    while idx < list.len() - 1 && self.flag(ctx::CU_CHROMA_QP_OFFSET_IDX) {
                        idx += 1;
                    }
                }
                self.is_cu_chroma_qp_offset_coded = true;
                self.cu_qp_offset = if flag { list[idx] } else { (0, 0) };
            }
        }

        let qp_y = self.current_qp_y();
        let luma_mode = self.pic.intra_mode[self.pic.idx(x0, y0)];
        let b = BlockInfo {
            c_idx: 0,
            x: x0,
            y: y0,
            log2_size,
            intra_mode: luma_mode,
            qp_y,
            cu_qp_offset: 0,
            res_scale: 0,
        };
        self.block(b, cbf_luma, sink)?;

        if chroma_type == 0 {
            return Ok(());
        }
        let (sw, sh) = self.sps.chroma_subsampling();
        let log2_c = if chroma_type == 3 {
            log2_size
        } else {
            log2_size.max(3) - 1
        };
        let (xc, yc) = if small_420 {
            if blk_idx != 3 {
                return Ok(());
            }
            (x_base, y_base)
        } else {
            (x0, y0)
        };
        let pb = if t.part_nxn && chroma_type == 3 {
            let half = 1u32 << (t.log2_cb - 1);
            usize::from(xc >= t.x_cu + half) + 2 * usize::from(yc >= t.y_cu + half)
        } else {
            0
        };
        let chroma_mode = t.chroma_modes[pb];
        let n_sub = if chroma_type == 2 { 2 } else { 1 };
        for (c, cbf) in [(1u8, eff_cb), (2u8, eff_cr)] {
            let res_scale = if self
                .pps
                .range_extension
                .cross_component_prediction_enabled_flag
                && cbf_luma
                && t.chroma_modes[pb] == t.luma_modes[pb]
            {
                self.cross_comp_pred(c - 1)
            } else {
                0
            };
            let offset = if c == 1 {
                self.cu_qp_offset.0
            } else {
                self.cu_qp_offset.1
            };
            for i in 0..n_sub {
                let (x, y) = (xc / sw, yc / sh + (i << log2_c));
                let b = BlockInfo {
                    c_idx: c,
                    x,
                    y,
                    log2_size: log2_c,
                    intra_mode: chroma_mode,
                    qp_y,
                    cu_qp_offset: offset,
                    res_scale,
                };
                self.block(b, cbf[i as usize], sink)?;
            }
        }
        Ok(())
    }

    /// `cross_comp_pred()` (§7.3.8.12): returns `ResScaleVal`.
    fn cross_comp_pred(&mut self, c: u8) -> i8 {
        let base = ctx::LOG2_RES_SCALE_ABS_PLUS1 + 4 * usize::from(c);
        let mut v = 0;
        while v < 4 && self.flag(base + v) {
            v += 1;
        }
        if v == 0 {
            return 0;
        }
        let negative = self.flag(ctx::RES_SCALE_SIGN_FLAG + usize::from(c));
        let s = 1i8 << (v - 1);
        if negative { -s } else { s }
    }

    /// Parses the residual of one block if coded, then emits it.
    fn block(&mut self, b: BlockInfo, cbf: bool, sink: &mut impl Sink) -> Result<(), Error> {
        let transform_skip = cbf && self.residual_coding(b.log2_size, b.c_idx, b.intra_mode)?;
        sink.transform_block(&TransformBlock {
            c_idx: b.c_idx,
            x: b.x,
            y: b.y,
            log2_size: b.log2_size,
            intra_mode: b.intra_mode,
            coeffs: cbf.then(|| &self.levels[..self.level_count]),
            coeff_bounds: self.coeff_bounds,
            transform_skip,
            transquant_bypass: self.cu_transquant_bypass,
            qp_y: b.qp_y,
            cu_qp_offset: b.cu_qp_offset,
            res_scale_val: b.res_scale,
        });
        Ok(())
    }
}

/// Position and parameters of one transform block.
#[derive(Clone, Copy)]
struct BlockInfo {
    c_idx: u8,
    x: u32,
    y: u32,
    log2_size: u8,
    intra_mode: u8,
    qp_y: i32,
    cu_qp_offset: i8,
    res_scale: i8,
}

/// Values shared by the transform tree of one coding unit.
pub(super) struct TreeCtx {
    pub(super) x_cu: u32,
    pub(super) y_cu: u32,
    pub(super) log2_cb: u8,
    pub(super) part_nxn: bool,
    pub(super) luma_modes: [u8; 4],
    pub(super) chroma_modes: [u8; 4],
    pub(super) max_depth: u8,
}
