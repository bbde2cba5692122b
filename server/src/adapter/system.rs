//! The machine's own clock and randomness.

use crate::failpoint;
use clinical_images::moment::Moment;
use clinical_images::ports::{Clock, Entropy};
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        failpoint::scaled_now(Moment::from_millis(0).plus(since))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .expect("an operating system without randomness cannot keep a secret");
        u128::from_le_bytes(bytes)
    }
}
