//! Faults of the picture store: what its front does to a request on its way.

use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A kind of fault of the picture store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreFault {
    /// Answers 500 instead of doing anything.
    Broken,
    /// Answers 503 instead of doing anything.
    Overloaded,
    /// Does what it is asked, late.
    Slow,
    /// Resets the connection: before anything is done, or when it is done and only the answer is missing.
    Reset,
    /// Flips bits: in what is put, or in what is read.
    WrongBytes,
}

impl StoreFault {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Broken,
        Self::Overloaded,
        Self::Slow,
        Self::Reset,
        Self::WrongBytes,
    ];
}

/// Which faults are injected, until the front is told to change.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FaultSettings {
    /// The fault that hits requests; `None` when none is injected.
    pub fault: Option<StoreFault>,
    /// How many of a hundred requests it hits.
    pub percent: u8,
    /// How late the slow ones are at most.
    pub max_delay: Duration,
    /// Decides which requests are hit.
    pub seed: u64,
}

impl FaultSettings {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        fault: None,
        percent: 0,
        max_delay: Duration::ZERO,
        seed: 0,
    };
}

/// What the front does with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Pass,
    Answer(u16),
    Wait(Duration),
    /// Nothing is done, and the connection breaks.
    CutBefore,
    /// All is done, and the connection breaks.
    CutAfter,
    /// One bit is turned, at this place of the bytes (modulo their number).
    Flip(usize),
}

/// Decides for each request in turn whether a fault hits it, by a random sequence that the settings' seed fixes.
#[derive(Clone, Debug)]
pub(crate) struct FaultPlan {
    settings: FaultSettings,
    rng: Rng,
}

impl FaultPlan {
    pub(crate) fn new(settings: FaultSettings) -> Self {
        Self {
            settings,
            rng: Rng::with_seed(settings.seed),
        }
    }

    pub(crate) fn next(&mut self) -> Decision {
        let Some(fault) = self.settings.fault else {
            return Decision::Pass;
        };
        if self.rng.u8(..100) >= self.settings.percent {
            return Decision::Pass;
        }
        match fault {
            StoreFault::Broken => Decision::Answer(500),
            StoreFault::Overloaded => Decision::Answer(503),
            StoreFault::Slow => {
                let most = u64::try_from(self.settings.max_delay.as_millis()).unwrap_or(u64::MAX);
                Decision::Wait(Duration::from_millis(self.rng.u64(..most.max(1))))
            }
            StoreFault::Reset if self.rng.bool() => Decision::CutBefore,
            StoreFault::Reset => Decision::CutAfter,
            StoreFault::WrongBytes => Decision::Flip(self.rng.usize(..)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_hits_the_same_requests() {
        let settings = FaultSettings {
            fault: Some(StoreFault::Reset),
            percent: 50,
            seed: 7,
            ..FaultSettings::NONE
        };
        let decisions = || {
            let mut plan = FaultPlan::new(settings);
            (0..64).map(|_| plan.next()).collect::<Vec<_>>()
        };
        assert_eq!(decisions(), decisions());
        for decision in [Decision::Pass, Decision::CutBefore, Decision::CutAfter] {
            assert!(decisions().contains(&decision), "{decision:?}");
        }
    }

    #[test]
    fn without_faults_every_request_passes() {
        let mut plan = FaultPlan::new(FaultSettings::NONE);
        assert!((0..64).all(|_| plan.next() == Decision::Pass));
    }
}
