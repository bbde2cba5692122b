//! The upload of one picture from a browser to the store, as a state machine: [`UploadState`] and [`UploadEvent`] give the
//! next state. Pure: the browser prepares, sends and waits, and reports each result as an event. Retries follow an
//! exponential backoff with jitter ([`RetryPolicy`]).

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The state of one upload. Lives in the browser only; the server knows sessions and their pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum UploadState {
    /// Queued; preparing has not started.
    Waiting,
    /// The codec on this device is turning it upright, resizing it and removing its metadata.
    Preparing,
    /// Prepared, and waiting for the person to press Send.
    Prepared,
    /// The bytes are being sent to the store.
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
    /// Waiting for the next automatic attempt.
    Retrying {
        /// The try that comes next.
        attempt: u32,
        /// Seconds until then.
        seconds: u32,
    },
    /// The device is offline; the upload resumes when the browser is online again.
    Paused {
        /// The try that comes next.
        attempt: u32,
    },
    /// Stopped; a person can press "try again".
    Stopped {
        /// Why it stopped; a surface has a sentence for each case.
        why: UploadFailure,
    },
    /// The server has it and has verified it.
    Sent,
}

/// Why an upload stopped and waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stop", rename_all = "camelCase")]
pub enum UploadFailure {
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
    /// The store could not be reached, or did not accept the bytes, in every attempt.
    StoreUnavailable {
        /// How many attempts were made.
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

/// What happened to the step that the browser was working on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadEvent {
    /// The step worked.
    StepDone,
    /// The server already has the picture; only its answer to an earlier attempt was lost.
    AlreadyStored,
    /// The file cannot be used.
    Unusable(Unusable),
    /// The server refused.
    Refused(Refusal),
    /// The network or the store failed in the middle.
    Broken,
    /// The browser says it is offline.
    Offline,
}

impl UploadState {
    /// The state after an event. Events that do not belong to the present state leave it as it is.
    #[must_use]
    pub fn after(&self, event: UploadEvent, policy: RetryPolicy) -> Self {
        match (self, event) {
            (Self::Stopped { .. } | Self::Sent | Self::Waiting | Self::Prepared, _) => self.clone(),
            (_, UploadEvent::AlreadyStored) => Self::Sent,
            (_, UploadEvent::Unusable(kind)) => Self::Stopped {
                why: UploadFailure::Unusable { kind },
            },
            (Self::Preparing, UploadEvent::StepDone) => Self::Prepared,
            (Self::Sending { attempt, .. }, UploadEvent::StepDone) => {
                Self::Checking { attempt: *attempt }
            }
            (Self::Checking { .. }, UploadEvent::StepDone) => Self::Sent,
            (_, UploadEvent::StepDone) => self.clone(),
            (_, UploadEvent::Offline) => Self::Paused {
                attempt: self.attempt(),
            },
            (_, UploadEvent::Broken) => {
                let tries = self.attempt();
                self.again(UploadFailure::StoreUnavailable { tries }, policy)
            }
            (_, UploadEvent::Refused(refusal)) if is_transient(&refusal) => {
                self.again(UploadFailure::Refused { refusal }, policy)
            }
            (_, UploadEvent::Refused(refusal)) => Self::Stopped {
                why: UploadFailure::Refused { refusal },
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
    fn again(&self, why: UploadFailure, RetryPolicy { tries, jitter }: RetryPolicy) -> Self {
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
                why: UploadFailure::Unusable { kind },
            } => {
                matches!(kind, Unusable::Unreadable | Unusable::Unavailable)
            }
            Self::Stopped {
                why: UploadFailure::Refused { refusal },
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

    fn sending(attempt: u32) -> UploadState {
        UploadState::Sending {
            attempt,
            percent: 40,
        }
    }

    /// The product's own, with the middle of the jitter.
    const DEFAULT_POLICY: RetryPolicy = RetryPolicy {
        tries: 3,
        jitter: 500,
    };

    #[test]
    fn a_smooth_way_ends_with_sent() {
        let steps = [
            UploadState::Preparing,
            sending(1),
            UploadState::Checking { attempt: 1 },
        ];
        let after: Vec<_> = steps
            .iter()
            .map(|step| step.after(UploadEvent::StepDone, DEFAULT_POLICY))
            .collect();
        assert_eq!(
            after,
            [
                UploadState::Prepared,
                UploadState::Checking { attempt: 1 },
                UploadState::Sent
            ]
        );
    }

    #[test]
    fn the_third_failure_asks_a_person() {
        let second = sending(1).after(UploadEvent::Broken, DEFAULT_POLICY);
        assert_eq!(
            second,
            UploadState::Retrying {
                attempt: 2,
                seconds: 2
            }
        );
        let third = sending(2).after(UploadEvent::Broken, DEFAULT_POLICY);
        assert_eq!(
            third,
            UploadState::Retrying {
                attempt: 3,
                seconds: 4
            }
        );
        let stopped = sending(3).after(UploadEvent::Broken, DEFAULT_POLICY);
        assert_eq!(
            stopped,
            UploadState::Stopped {
                why: UploadFailure::StoreUnavailable { tries: 3 }
            }
        );
        assert!(stopped.can_retry());
    }

    #[test]
    fn as_many_tries_as_were_set_and_not_one_more() {
        let after = |tries| {
            sending(tries).after(
                UploadEvent::Broken,
                RetryPolicy {
                    tries: 5,
                    ..DEFAULT_POLICY
                },
            )
        };
        assert!(matches!(after(4), UploadState::Retrying { attempt: 5, .. }));
        let why = UploadFailure::StoreUnavailable { tries: 5 };
        assert_eq!(after(5), UploadState::Stopped { why });
        let once = sending(1).after(
            UploadEvent::Broken,
            RetryPolicy {
                tries: 1,
                ..DEFAULT_POLICY
            },
        );
        let why = UploadFailure::StoreUnavailable { tries: 1 };
        assert_eq!(once, UploadState::Stopped { why });
    }

    #[test]
    fn a_full_session_is_not_tried_again() {
        let full = sending(1).after(
            UploadEvent::Refused(Refusal::SessionFull { limit: 20 }),
            DEFAULT_POLICY,
        );
        assert!(matches!(full, UploadState::Stopped { .. }) && !full.can_retry());
    }

    #[test]
    fn a_lost_network_pauses_and_costs_no_try() {
        assert_eq!(
            sending(2).after(UploadEvent::Offline, DEFAULT_POLICY),
            UploadState::Paused { attempt: 2 }
        );
    }

    #[test]
    fn what_is_sent_stays_sent() {
        for event in [
            UploadEvent::Broken,
            UploadEvent::Offline,
            UploadEvent::Unusable(Unusable::Damaged),
        ] {
            assert_eq!(
                UploadState::Sent.after(event, DEFAULT_POLICY),
                UploadState::Sent
            );
        }
    }

    proptest! {
        #[test]
        fn bars_only_show_percentages(percent in any::<u8>()) {
            let state = UploadState::Sending { attempt: 1, percent };
            prop_assert!(state.percent() <= 100);
        }

        #[test]
        fn however_often_it_is_tried_nobody_waits_much_longer_than_a_minute(
            tries in any::<u32>(), jitter in any::<u32>(), attempt in 1u32..
        ) {
            let policy = RetryPolicy { tries, jitter };
            match sending(attempt).after(UploadEvent::Broken, policy) {
                UploadState::Retrying { seconds, .. } => prop_assert!((1..=72).contains(&seconds)),
                stopped => prop_assert_eq!(stopped, UploadState::Stopped { why: UploadFailure::StoreUnavailable { tries: attempt } }),
            }
        }
    }
}
