//! `residual_coding()` (§7.3.8.11): the coefficients of one transform block.

use super::Parser;
use super::sig_coeff::SigCtx;
use super::sink::Level;
use crate::Error;
use crate::cabac::ArithmeticDecoder;
use crate::contexts::ctx;
use crate::scan::{SUB_BLOCK_SCAN, ScanType, sub_blocks};

impl Parser<'_, '_> {
    /// `last_sig_coeff_{x,y}` (§9.3.4.2.3): column and row of the last coefficient, as coded.
    #[inline(always)]
    fn last_significant(
        &mut self,
        engine: &mut ArithmeticDecoder<'_>,
        log2_size: u8,
        luma: bool,
    ) -> [usize; 2] {
        let (ctx_offset, ctx_shift) = if luma {
            (
                3 * (log2_size - 2) + ((log2_size - 1) >> 2),
                (log2_size + 1) >> 2,
            )
        } else {
            (15, log2_size - 2)
        };
        let c_max = (u32::from(log2_size) << 1) - 1;
        let prefix = [ctx::LAST_SIG_COEFF_X_PREFIX, ctx::LAST_SIG_COEFF_Y_PREFIX].map(|base| {
            let base = base + usize::from(ctx_offset);
            let mut prefix = 0;
            while prefix < c_max
                && engine.decode(&mut self.ctx[base + (prefix as usize >> ctx_shift)]) == 1
            {
                prefix += 1;
            }
            prefix
        });
        prefix.map(|prefix| {
            if prefix <= 3 {
                return prefix as usize;
            }
            let n = (prefix >> 1) - 1;
            let suffix = engine.decode_bypass_bits(n);
            ((1 << n) * (2 + (prefix & 1)) + suffix) as usize
        })
    }

    /// `residual_coding()` (§7.3.8.11). Fills `self.levels` and returns `transform_skip_flag`.
    pub(super) fn residual_coding(
        &mut self,
        log2_size: u8,
        c_idx: u8,
        intra_mode: u8,
    ) -> Result<bool, Error> {
        let luma = c_idx == 0;
        // A copy, so that it is held in registers and not written back after each bin.
        let mut engine = self.engine;

        let transform_skip = self.pps.transform_skip_enabled_flag
            && !self.cu_transquant_bypass
            && log2_size <= self.pps.range_extension.log2_max_transform_skip_block_size
            && engine.decode(
                &mut self.ctx[if luma {
                    ctx::TRANSFORM_SKIP_FLAG_LUMA
                } else {
                    ctx::TRANSFORM_SKIP_FLAG_CHROMA
                }],
            ) == 1;

        // Scan order (§7.4.9.11).
        let scan =
            if log2_size == 2 || (log2_size == 3 && (luma || self.sps.chroma_array_type() == 3)) {
                match intra_mode {
                    6..=14 => ScanType::Vertical,
                    22..=30 => ScanType::Horizontal,
                    _ => ScanType::Diagonal,
                }
            } else {
                ScanType::Diagonal
            };
        let mut last = self.last_significant(&mut engine, log2_size, luma);
        if scan == ScanType::Vertical {
            last.swap(0, 1);
        }
        let [last_x, last_y] = last;

        let log2_sb = log2_size - 2;
        let sb_scan = sub_blocks(log2_sb, scan);
        let pos_scan = &SUB_BLOCK_SCAN[scan as usize];
        // The last significant position in scan order.
        let last_sub_block = place_in(sb_scan, (last_y >> 2) << 3 | (last_x >> 2));
        let last_scan_pos = place_in(pos_scan, (last_y & 3) << 2 | (last_x & 3));
        let (Some(last_sub_block), Some(last_scan_pos)) = (last_sub_block, last_scan_pos) else {
            return Err(Error::Invalid("last significant coefficient not found"));
        };

        // Implicit RDPCM (intra, horizontal/vertical, no transform) disables sign hiding.
        let implicit_rdpcm = self.sps.range_extension.implicit_rdpcm_enabled_flag
            && (transform_skip || self.cu_transquant_bypass)
            && (intra_mode == 10 || intra_mode == 26);
        let sign_hiding_allowed =
            self.pps.sign_data_hiding_enabled_flag && !self.cu_transquant_bypass && !implicit_rdpcm;
        // Persistent Rice adaptation (§9.3.3.11): statistics per sub-block type.
        let persistent_rice = self
            .sps
            .range_extension
            .persistent_rice_adaptation_enabled_flag;
        let alignment = self.sps.range_extension.cabac_bypass_alignment_enabled_flag;
        let sb_type =
            2 * usize::from(luma) + usize::from(transform_skip || self.cu_transquant_bypass);
        let ts_ctx = self.sps.range_extension.transform_skip_context_enabled_flag
            && (transform_skip || self.cu_transquant_bypass);
        // Which sub-blocks are coded: a byte a row, a bit a column, with room right of and below the last.
        let mut coded_sb = [0u16; 9];
        // `greater1Ctx` of the last coded sub-block; starts at 1 so the first sub-block is unaffected.
        let mut greater1_ctx_state: usize = 1;
        let models = &mut self.ctx;
        let mut count = 0;
        let (mut right, mut bottom) = (0, 0);

        for i in (0..=last_sub_block).rev() {
            let place = usize::from(sb_scan[i]);
            let (xs, ys) = (place & 7, place >> 3);
            let prev_csbf =
                (coded_sb[ys] >> (xs + 1) & 1) as u8 | ((coded_sb[ys + 1] >> xs & 1) << 1) as u8;
            let inner = i < last_sub_block && i > 0;
            if inner {
                let inc = usize::from(prev_csbf != 0) + if luma { 0 } else { 2 };
                if engine.decode(&mut models[ctx::CODED_SUB_BLOCK_FLAG + inc]) == 0 {
                    continue;
                }
            }
            coded_sb[ys] |= 1 << xs;

            // Significant positions, in decreasing scan position.
            let mut sig = [0u8; 16];
            let mut n_sig = 0;
            let mut n = 16;
            if i == last_sub_block {
                sig[0] = last_scan_pos as u8;
                n_sig = 1;
                n = last_scan_pos;
            }
            let sig_ctx = SigCtx::new(log2_size, luma, place == 0, prev_csbf, scan, ts_ctx);
            while n > 1 {
                n -= 1;
                let inc = usize::from(sig_ctx.table[n & 15]) + sig_ctx.add;
                sig[n_sig & 15] = n as u8;
                n_sig += usize::from(engine.decode(&mut models[ctx::SIG_COEFF_FLAG + inc]));
            }
            if n == 1 {
                // The first position of a coded sub-block with no other significant coefficient is significant.
                let significant = (inner && n_sig == 0) || {
                    let inc = sig_ctx
                        .dc
                        .unwrap_or(usize::from(sig_ctx.table[0]) + sig_ctx.add);
                    engine.decode(&mut models[ctx::SIG_COEFF_FLAG + inc]) == 1
                };
                sig[n_sig & 15] = 0;
                n_sig += usize::from(significant);
            }
            if n_sig == 0 {
                continue;
            }

            // coeff_abs_level_greater1_flag (§9.3.4.2.6), first 8 coefficients: a bit each.
            let mut ctx_set = if i == 0 || !luma { 0 } else { 2 };
            if greater1_ctx_state == 0 {
                ctx_set += 1;
            }
            greater1_ctx_state = 1;
            let mut greater1 = 0u32;
            let base = ctx::COEFF_ABS_LEVEL_GREATER1_FLAG + ctx_set * 4 + if luma { 0 } else { 16 };
            for k in 0..n_sig.min(8) {
                let bin = engine.decode(&mut models[base + greater1_ctx_state]);
                greater1 |= u32::from(bin) << k;
                let next = (greater1_ctx_state + usize::from(greater1_ctx_state > 0)).min(3);
                greater1_ctx_state = if bin == 1 { 0 } else { next };
            }
            let first_g1 = greater1 & greater1.wrapping_neg();
            let mut greater2 = 0;
            if greater1 != 0 {
                let inc = ctx_set + if luma { 0 } else { 4 };
                let bin = engine.decode(&mut models[ctx::COEFF_ABS_LEVEL_GREATER2_FLAG + inc]);
                greater2 = if bin == 1 { first_g1 } else { 0 };
            }
            // Those whose level is not told by the flags alone.
            let open = (greater1 & !first_g1) | greater2 | (0xFFFF_FF00 & ((1 << n_sig) - 1));

            // `escapeDataPresent` of §7.3.8.11: a second greater1 flag, more
            // than eight significant coefficients, or greater2. With
            // `cabac_bypass_alignment_enabled_flag`, the signs and remaining
            // levels of this sub-block start from `ivlCurrRange = 256`
            // (§9.3.4.3.6). It is evaluated per sub-block, as the reference
            // decoder does.
            if open != 0 && alignment {
                engine.align_bypass();
            }

            let last_sig_pos = usize::from(sig[0]);
            let first_sig_pos = usize::from(sig[(n_sig - 1) & 15]);
            let sign_hidden = sign_hiding_allowed && last_sig_pos - first_sig_pos > 3;

            // The sign flags come as one run of bypass bins, `sig[0]`'s first, with the hidden
            // one (the lowest position) absent from the end.
            let coded_signs = n_sig - usize::from(sign_hidden);
            let signs = engine.decode_bypass_bits(coded_signs as u32) << (16 - coded_signs);

            // coeff_abs_level_remaining and final levels.
            let mut rice: u32 = if persistent_rice {
                u32::from(models.stat_coeff[sb_type] / 4)
            } else {
                0
            };
            let mut first_remaining = true;
            let mut sum_abs = 0i32;
            for k in 0..n_sig {
                let mut abs = 1 + (greater1 >> k & 1) as i32 + (greater2 >> k & 1) as i32;
                if open >> k & 1 != 0 {
                    let rem = engine.decode_remaining(rice)?;
                    if persistent_rice && first_remaining {
                        let stat = &mut models.stat_coeff[sb_type];
                        if rem >= (3 << (*stat / 4)) {
                            *stat += 1;
                        } else if 2 * rem < (1 << (*stat / 4)) && *stat > 0 {
                            *stat -= 1;
                        }
                    }
                    first_remaining = false;
                    abs = abs
                        .checked_add(rem as i32)
                        .ok_or(Error::Invalid("coefficient overflow"))?;
                    if abs > 3 * (1 << rice) {
                        // Capped at 4 unless persistent Rice adaptation is enabled (§9.3.3.11).
                        rice = if persistent_rice {
                            rice + 1
                        } else {
                            (rice + 1).min(4)
                        };
                    }
                }
                sum_abs ^= abs;
                let hidden = sign_hidden && k == n_sig - 1 && sum_abs & 1 == 1;
                let negative = signs << k & 0x8000 != 0 || hidden;
                let position = pos_scan[usize::from(sig[k & 15] & 15)];
                let x = xs << 2 | usize::from(position & 3);
                let y = ys << 2 | usize::from(position >> 2);
                right = right.max(x);
                bottom = bottom.max(y);
                self.levels[count & 1023] = Level {
                    at: (y << log2_size | x) as u16,
                    value: if negative { -abs } else { abs },
                };
                count += 1;
            }
        }
        self.level_count = count;
        self.coeff_bounds = (right as u8 + 1, bottom as u8 + 1);
        self.engine = engine;
        Ok(transform_skip)
    }
}

/// Where a position stands in a scan.
fn place_in(scan: &[u8], position: usize) -> Option<usize> {
    scan.iter()
        .position(|&known| usize::from(known) == position)
}
