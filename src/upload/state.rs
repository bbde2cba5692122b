//! The states of an upload, what can happen to it, and what follows.
//!
//! When a failed attempt is repeated is `retry`'s to say.

use super::retry::{RetryPolicy, is_worth_repeating};
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
    ///
    /// ```
    /// use clinical_images::upload::{RetryPolicy, UploadEvent, UploadState};
    ///
    /// let policy = RetryPolicy { tries: 3, jitter: 500 };
    /// let sending = UploadState::Sending { attempt: 1, percent: 40 };
    /// // The store has the bytes; the upload counts once the server has verified them.
    /// let checking = sending.after(UploadEvent::StepDone, policy);
    /// assert_eq!(checking, UploadState::Checking { attempt: 1 });
    /// assert_eq!(checking.after(UploadEvent::StepDone, policy), UploadState::Sent);
    /// // The network failed: another attempt follows by itself. A device that is offline waits instead.
    /// let retrying = sending.after(UploadEvent::Broken, policy);
    /// assert_eq!(retrying, UploadState::Retrying { attempt: 2, seconds: 2 });
    /// let paused = sending.after(UploadEvent::Offline, policy);
    /// assert_eq!(paused, UploadState::Paused { attempt: 1 });
    /// ```
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
            (_, UploadEvent::Refused(refusal)) if is_worth_repeating(&refusal) => {
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

    /// The next automatic attempt; after the last one a person decides.
    fn again(&self, why: UploadFailure, policy: RetryPolicy) -> Self {
        let tried = self.attempt();
        match policy.pause_after(tried) {
            Some(seconds) => Self::Retrying {
                attempt: tried + 1,
                seconds,
            },
            None => Self::Stopped { why },
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
