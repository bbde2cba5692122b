//! The states of an entry, and the task that a worker can have in them.

use super::{Lease, Reconciliation};
use crate::moment::Moment;
use crate::picture::FilingFailure;
use serde::{Deserialize, Serialize};

/// The state of an entry. `Filed`, `Failed` and `Replaced` are final, but a new commit queues a failed entry again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutboxState {
    /// Certainly not in the record for the present target; may be posted.
    Queued {
        /// Not before then.
        not_before: Moment,
        /// Why the attempt before this one failed, if there was one.
        failure: Option<FilingFailure>,
    },
    /// A worker may be posting it, under this lease.
    Sending(Lease),
    /// It was posted with an unknown outcome; the record is searched for it.
    Unknown(Reconciliation),
    /// The program cannot find out whether it is in the record. A person has to check in Medtech.
    NeedsCheck {
        /// Why the program cannot find out.
        failure: FilingFailure,
        /// When it was sent, to within the length of a lease.
        sent: Moment,
    },
    /// Certainly not in the record, and not tried again until a person asks.
    Failed(FilingFailure),
    /// Certainly not in the record, and never posted again under this name: its pages were committed in another document
    /// or one by one.
    Replaced,
    /// In the record, for all targets.
    Filed,
}

impl OutboxState {
    /// Queued without an earlier failure, to be posted from this moment on.
    #[must_use]
    pub const fn due_at(moment: Moment) -> Self {
        Self::Queued {
            not_before: moment,
            failure: None,
        }
    }
}

/// What a worker can do for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxTask {
    /// Post it to the record system.
    Submit,
    /// Search the record for it.
    Reconcile,
}
