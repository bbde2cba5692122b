//! Reconciliation after an unknown outcome: the entry was posted, no usable answer came, and the record is searched until
//! it is known whether the entry is there.

use super::Lease;
use crate::moment::Moment;
use crate::picture::FilingFailure;
use serde::{Deserialize, Serialize};

/// How far the search has come for an entry that may or may not be in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// When the outcome became unknown.
    pub since: Moment,
    /// Number of complete searches that did not find it.
    #[serde(alias = "absences")]
    pub not_found: u32,
    /// Number of searches that got no usable answer.
    #[serde(alias = "vain")]
    pub failed_lookups: u32,
    /// Why the outcome is unknown.
    pub failure: FilingFailure,
    /// The earliest moment of the next search.
    #[serde(alias = "look_at")]
    pub next_lookup_at: Moment,
    /// The lease of the search under way, if there is one.
    #[serde(alias = "looking")]
    pub lease: Option<Lease>,
}

impl Reconciliation {
    /// When the next search is due. One that is under way is waited for until its lease expires.
    #[must_use]
    pub fn due(&self) -> Moment {
        self.lease.as_ref().map_or(self.next_lookup_at, |lease| {
            lease.until.max(self.next_lookup_at)
        })
    }
}
