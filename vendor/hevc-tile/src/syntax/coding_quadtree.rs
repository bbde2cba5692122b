//! `coding_quadtree()` (§7.3.8.4): a coding tree unit split into coding units.

use super::Parser;
use super::sink::Sink;
use crate::Error;
use crate::contexts::ctx;

impl Parser<'_, '_> {
    /// `coding_quadtree()` (§7.3.8.4).
    pub(super) fn coding_quadtree(
        &mut self,
        x0: u32,
        y0: u32,
        log2_size: u8,
        depth: u8,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let size = 1u32 << log2_size;
        let (pw, ph) = (
            self.sps.pic_width_in_luma_samples,
            self.sps.pic_height_in_luma_samples,
        );
        let min_cb = self.sps.log2_min_luma_coding_block_size;
        let split = if x0 + size <= pw && y0 + size <= ph && log2_size > min_cb {
            // ctxInc from the depth of the left and above coding units (§9.3.4.2.2).
            let mut inc = 0;
            if self.pic.available(x0, y0, i64::from(x0) - 1, i64::from(y0))
                && self.pic.ct_depth[self.pic.idx(x0 - 1, y0)] > depth
            {
                inc += 1;
            }
            if self.pic.available(x0, y0, i64::from(x0), i64::from(y0) - 1)
                && self.pic.ct_depth[self.pic.idx(x0, y0 - 1)] > depth
            {
                inc += 1;
            }
            self.flag(ctx::SPLIT_CU_FLAG + inc)
        } else {
            log2_size > min_cb
        };

        if self.pps.diff_cu_qp_delta_depth.is_some() && log2_size >= self.log2_min_qg() {
            self.is_cu_qp_delta_coded = false;
            self.cu_qp_delta_val = 0;
        }
        if self.cu_chroma_qp_offset_enabled {
            let depth = self
                .pps
                .range_extension
                .diff_cu_chroma_qp_offset_depth
                .unwrap_or(0);
            if log2_size >= self.sps.log2_ctb_size - depth {
                self.is_cu_chroma_qp_offset_coded = false;
            }
        }

        if split {
            let half = size / 2;
            for (dx, dy) in [(0, 0), (half, 0), (0, half), (half, half)] {
                if x0 + dx < pw && y0 + dy < ph {
                    self.coding_quadtree(x0 + dx, y0 + dy, log2_size - 1, depth + 1, sink)?;
                }
            }
            Ok(())
        } else {
            self.coding_unit(x0, y0, log2_size, depth, sink)
        }
    }
}
