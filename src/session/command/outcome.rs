//! What came of a task of an outbox entry, as the worker reports it.

use crate::picture::FilingFailure;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The outcome of posting an entry to ALEX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubmitOutcome {
    /// It is in the record under this id.
    Filed {
        /// ALEX's id.
        record: String,
    },
    /// It certainly is not in the record, and trying again by itself does not help.
    Failed(FilingFailure),
    /// It certainly is not in the record, for a transient reason: worth trying again.
    Later {
        /// The reason.
        failure: FilingFailure,
        /// How long ALEX asked not to be tried again, if it did.
        after: Option<Duration>,
    },
    /// It may or may not be in the record.
    Unknown(FilingFailure),
}

/// The outcome of a search of the record for an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// It is there: identifier, patient and bytes agree.
    Found {
        /// ALEX's id.
        record: String,
    },
    /// It was not there at this moment. The failure is what a person reads when it stays so.
    Absent(FilingFailure),
    /// ALEX did not answer; searching again later may help.
    Unavailable(FilingFailure),
    /// ALEX does not allow the search, or what it found is not what was sent. Searching again does not help.
    CannotTell(FilingFailure),
}
