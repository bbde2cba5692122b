//! Random numbers that a seed decides. Not for secrets.

/// SplitMix64: one addition and a mix, good enough to spread faults (Steele, Lea and Flood, 2014).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`; 0 when there is none.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The product's upper half: evenly spread over the range, as far as 64 bits allow.
        u32::try_from((u128::from(mixed) * u128::from(end)) >> 64).unwrap_or(0)
    }

    /// Whether something happens that does so this many times in a thousand.
    pub(crate) fn happens(&mut self, per_thousand: u32) -> bool {
        self.below(1000) < per_thousand
    }
}
