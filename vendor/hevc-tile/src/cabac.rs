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

use crate::Error;

/// `rangeTabLps[pStateIdx][qRangeIdx]` (Table 9-52).
#[rustfmt::skip]
pub const RANGE_TAB_LPS: [[u8; 4]; 64] = [
    [128, 176, 208, 240], [128, 167, 197, 227], [128, 158, 187, 216], [123, 150, 178, 205],
    [116, 142, 169, 195], [111, 135, 160, 185], [105, 128, 152, 175], [100, 122, 144, 166],
    [95, 116, 137, 158], [90, 110, 130, 150], [85, 104, 123, 142], [81, 99, 117, 135],
    [77, 94, 111, 128], [73, 89, 105, 122], [69, 85, 100, 116], [66, 80, 95, 110],
    [62, 76, 90, 104], [59, 72, 86, 99], [56, 69, 81, 94], [53, 65, 77, 89],
    [51, 62, 73, 85], [48, 59, 69, 80], [46, 56, 66, 76], [43, 53, 63, 72],
    [41, 50, 59, 69], [39, 48, 56, 65], [37, 45, 54, 62], [35, 43, 51, 59],
    [33, 41, 48, 56], [32, 39, 46, 53], [30, 37, 43, 50], [29, 35, 41, 48],
    [27, 33, 39, 45], [26, 31, 37, 43], [24, 30, 35, 41], [23, 28, 33, 39],
    [22, 27, 32, 37], [21, 26, 30, 35], [20, 24, 29, 33], [19, 23, 27, 31],
    [18, 22, 26, 30], [17, 21, 25, 28], [16, 20, 23, 27], [15, 19, 22, 25],
    [14, 18, 21, 24], [14, 17, 20, 23], [13, 16, 19, 22], [12, 15, 18, 21],
    [12, 14, 17, 20], [11, 14, 16, 19], [11, 13, 15, 18], [10, 12, 15, 17],
    [10, 12, 14, 16], [9, 11, 13, 15], [9, 11, 12, 14], [8, 10, 12, 14],
    [8, 9, 11, 13], [7, 9, 11, 12], [7, 9, 10, 12], [7, 8, 10, 11],
    [6, 8, 9, 11], [6, 7, 9, 10], [6, 7, 8, 9], [2, 2, 2, 2],
];

/// `transIdxLps[pStateIdx]` (Table 9-53): next state after a least probable symbol.
#[rustfmt::skip]
pub const TRANS_IDX_LPS: [u8; 64] = [
    0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12,
    13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22, 23, 24,
    24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31, 32, 32, 33,
    33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
];

/// `RANGE_TAB_LPS` with the four ranges of a state in one number, the first lowest: it can be fetched before the range
/// is known.
const LPS_BY_STATE: [u32; 64] = {
    let mut packed = [0; 64];
    let mut state = 0;
    while state < 64 {
        packed[state] = u32::from_le_bytes(RANGE_TAB_LPS[state]);
        state += 1;
    }
    packed
};

/// The next value of a context (see [`ContextModel`]), by its value and, below that, by whether the bin was the least
/// probable symbol.
const NEXT: [u8; 256] = {
    let mut next = [0; 256];
    let mut value = 0;
    while value < 128 {
        let (state, mps) = (value as u8 >> 1, value as u8 & 1);
        let after_mps = if state < 62 { state + 1 } else { 62 };
        next[value << 1] = after_mps << 1 | mps;
        let mps_after_lps = if state == 0 { 1 - mps } else { mps };
        next[value << 1 | 1] = (TRANS_IDX_LPS[state as usize] & 63) << 1 | mps_after_lps;
        value += 1;
    }
    next
};

/// One context variable: a probability state and the value of the most probable symbol, as `pStateIdx << 1 | valMps`
/// (0..=62 for the former; 63 is reserved for the terminate procedure).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContextModel(u8);

impl ContextModel {
    /// Initializes a context from its `initValue` and the slice QP (§9.3.2.2).
    pub fn new(init_value: u8, slice_qp_y: i32) -> Self {
        let slope_idx = i32::from(init_value >> 4);
        let offset_idx = i32::from(init_value & 15);
        let m = slope_idx * 5 - 45;
        let n = (offset_idx << 3) - 16;
        let pre_ctx_state = (((m * slice_qp_y.clamp(0, 51)) >> 4) + n).clamp(1, 126);
        if pre_ctx_state <= 63 {
            Self(((63 - pre_ctx_state) << 1) as u8)
        } else {
            Self(((pre_ctx_state - 64) << 1 | 1) as u8)
        }
    }
}

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

    fn model(state: u8, mps: u8) -> ContextModel {
        ContextModel(state << 1 | mps)
    }

    fn after(model: ContextModel, is_lps: bool) -> ContextModel {
        ContextModel(NEXT[usize::from(model.0) << 1 | usize::from(is_lps)])
    }

    #[test]
    fn context_init_examples() {
        // initValue 154 is "equiprobable": m = 0, n = 64 -> preCtxState 64 -> state 0, MPS 1.
        assert_eq!(ContextModel::new(154, 26), model(0, 1));
        // initValue 139 (split_cu_flag ctx 0) at QP 22: slope 8 -> m = -5; offset 11 -> n = 72.
        // preCtxState = ((-5 * 22) >> 4) + 72 = -7 + 72 = 65 -> state 1, MPS 1.
        assert_eq!(ContextModel::new(139, 22), model(1, 1));
        // QP is clipped to 0..=51 and the state to 1..=126.
        assert_eq!(ContextModel::new(0, -10), ContextModel::new(0, 0));
        assert_eq!(ContextModel::new(0, 0), model(62, 0));
    }

    #[test]
    fn state_transitions() {
        assert_eq!(
            after(model(0, 0), true),
            model(0, 1),
            "LPS at state 0 flips the MPS"
        );
        assert_eq!(after(model(0, 1), false), model(1, 1));
        assert_eq!(
            after(model(62, 1), false),
            model(62, 1),
            "MPS state saturates at 62"
        );
        assert_eq!(after(model(62, 1), true), model(38, 1));
    }

    #[test]
    fn a_run_of_bypass_bins_is_what_single_ones_are() {
        let data: Vec<u8> = (0..64u32).map(|i| (i * i * 37 + 11) as u8 >> 1).collect();
        let mut single = ArithmeticDecoder::new(&data).unwrap();
        let mut runs = single;
        let mut context = [model(10, 1); 2];
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
