//! How long a run takes, and how hard it is.

use std::time::Duration;

/// The profile of a run: how long it takes and how hard it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A few seconds, for every day.
    Short,
    /// A minute.
    Long,
}

impl Profile {
    /// How long the practice works.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Short => 5,
            Self::Long => 60,
        })
    }

    /// Milliseconds between two faults, from and to.
    pub(crate) fn between_faults(self) -> (u64, u64) {
        match self {
            Self::Short => (500, 1200),
            Self::Long => (1000, 4000),
        }
    }

    /// Milliseconds that something stays dead, from and to.
    pub(crate) fn downtime(self) -> (u64, u64) {
        match self {
            Self::Short => (100, 600),
            Self::Long => (100, 4000),
        }
    }

    /// How long Redis is paused: longer than a server waits for it.
    pub(crate) fn pause(self) -> Duration {
        Duration::from_secs(match self {
            Self::Short => 3,
            Self::Long => 30,
        })
    }

    /// How long one fault of the picture store lasts.
    pub(crate) fn store_fault_lasts(self) -> Duration {
        Duration::from_secs(match self {
            Self::Short => 3,
            Self::Long => 10,
        })
    }

    /// How late a slow picture store is at most; in the long run later than a server waits for one attempt.
    pub(crate) fn max_delay(self) -> Duration {
        Duration::from_secs(match self {
            Self::Short => 2,
            Self::Long => 8,
        })
    }
}
