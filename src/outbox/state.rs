//! The states of an entry, and the lease under which a worker moves it on: a claim that runs out at a moment, with a
//! fencing token that tells a late holder from the present one.

use super::Reconciliation;
use crate::id::WorkerId;
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

/// A worker's exclusive claim on a task, which ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The number of the claim. An outcome under an older number is not believed, unless it is "filed".
    #[serde(alias = "fence")]
    pub fencing_token: u64,
    /// The worker that holds it, for people who read stores and logs.
    pub worker: WorkerId,
    /// When it was claimed.
    pub since: Moment,
    /// When it expires; from then on nothing may be posted under it.
    pub until: Moment,
}

/// What a worker can do for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxTask {
    /// Post it to the record system.
    Submit,
    /// Search the record for it.
    Reconcile,
}
