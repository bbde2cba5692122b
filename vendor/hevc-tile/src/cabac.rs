//! CABAC: context-adaptive binary arithmetic coding (H.265 §9.3).
//!
//! Almost every syntax element below the slice header is coded as a sequence of binary
//! decisions ("bins"). Each bin is decoded either:
//! - with a **context** ([`ContextModel`]): an adaptive probability estimate of the bin being
//!   0 or 1, updated after every use; or
//! - in **bypass** mode: probability 1/2, used for nearly random bits (signs, suffixes);
//! - with the **terminate** procedure, for `end_of_slice_segment_flag` and similar.
//!
//! The arithmetic engine keeps a 9-bit interval (`range`) and the current position in it
//! (`offset`). Probabilities are represented by 64 states per context, with fixed transition
//! and range tables shared with H.264.

mod context_model;

pub use context_model::ContextModel;

use crate::Error;
use context_model::{LPS_BY_STATE, NEXT};

/// Where `ivlOffset` begins in the window of the engine: below it lie bits that have been read ahead, above it one bit is
/// free for doubling.
const OFFSET_AT: u32 = 54;

/// Most bypass bins that one division gives: the dividend, 9 bits more, must fit 32 bits, and the bits must have been
/// read ahead.
const BATCH: u32 = 16;

/// The arithmetic decoding engine (§9.3.4.3).
///
/// Reads RBSP data (emulation prevention bytes already removed). Bits past the end of the
/// data are read as zeros, as can legitimately happen at the very end of a slice; reading far
/// beyond is reported as an error by [`ArithmeticDecoder::check_overrun`].
///
/// `ivlOffset` lies in a window of 64 bits, with up to 54 bits read ahead below it: comparing the window with
/// `range << 54` is the same as comparing `ivlOffset` with `range`, and data is fetched six or so bytes at a time.
/// The engine is small and [`Copy`], so that a loop over many bins can hold it in registers.
#[derive(Debug, Clone, Copy)]
pub struct ArithmeticDecoder<'a> {
    data: &'a [u8],
    /// Next byte of `data` to fetch.
    next: usize,
    range: u32,
    /// `ivlOffset << 54`, plus the bits read ahead.
    window: u64,
    /// How many bits have been read ahead; below zero only until the window is filled up.
    ahead: i32,
}

impl<'a> ArithmeticDecoder<'a> {
    /// Initializes the engine at the start of `data` (§9.3.2.5): reads 9 bits.
    pub fn new(data: &'a [u8]) -> Result<Self, Error> {
        let mut d = Self {
            data,
            next: 0,
            range: 510,
            window: 0,
            ahead: -9,
        };
        d.fill_up();
        if d.window >> OFFSET_AT >= 510 {
            return Err(Error::Invalid("CABAC initial offset must be < 510"));
        }
        Ok(d)
    }

    /// Reads ahead as many whole bytes as there is room for.
    #[inline(always)]
    fn fill_up(&mut self) {
        let bytes = match self
            .data
            .get(self.next..)
            .and_then(|rest| rest.first_chunk())
        {
            Some(eight) => u64::from_be_bytes(*eight),
            None => last_bytes(self.data, self.next),
        };
        let room = (OFFSET_AT as i32 - self.ahead) as u32;
        let taken = room & !7;
        self.window |= (bytes >> (64 - taken)) << (room - taken);
        self.ahead += taken as i32;
        self.next += taken as usize >> 3;
    }

    /// Number of bits of the data consumed by `ivlOffset` so far.
    fn bit_position(&self) -> usize {
        (self.next * 8).saturating_sub(self.ahead as usize)
    }

    /// Moves on by so many bits, at most nine.
    #[inline(always)]
    fn shift(&mut self, bits: u32) {
        self.window <<= bits;
        self.ahead -= bits as i32;
        if self.ahead < 0 {
            self.fill_up();
        }
    }

    /// Decodes one bin with a context (`DecodeDecision`, §9.3.4.3.2).
    ///
    /// Without a branch on the bin: which symbol it is cannot be foretold, and what either would lead to is soon computed.
    #[inline(always)]
    pub fn decode(&mut self, ctx: &mut ContextModel) -> u8 {
        let model = usize::from(ctx.0 & 127);
        let lps = (LPS_BY_STATE[model >> 1] >> ((self.range >> 3) & 24)) & 255;
        let mps = self.range - lps;
        let scaled = u64::from(mps) << OFFSET_AT;
        let is_lps = self.window >= scaled;
        self.window -= if is_lps { scaled } else { 0 };
        ctx.0 = NEXT[model << 1 | usize::from(is_lps)];
        // The most probable symbol's range loses at most one bit; the other's is at most 240.
        let (lps_shift, mps_shift) = (lps.leading_zeros() - 23, mps >> 8 ^ 1);
        let (range, shift) = if is_lps {
            (lps << lps_shift, lps_shift)
        } else {
            (mps << mps_shift, mps_shift)
        };
        self.range = range;
        self.shift(shift);
        (model as u8 & 1) ^ u8::from(is_lps)
    }

    /// Decodes one equiprobable bin (`DecodeBypass`, §9.3.4.3.4).
    #[inline(always)]
    pub fn decode_bypass(&mut self) -> u8 {
        self.shift(1);
        let scaled = u64::from(self.range) << OFFSET_AT;
        let bit = self.window >= scaled;
        self.window -= if bit { scaled } else { 0 };
        u8::from(bit)
    }

    /// Decodes `n` bypass bins as an unsigned integer, most significant first (`n <= 32`).
    #[inline(always)]
    pub fn decode_bypass_bits(&mut self, n: u32) -> u32 {
        let first = n.min(BATCH);
        let bits = self.peek_bypass() >> (BATCH - first);
        self.take_bypass(bits, first);
        if n == first {
            return bits;
        }
        let rest = self.peek_bypass() >> (2 * BATCH - n);
        self.take_bypass(rest, n - BATCH);
        bits << (n - BATCH) | rest
    }

    /// The next [`BATCH`] bypass bins, the first highest, without taking them.
    ///
    /// Each bin is a step of long division of the bits by the range, so all of them are one division.
    #[inline(always)]
    fn peek_bypass(&mut self) -> u32 {
        if self.ahead < BATCH as i32 {
            self.fill_up();
        }
        (self.window >> (OFFSET_AT - BATCH)) as u32 / self.range.max(1)
    }

    /// Takes the first `count` bins of what [`Self::peek_bypass`] gave: `bits`.
    #[inline(always)]
    fn take_bypass(&mut self, bits: u32, count: u32) {
        self.window -= u64::from(bits * self.range) << (OFFSET_AT - count);
        self.window <<= count;
        self.ahead -= count as i32;
    }

    /// Decodes `coeff_abs_level_remaining` (§9.3.3.11): Rice prefix and suffix, then Exp-Golomb escape.
    #[inline(always)]
    pub fn decode_remaining(&mut self, rice: u32) -> Result<u32, Error> {
        let bins = self.peek_bypass();
        let prefix = (!(bins << (32 - BATCH))).leading_zeros();
        let count = prefix + 1 + rice;
        if prefix > 3 || count > BATCH {
            return self.decode_escape(rice);
        }
        let bits = bins >> (BATCH - count);
        self.take_bypass(bits, count);
        Ok((prefix << rice) + (bits & ((1 << rice) - 1)))
    }

    #[inline(always)]
    fn decode_escape(&mut self, rice: u32) -> Result<u32, Error> {
        let (engine, value) = escape(*self, rice)?;
        *self = engine;
        Ok(value)
    }

    /// Aligns the range before aligned bypass decoding (§9.3.4.3.6):
    /// `ivlCurrRange` is set to 256, so the following bypass bins read the
    /// bitstream one bit at a time. Used for `coeff_sign_flag` and
    /// `coeff_abs_level_remaining` when `cabac_bypass_alignment_enabled_flag`
    /// is set and `escapeDataPresent` is true.
    ///
    /// The offset and the read position are left untouched. The top bit of the
    /// scaled offset is dropped, matching the reference decoder's aligned shift
    /// register: when the range is 256, the first aligned bin is the bit below
    /// it. Repeated calls before a bypass run are no-ops.
    #[inline]
    pub fn align_bypass(&mut self) {
        self.range = 256;
        self.window &= (1 << (OFFSET_AT + 8)) - 1;
    }

    /// Decodes a terminating bin (`DecodeTerminate`, §9.3.4.3.5), used for
    /// `end_of_slice_segment_flag`, `end_of_subset_one_bit` and `pcm_flag`.
    ///
    /// When it returns 1, the arithmetic decoding of the substream is finished; use
    /// [`ArithmeticDecoder::aligned_position_after_terminate`] to find the following data.
    pub fn decode_terminate(&mut self) -> u8 {
        self.range -= 2;
        if self.window >= u64::from(self.range) << OFFSET_AT {
            1
        } else {
            if self.range < 256 {
                self.range <<= 1;
                self.shift(1);
            }
            0
        }
    }

    /// After a terminating bin equal to 1: byte position of the data that follows, i.e. after
    /// the `rbsp_stop_one_bit` / alignment bits (for PCM samples or the next substream).
    ///
    /// When the terminating bin is decoded, the last bit read by the engine is the last bit
    /// written by the encoder's flush, i.e. the stop bit (§9.3.4.3.5). The following data
    /// starts at the next byte boundary.
    pub fn aligned_position_after_terminate(&self) -> usize {
        self.bit_position().div_ceil(8)
    }

    /// Returns an error if the engine read clearly beyond the end of the data.
    pub fn check_overrun(&self) -> Result<(), Error> {
        if self.bit_position() > self.data.len() * 8 + 16 {
            Err(Error::UnexpectedEof)
        } else {
            Ok(())
        }
    }
}

/// Eight bytes from `next` on, zeros past the end.
#[cold]
fn last_bytes(data: &[u8], next: usize) -> u64 {
    let rest = data.get(next..).unwrap_or_default();
    let mut eight = [0; 8];
    for (byte, &found) in eight.iter_mut().zip(rest) {
        *byte = found;
    }
    u64::from_be_bytes(eight)
}

/// The rare long form of `coeff_abs_level_remaining`. By value, so that the engine of the caller can stay in registers.
#[cold]
fn escape(
    mut engine: ArithmeticDecoder<'_>,
    rice: u32,
) -> Result<(ArithmeticDecoder<'_>, u32), Error> {
    let mut prefix = 0;
    while engine.decode_bypass() == 1 {
        prefix += 1;
        if prefix > 32 {
            return Err(Error::Invalid("coeff_abs_level_remaining prefix too long"));
        }
    }
    if prefix <= 3 {
        let suffix = engine.decode_bypass_bits(rice);
        return Ok((engine, (prefix << rice) + suffix));
    }
    let n = prefix - 3 + rice;
    if n > 32 {
        return Err(Error::Invalid("coeff_abs_level_remaining suffix too long"));
    }
    let base = ((1u64 << (prefix - 3)) + 2) << rice;
    let value = base + u64::from(engine.decode_bypass_bits(n));
    let value =
        u32::try_from(value).map_err(|_| Error::Invalid("coeff_abs_level_remaining overflow"))?;
    Ok((engine, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_bypass_bins_is_what_single_ones_are() {
        let data: Vec<u8> = (0..64u32).map(|i| (i * i * 37 + 11) as u8 >> 1).collect();
        let mut single = ArithmeticDecoder::new(&data).unwrap();
        let mut runs = single;
        let mut context = [ContextModel(10 << 1 | 1); 2];
        for n in (0..=32).chain([16, 17, 1, 31]) {
            assert_eq!(single.decode(&mut context[0]), runs.decode(&mut context[1]));
            let bins = (0..n).fold(0u32, |bins, _| {
                bins << 1 | u32::from(single.decode_bypass())
            });
            assert_eq!(runs.decode_bypass_bits(n), bins, "{n} bins");
            assert_eq!(runs.bit_position(), single.bit_position());
        }
    }

    #[test]
    fn rejects_invalid_initial_offset() {
        assert!(ArithmeticDecoder::new(&[0xFF, 0x80]).is_err()); // 511
        assert!(ArithmeticDecoder::new(&[0x00, 0x00]).is_ok());
    }

    #[test]
    fn align_bypass_drops_the_scaled_offset_top_bit() {
        // Initial offset 0b1100_1010_0101_1010 has its top bit set. Aligning
        // drops it, like the reference decoder's 15-bit aligned shift register,
        // and the following bypass bins are the remaining 15 bits of the
        // offset, MSB first, then the next stream bits.
        let data = [0xCA, 0x5A, 0xA5, 0x00];
        let mut d = ArithmeticDecoder::new(&data).unwrap();
        d.align_bypass();
        let expected = [
            1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, // 0x4A5A, bits 14..0
            1, // 0xA5, bit 7
        ];
        for (i, &want) in expected.iter().enumerate() {
            assert_eq!(d.decode_bypass(), want, "aligned bypass bin {i}");
        }
        // Re-aligning during a bypass run is a no-op.
        d.align_bypass();
        assert_eq!(d.decode_bypass(), 0, "0xA5, bit 6");
    }
}
