//! When a failed attempt is repeated, and after which refusals: an exponential backoff with jitter.

use crate::refusal::Refusal;

/// When a failed attempt is repeated: an exponential backoff with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Automatic attempts before a person has to press "try again": [`crate::picture::PictureLimits::tries`].
    pub tries: u32,
    /// A random number from 0 to 999, which keeps phones from retrying in step.
    pub jitter: u32,
}

/// Seconds between two tries at most, give or take a fifth: what a person with the phone in the hand waits for.
const LONGEST_PAUSE: u32 = 60;

impl RetryPolicy {
    /// Seconds to wait after this many attempts: 2, 4, 8 … 60, give or take a fifth. `None` when no automatic attempt is left.
    pub(super) fn pause_after(self, tried: u32) -> Option<u32> {
        if tried >= self.tries {
            return None;
        }
        let seconds = 2u32.saturating_pow(tried).min(LONGEST_PAUSE);
        let millis = seconds * (800 + self.jitter.min(999) * 400 / 1000);
        Some(millis.div_ceil(1000))
    }
}

/// Whether another attempt may get past a refusal. An upload that differs or is missing was cut on its way.
pub(super) fn is_worth_repeating(refusal: &Refusal) -> bool {
    refusal.is_transient() || matches!(refusal, Refusal::UploadMissing | Refusal::UploadDiffers)
}
