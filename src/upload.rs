//! The way of one picture from a surface to the store, as a closed list of states. Pure: the surface does the work
//! and says what came of it; this says what comes next.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Automatic tries at sending before a person is asked.
pub const MOST_TRIES: u32 = 3;

/// Where a picture is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum Upload {
    /// In line; nothing is done for it yet.
    Waiting,
    /// Being made upright, small and clean on this device.
    Preparing,
    /// Prepared, and waiting for the person to press Send.
    Prepared,
    /// Going out.
    Sending {
        /// Which try, from 1.
        attempt: u32,
        /// How much has gone, 0 to 100.
        percent: u8,
    },
    /// Sent; the server is checking what arrived.
    Checking {
        /// Which try, from 1.
        attempt: u32,
    },
    /// Will be tried again by itself.
    Retrying {
        /// The try that comes next.
        attempt: u32,
        /// Seconds until then.
        seconds: u32,
    },
    /// The network is gone; goes on by itself when it is back.
    Paused {
        /// The try that comes next.
        attempt: u32,
    },
    /// Stopped; a person can press "try again".
    Stopped {
        /// Why.
        why: Stop,
    },
    /// The server has it and has verified it.
    Sent,
}

/// Why sending stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stop", rename_all = "camelCase")]
pub enum Stop {
    /// The file cannot be used. Trying again does not help.
    Unusable {
        /// What the codec says; the surface has a sentence for each kind.
        kind: Unusable,
    },
    /// The server refuses. Whether trying again helps depends on the refusal.
    Refused {
        /// Its refusal.
        refusal: Refusal,
    },
    /// The store did not take it three times.
    StoreAway,
    /// The person cancelled.
    Cancelled,
}

/// Why a file cannot become a picture: the codec's kinds, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unusable {
    /// Not a picture at all.
    NotAnImage,
    /// A kind of picture that is not supported.
    Unsupported,
    /// The file is larger than 50 MB.
    TooManyBytes,
    /// More than 100 megapixels.
    TooManyPixels,
    /// The file ends in the middle.
    Truncated,
    /// The file is broken.
    Damaged,
    /// The browser could not read the file: it was moved, or a cloud drive did not deliver it.
    Unreadable,
    /// The part of the program that prepares pictures could not be loaded.
    Unavailable,
}

/// What came of the step a surface was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The step worked.
    Done,
    /// The server has had the picture all along; only an answer was lost.
    Arrived,
    /// The file cannot be used.
    Unusable(Unusable),
    /// The server refused.
    Refused(Refusal),
    /// The network or the store failed in the middle.
    Broken,
    /// The browser says it is offline.
    Offline,
}

impl Upload {
    /// The state after a step. `jitter` is a random number from 0 to 999 that keeps phones from retrying in step.
    /// Outcomes that do not belong to the present state leave it as it is.
    #[must_use]
    pub fn after(&self, outcome: Outcome, jitter: u32) -> Self {
        match (self, outcome) {
            (Self::Stopped { .. } | Self::Sent | Self::Waiting | Self::Prepared, _) => self.clone(),
            (_, Outcome::Arrived) => Self::Sent,
            (_, Outcome::Unusable(kind)) => Self::Stopped {
                why: Stop::Unusable { kind },
            },
            (Self::Preparing, Outcome::Done) => Self::Prepared,
            (Self::Sending { attempt, .. }, Outcome::Done) => Self::Checking { attempt: *attempt },
            (Self::Checking { .. }, Outcome::Done) => Self::Sent,
            (_, Outcome::Done) => self.clone(),
            (_, Outcome::Offline) => Self::Paused {
                attempt: self.attempt(),
            },
            (_, Outcome::Broken) => self.again(Stop::StoreAway, jitter),
            (_, Outcome::Refused(refusal)) if may_pass(&refusal) => {
                self.again(Stop::Refused { refusal }, jitter)
            }
            (_, Outcome::Refused(refusal)) => Self::Stopped {
                why: Stop::Refused { refusal },
            },
        }
    }

    /// The try this state belongs to, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        match self {
            Self::Sending { attempt, .. }
            | Self::Checking { attempt }
            | Self::Retrying { attempt, .. }
            | Self::Paused { attempt } => *attempt,
            _ => 1,
        }
    }

    /// 2, 4, 8 … seconds, give or take a fifth; after the last try a person decides.
    fn again(&self, why: Stop, jitter: u32) -> Self {
        let tried = self.attempt();
        if tried >= MOST_TRIES {
            return Self::Stopped { why };
        }
        let millis = 2000 * 2u32.pow(tried - 1) * (800 + jitter.min(999) * 400 / 1000) / 1000;
        Self::Retrying {
            attempt: tried + 1,
            seconds: millis.div_ceil(1000),
        }
    }

    /// Whether anything is still being done for it.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        !matches!(self, Self::Prepared | Self::Stopped { .. } | Self::Sent)
    }

    /// Whether pressing "try again" makes sense.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Stopped {
                why: Stop::Unusable { kind },
            } => {
                matches!(kind, Unusable::Unreadable | Unusable::Unavailable)
            }
            Self::Stopped {
                why: Stop::Refused { refusal },
            } => !matches!(
                refusal,
                Refusal::SessionFull { .. } | Refusal::PictureOutOfBounds
            ),
            Self::Stopped { .. } => true,
            _ => false,
        }
    }

    /// How far it has come, 0 to 100, for a bar.
    #[must_use]
    pub fn percent(&self) -> u8 {
        match self {
            Self::Waiting | Self::Preparing | Self::Stopped { .. } => 0,
            Self::Prepared | Self::Retrying { .. } | Self::Paused { .. } => 5,
            Self::Sending { percent, .. } => 5 + (u16::from(*percent.min(&100)) * 9 / 10) as u8,
            Self::Checking { .. } => 97,
            Self::Sent => 100,
        }
    }
}

/// A refusal that another try may get past. An upload that differs or is missing was cut on its way.
fn may_pass(refusal: &Refusal) -> bool {
    refusal.is_passing() || matches!(refusal, Refusal::UploadMissing | Refusal::UploadDiffers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sending(attempt: u32) -> Upload {
        Upload::Sending {
            attempt,
            percent: 40,
        }
    }

    #[test]
    fn a_smooth_way_ends_with_sent() {
        let steps = [
            Upload::Preparing,
            sending(1),
            Upload::Checking { attempt: 1 },
        ];
        let after: Vec<_> = steps
            .iter()
            .map(|step| step.after(Outcome::Done, 0))
            .collect();
        assert_eq!(
            after,
            [
                Upload::Prepared,
                Upload::Checking { attempt: 1 },
                Upload::Sent
            ]
        );
    }

    #[test]
    fn the_third_failure_asks_a_person() {
        let second = sending(1).after(Outcome::Broken, 500);
        assert_eq!(
            second,
            Upload::Retrying {
                attempt: 2,
                seconds: 2
            }
        );
        let third = sending(2).after(Outcome::Broken, 500);
        assert_eq!(
            third,
            Upload::Retrying {
                attempt: 3,
                seconds: 4
            }
        );
        let stopped = sending(3).after(Outcome::Broken, 500);
        assert_eq!(
            stopped,
            Upload::Stopped {
                why: Stop::StoreAway
            }
        );
        assert!(stopped.can_retry());
    }

    #[test]
    fn a_full_session_is_not_tried_again() {
        let full = sending(1).after(Outcome::Refused(Refusal::SessionFull { limit: 20 }), 0);
        assert!(matches!(full, Upload::Stopped { .. }) && !full.can_retry());
    }

    #[test]
    fn a_lost_network_pauses_and_costs_no_try() {
        assert_eq!(
            sending(2).after(Outcome::Offline, 0),
            Upload::Paused { attempt: 2 }
        );
    }

    #[test]
    fn what_is_sent_stays_sent() {
        for outcome in [
            Outcome::Broken,
            Outcome::Offline,
            Outcome::Unusable(Unusable::Damaged),
        ] {
            assert_eq!(Upload::Sent.after(outcome, 0), Upload::Sent);
        }
    }

    proptest! {
        #[test]
        fn bars_only_show_percentages(percent in any::<u8>(), jitter in any::<u32>(), attempt in 1u32..4) {
            let state = Upload::Sending { attempt, percent };
            prop_assert!(state.percent() <= 100);
            if let Upload::Retrying { seconds, .. } = state.after(Outcome::Broken, jitter) {
                prop_assert!((1..=10).contains(&seconds));
            }
        }
    }
}
