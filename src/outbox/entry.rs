//! An entry of the outbox. Its name is the idempotency key: the identifier of the record is made of it, so every attempt
//! carries the same one, whoever makes it.

use super::{OutboxState, OutboxTask};
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::moment::Moment;
use crate::record::{Record, Target};
use serde::{Deserialize, Serialize};

/// How many correlation ids are kept.
const CORRELATIONS: usize = 10;

/// An entry in the outbox. It is kept after its outcome: a retry continues with it, and its identifier, which is made of
/// the entry's name and the target, never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxEntry {
    /// The pictures that go into the record together, in order; never none.
    pub pages: Vec<Page>,
    /// Fingerprint of the patient whose record it goes into.
    pub patient: Sha256,
    /// Revision of the session that the GP had on the screen.
    pub revision: u64,
    /// When the GP committed it.
    pub committed_at: Moment,
    /// Targets that still need a record, in order; the first is being worked on.
    pub targets: Vec<Target>,
    /// Its records, in the order in which they became known.
    pub records: Vec<Record>,
    /// Ids of records that turned up for a target that had its record already. There should be none.
    #[serde(alias = "spare")]
    pub duplicates: Vec<String>,
    /// The fencing token of the last claim. Each claim adds one.
    #[serde(alias = "fence")]
    pub fencing_token: u64,
    /// Attempts at the first of the targets since a person last asked for it.
    pub tries: u32,
    /// Names of the latest attempts in the logs on both sides, oldest first.
    pub correlations: Vec<String>,
    /// What is known about it now.
    #[serde(alias = "stage")]
    pub state: OutboxState,
    /// Number of outcomes so far; each is written to the ledger.
    pub outcomes: u32,
    /// Number of these outcomes that the ledger has.
    pub recorded: u32,
}

/// A picture as an entry holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The picture whose bytes make the page.
    pub picture: PictureId,
    /// Digest of the bytes that the GP saw and chose.
    pub sha256: Sha256,
}

impl OutboxEntry {
    /// The task that a worker may claim now, if any.
    #[must_use]
    pub fn due_task(&self, now: Moment) -> Option<OutboxTask> {
        match &self.state {
            OutboxState::Queued { not_before, .. } if now >= *not_before => {
                Some(OutboxTask::Submit)
            }
            OutboxState::Unknown(reconciliation) if now >= reconciliation.due() => {
                Some(OutboxTask::Reconcile)
            }
            OutboxState::Queued { .. }
            | OutboxState::Sending(_)
            | OutboxState::Unknown(_)
            | OutboxState::NeedsCheck { .. }
            | OutboxState::Failed(_)
            | OutboxState::Replaced
            | OutboxState::Filed => None,
        }
    }

    /// When a worker has to do something for this entry; `None` when only a person can.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        if self.recorded < self.outcomes {
            // The ledger can be written at once.
            return Some(self.committed_at);
        }
        match &self.state {
            OutboxState::Queued { not_before, .. } => Some(*not_before),
            OutboxState::Sending(lease) => Some(lease.until),
            OutboxState::Unknown(reconciliation) => Some(reconciliation.due()),
            OutboxState::NeedsCheck { .. }
            | OutboxState::Failed(_)
            | OutboxState::Replaced
            | OutboxState::Filed => None,
        }
    }

    /// Whether its outcome is still open, for the program or for a person.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(
            self.state,
            OutboxState::Failed(_) | OutboxState::Replaced | OutboxState::Filed
        )
    }

    /// Whether this picture is among its pages.
    #[must_use]
    pub fn holds(&self, picture: PictureId) -> bool {
        self.pages.iter().any(|page| page.picture == picture)
    }

    /// Its pages' names, in order.
    pub fn pictures(&self) -> impl Iterator<Item = PictureId> {
        self.pages.iter().map(|page| page.picture)
    }

    /// The target being worked on.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.targets.first().copied()
    }

    pub(crate) fn note_correlation(&mut self, correlation: String) {
        self.correlations.push(correlation);
        let surplus = self.correlations.len().saturating_sub(CORRELATIONS);
        self.correlations.drain(..surplus);
    }
}
