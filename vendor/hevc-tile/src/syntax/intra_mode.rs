//! Intra prediction modes: their syntax (§7.3.8.5) and what it means beside the neighbours' (§8.4.2, §8.4.3).

use super::{Parser, Picture};
use crate::Error;
use crate::contexts::ctx;

impl Parser<'_, '_> {
    /// Intra prediction modes of a CU (§7.3.8.5 syntax, §8.4.2 and §8.4.3 derivations).
    /// Returns the luma mode of each prediction block and the chroma mode(s).
    pub(super) fn intra_modes(
        &mut self,
        x0: u32,
        y0: u32,
        log2_size: u8,
        part_nxn: bool,
    ) -> Result<([u8; 4], [u8; 4]), Error> {
        let n_parts = if part_nxn { 4 } else { 1 };
        let pb_size = if part_nxn {
            1u32 << (log2_size - 1)
        } else {
            1 << log2_size
        };
        let mut prev_flags = [false; 4];
        for f in prev_flags.iter_mut().take(n_parts) {
            *f = self.flag(ctx::PREV_INTRA_LUMA_PRED_FLAG);
        }
        let mut luma = [1u8; 4];
        for (i, &prev) in prev_flags.iter().enumerate().take(n_parts) {
            let (xp, yp) = (x0 + (i as u32 % 2) * pb_size, y0 + (i as u32 / 2) * pb_size);
            let candidates = self.mpm_candidates(xp, yp);
            let mode = if prev {
                let mpm_idx = self.tr_bypass(2) as usize;
                candidates[mpm_idx]
            } else {
                let mut sorted = candidates;
                sorted.sort_unstable();
                let mut mode = self.engine.decode_bypass_bits(5) as u8;
                for c in sorted {
                    if mode >= c {
                        mode += 1;
                    }
                }
                mode
            };
            luma[i] = mode;
            Picture::fill(|p| &mut p.intra_mode, self.pic, xp, yp, pb_size, mode);
        }
        if !part_nxn {
            luma = [luma[0]; 4];
        }

        let mut chroma = [0u8; 4];
        match self.sps.chroma_array_type() {
            0 => {}
            3 if part_nxn => {
                for i in 0..4 {
                    chroma[i] = self.chroma_mode(luma[i]);
                }
            }
            _ => chroma = [self.chroma_mode(luma[0]); 4],
        }
        Ok((luma, chroma))
    }

    /// Most probable mode candidates (§8.4.2).
    fn mpm_candidates(&self, xp: u32, yp: u32) -> [u8; 3] {
        let cand = |xn: i64, yn: i64, above: bool| -> u8 {
            if !self.pic.available(xp, yp, xn, yn) {
                return 1;
            }
            let (xn, yn) = (xn as u32, yn as u32);
            let i = self.pic.idx(xn, yn);
            if self.pic.pcm[i] {
                return 1;
            }
            // The above candidate must be in the same CTB row.
            if above && yn < ((yp >> self.sps.log2_ctb_size) << self.sps.log2_ctb_size) {
                return 1;
            }
            self.pic.intra_mode[i]
        };
        let a = cand(i64::from(xp) - 1, i64::from(yp), false);
        let b = cand(i64::from(xp), i64::from(yp) - 1, true);
        if a == b {
            if a < 2 {
                [0, 1, 26]
            } else {
                [a, 2 + ((a + 29) % 32), 2 + ((a - 2 + 1) % 32)]
            }
        } else {
            let c = if a != 0 && b != 0 {
                0
            } else if a != 1 && b != 1 {
                1
            } else {
                26
            };
            [a, b, c]
        }
    }

    /// `intra_chroma_pred_mode` and derivation of `IntraPredModeC` (§8.4.3).
    fn chroma_mode(&mut self, luma: u8) -> u8 {
        let syntax = if !self.flag(ctx::INTRA_CHROMA_PRED_MODE) {
            4
        } else {
            self.engine.decode_bypass_bits(2) as u8
        };
        let mode = match syntax {
            4 => luma,
            s => {
                let m = [0, 26, 10, 1][usize::from(s)];
                if m == luma { 34 } else { m }
            }
        };
        if self.sps.chroma_array_type() == 2 {
            // Table 8-3: 4:2:2 mode mapping.
            // Chroma has half the horizontal resolution: horizontal-ish angles are doubled and
            // vertical-ish ones halved, then rounded to the nearest mode.
            const MAP_422: [u8; 35] = [
                0, 1, 2, 2, 2, 2, 3, 5, 7, 8, 10, 12, 13, 15, 17, 18, 19, 20, 21, 22, 23, 23, 24,
                24, 25, 25, 26, 27, 27, 28, 28, 29, 29, 30, 31,
            ];
            MAP_422[usize::from(mode)]
        } else {
            mode
        }
    }
}
