//! `slice_segment_data()` (§7.3.8.1): coding tree units one after the other, and where CABAC starts anew between them.

use super::sink::Sink;
use super::{Parser, SliceStats};
use crate::Error;
use crate::cabac::ArithmeticDecoder;
use crate::contexts::Contexts;
use crate::slice::SliceHeader;

impl Parser<'_, '_> {
    pub(super) fn run(
        &mut self,
        header: &SliceHeader,
        sink: &mut impl Sink,
    ) -> Result<SliceStats, Error> {
        let layout_w = self.pic.layout.width;
        let mut ts = self.pic.layout.rs_to_ts[header.slice_segment_address as usize];
        if !header.dependent_slice_segment_flag {
            self.pic.slice_addr_rs = header.slice_segment_address;
        }
        let wpp = self.pps.entropy_coding_sync_enabled_flag;
        let ctb_size = self.sps.ctb_size();
        let mut ctus = 0;
        let mut first_in_segment = true;

        loop {
            let rs = self.pic.layout.ts_to_rs[ts as usize];
            let (cx, cy) = (rs % layout_w, rs / layout_w);
            let (x0, y0) = (cx * ctb_size, cy * ctb_size);
            let first_in_tile = ts == 0
                || self.pic.layout.tile_id[ts as usize] != self.pic.layout.tile_id[ts as usize - 1];
            let row_start = cx == self.pic.layout.tile_column_start(cx);

            // Context initialization / synchronization (§9.3.1).
            if first_in_tile {
                if !first_in_segment {
                    self.ctx = Contexts::new(self.slice_qp_y);
                }
                self.first_qg_in_substream = true;
            } else if wpp && row_start {
                let tr_available = self.pic.available(
                    x0,
                    y0,
                    i64::from(x0 + ctb_size),
                    i64::from(y0) - i64::from(ctb_size),
                );
                // The availability check needs this CTB marked as part of the current slice.
                self.ctx = match (tr_available, self.pic.wpp_saved) {
                    (true, Some(saved)) => saved,
                    _ => Contexts::new(self.slice_qp_y),
                };
                self.first_qg_in_substream = true;
            } else if first_in_segment && header.dependent_slice_segment_flag {
                if let Some(saved) = self.pic.ds_saved {
                    self.ctx = saved;
                }
            }
            first_in_segment = false;

            self.coding_tree_unit(x0, y0, cx, cy, rs, sink)?;
            ctus += 1;
            self.pic.decoded_ctbs += 1;

            let end_of_slice_segment = self.engine.decode_terminate() == 1;
            if wpp && cx == self.pic.layout.tile_column_start(cx) + 1 {
                self.pic.wpp_saved = Some(self.ctx);
            }
            ts += 1;
            if end_of_slice_segment {
                if self.pps.dependent_slice_segments_enabled_flag {
                    self.pic.ds_saved = Some(self.ctx);
                }
                self.engine.check_overrun()?;
                return Ok(SliceStats {
                    ctus,
                    end_position: self.pos + self.engine.aligned_position_after_terminate(),
                });
            }
            if ts as usize >= self.pic.layout.ts_to_rs.len() {
                return Err(Error::Invalid("slice extends past the end of the picture"));
            }
            let next_rs = self.pic.layout.ts_to_rs[ts as usize];
            let next_x = next_rs % layout_w;
            let new_tile =
                self.pic.layout.tile_id[ts as usize] != self.pic.layout.tile_id[ts as usize - 1];
            if (self.pps.tiles.is_some() && new_tile)
                || (wpp && (next_x == self.pic.layout.tile_column_start(next_x) || new_tile))
            {
                if self.engine.decode_terminate() != 1 {
                    return Err(Error::Invalid("end_of_subset_one_bit must be 1"));
                }
                self.pos += self.engine.aligned_position_after_terminate();
                let rest = self.data.get(self.pos..).ok_or(Error::UnexpectedEof)?;
                self.engine = ArithmeticDecoder::new(rest)?;
            }
        }
    }

    fn coding_tree_unit(
        &mut self,
        x0: u32,
        y0: u32,
        cx: u32,
        cy: u32,
        rs: u32,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        if self.sao_luma || self.sao_chroma {
            let params = self.sao(cx, cy, rs)?;
            self.pic.sao[rs as usize] = params;
            sink.sao(cx, cy, &params);
        }
        self.coding_quadtree(x0, y0, self.sps.log2_ctb_size, 0, sink)
    }
}
