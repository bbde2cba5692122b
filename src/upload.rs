//! The way of one picture from a surface to the store, as a closed list of states. Pure: the surface does the work
//! and says what came of it; this says what comes next.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

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
    /// The store did not take it.
    StoreUnavailable {
        /// How often it was tried.
        tries: u32,
    },
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
    /// The file is too long.
    TooManyBytes {
        /// The most it may have, in bytes.
        limit: u64,
    },
    /// The picture is too large.
    TooManyPixels {
        /// The most it may have, in pixels.
        limit: u64,
    },
    /// The file ends in the middle.
    Truncated,
    /// The file is broken.
    Damaged,
    /// The browser could not read the file: it was moved, or a cloud drive did not deliver it.
    Unreadable,
    /// The part of the program that prepares pictures could not be loaded.
    Unavailable,
}

/// How an upload that failed goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Tries by itself before a person is asked: [`crate::picture::PictureLimits::tries`].
    pub tries: u32,
    /// A random number from 0 to 999, which keeps phones from retrying in step.
    pub jitter: u32,
}

/// Seconds between two tries at most, give or take a fifth: what a person with the phone in the hand waits for.
const LONGEST_PAUSE: u32 = 60;

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
    /// The state after a step. Outcomes that do not belong to the present state leave it as it is.
    #[must_use]
    pub fn after(&self, outcome: Outcome, patience: Patience) -> Self {
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
            (_, Outcome::Broken) => {
                let tries = self.attempt();
                self.again(Stop::StoreUnavailable { tries }, patience)
            }
            (_, Outcome::Refused(refusal)) if is_transient(&refusal) => {
                self.again(Stop::Refused { refusal }, patience)
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

    /// 2, 4, 8 … 60 seconds, give or take a fifth; after the last try a person decides.
    fn again(&self, why: Stop, Patience { tries, jitter }: Patience) -> Self {
        let tried = self.attempt();
        if tried >= tries {
            return Self::Stopped { why };
        }
        let seconds = 2u32.saturating_pow(tried).min(LONGEST_PAUSE);
        let millis = seconds * (800 + jitter.min(999) * 400 / 1000);
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
fn is_transient(refusal: &Refusal) -> bool {
    refusal.is_transient() || matches!(refusal, Refusal::UploadMissing | Refusal::UploadDiffers)
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

    /// The product's own, with the middle of the jitter.
    const USUAL: Patience = Patience {
        tries: 3,
        jitter: 500,
    };

    #[test]
    fn a_smooth_way_ends_with_sent() {
        let steps = [
            Upload::Preparing,
            sending(1),
            Upload::Checking { attempt: 1 },
        ];
        let after: Vec<_> = steps
            .iter()
            .map(|step| step.after(Outcome::Done, USUAL))
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
        let second = sending(1).after(Outcome::Broken, USUAL);
        assert_eq!(
            second,
            Upload::Retrying {
                attempt: 2,
                seconds: 2
            }
        );
        let third = sending(2).after(Outcome::Broken, USUAL);
        assert_eq!(
            third,
            Upload::Retrying {
                attempt: 3,
                seconds: 4
            }
        );
        let stopped = sending(3).after(Outcome::Broken, USUAL);
        assert_eq!(
            stopped,
            Upload::Stopped {
                why: Stop::StoreUnavailable { tries: 3 }
            }
        );
        assert!(stopped.can_retry());
    }

    #[test]
    fn as_many_tries_as_were_set_and_not_one_more() {
        let after = |tries| sending(tries).after(Outcome::Broken, Patience { tries: 5, ..USUAL });
        assert!(matches!(after(4), Upload::Retrying { attempt: 5, .. }));
        let why = Stop::StoreUnavailable { tries: 5 };
        assert_eq!(after(5), Upload::Stopped { why });
        let once = sending(1).after(Outcome::Broken, Patience { tries: 1, ..USUAL });
        let why = Stop::StoreUnavailable { tries: 1 };
        assert_eq!(once, Upload::Stopped { why });
    }

    #[test]
    fn a_full_session_is_not_tried_again() {
        let full = sending(1).after(Outcome::Refused(Refusal::SessionFull { limit: 20 }), USUAL);
        assert!(matches!(full, Upload::Stopped { .. }) && !full.can_retry());
    }

    #[test]
    fn a_lost_network_pauses_and_costs_no_try() {
        assert_eq!(
            sending(2).after(Outcome::Offline, USUAL),
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
            assert_eq!(Upload::Sent.after(outcome, USUAL), Upload::Sent);
        }
    }

    proptest! {
        #[test]
        fn bars_only_show_percentages(percent in any::<u8>()) {
            let state = Upload::Sending { attempt: 1, percent };
            prop_assert!(state.percent() <= 100);
        }

        #[test]
        fn however_often_it_is_tried_nobody_waits_much_longer_than_a_minute(
            tries in any::<u32>(), jitter in any::<u32>(), attempt in 1u32..
        ) {
            let patience = Patience { tries, jitter };
            match sending(attempt).after(Outcome::Broken, patience) {
                Upload::Retrying { seconds, .. } => prop_assert!((1..=72).contains(&seconds)),
                stopped => prop_assert_eq!(stopped, Upload::Stopped { why: Stop::StoreUnavailable { tries: attempt } }),
            }
        }
    }
}
