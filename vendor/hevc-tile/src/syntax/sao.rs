//! The syntax of sample adaptive offset (§7.3.8.3).

use super::Parser;
use super::sink::SaoParams;
use crate::Error;
use crate::contexts::ctx;

impl Parser<'_, '_> {
    /// `sao()` (§7.3.8.3).
    pub(super) fn sao(&mut self, cx: u32, cy: u32, rs: u32) -> Result<SaoParams, Error> {
        let layout = &self.pic.layout;
        let tile = layout.tile_of_rs(rs);
        let slice_addr = self.pic.slice_addr_rs;
        let left_ok = cx > 0 && rs > slice_addr && layout.tile_of_rs(rs - 1) == tile;
        let up = rs.wrapping_sub(layout.width);
        let up_ok = cy > 0 && up >= slice_addr && layout.tile_of_rs(up) == tile;
        if left_ok && self.flag(ctx::SAO_MERGE_FLAG) {
            return Ok(self.pic.sao[rs as usize - 1]);
        }
        if up_ok && self.flag(ctx::SAO_MERGE_FLAG) {
            return Ok(self.pic.sao[up as usize]);
        }

        let mut p = SaoParams::default();
        let num_comps = if self.sps.chroma_array_type() != 0 {
            3
        } else {
            1
        };
        for c in 0..num_comps {
            let enabled = if c == 0 {
                self.sao_luma
            } else {
                self.sao_chroma
            };
            if !enabled {
                continue;
            }
            if c < 2 {
                p.type_idx[c] = if !self.flag(ctx::SAO_TYPE_IDX) {
                    0
                } else if self.bypass() == 0 {
                    1
                } else {
                    2
                };
            } else {
                p.type_idx[2] = p.type_idx[1];
            }
            if p.type_idx[c] == 0 {
                continue;
            }
            let bit_depth = if c == 0 {
                self.sps.bit_depth_luma
            } else {
                self.sps.bit_depth_chroma
            };
            let c_max = (1u32 << (u32::from(bit_depth.min(10)) - 5)) - 1;
            let mut abs = [0u32; 4];
            for a in &mut abs {
                *a = self.tr_bypass(c_max);
            }
            let log2_scale = if c == 0 {
                self.pps.range_extension.log2_sao_offset_scale_luma
            } else {
                self.pps.range_extension.log2_sao_offset_scale_chroma
            };
            if p.type_idx[c] == 1 {
                for (o, &a) in p.offsets[c].iter_mut().zip(&abs) {
                    let negative = a != 0 && self.bypass() == 1;
                    let v = (a as i16) << log2_scale;
                    *o = if negative { -v } else { v };
                }
                p.band_position[c] = self.engine.decode_bypass_bits(5) as u8;
            } else {
                for (i, (o, &a)) in p.offsets[c].iter_mut().zip(&abs).enumerate() {
                    let v = (a as i16) << log2_scale;
                    *o = if i < 2 { v } else { -v };
                }
                if c == 0 {
                    p.eo_class[0] = self.engine.decode_bypass_bits(2) as u8;
                } else if c == 1 {
                    p.eo_class[1] = self.engine.decode_bypass_bits(2) as u8;
                } else {
                    p.eo_class[2] = p.eo_class[1];
                }
            }
        }
        Ok(p)
    }
}
