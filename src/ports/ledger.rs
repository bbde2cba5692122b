//! What became of every committed picture, kept for longer than its session: for the practice that asks "did it
//! arrive, and where" weeks later, and for whoever has to prove that nothing was lost.

use super::PortFault;
use crate::digest::Sha256;
use crate::id::{PictureId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::session::{Filing, Record, Stage, Target};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One picture's line: identifiers, places, times and a digest. No picture, no name, no NHI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// Which picture; the value of its identifier in the record is made of it.
    pub picture: PictureId,
    /// The session it came from.
    pub session: SessionId,
    /// The practice it went to.
    pub facility: FacilityCode,
    /// Digest of the JPEG that was committed.
    pub sha256: Sha256,
    /// When it was committed.
    pub committed_at: Moment,
    /// When this line was written.
    pub written_at: Moment,
    /// How many outcomes it has had; a line with more replaces one with fewer.
    pub outcomes: u32,
    /// The last of them.
    pub outcome: LedgerOutcome,
    /// Where it still has to go.
    pub targets: Vec<Target>,
    /// What is in the record.
    pub records: Vec<Record>,
    /// Records that should not be there.
    pub spare: Vec<String>,
    /// Names of the latest attempts in the logs on both sides.
    pub correlations: Vec<String>,
}

/// How a picture stood when its line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LedgerOutcome {
    /// In the record.
    Filed,
    /// Certainly not in the record.
    Failed,
    /// Posted, and nobody knows.
    Unknown,
    /// Nobody knows, and a person was asked.
    NeedsCheck,
    /// Certainly not in the record, and about to be posted.
    Queued,
}

impl LedgerEntry {
    /// How long a line is kept after it was written.
    pub const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    /// The line of a picture as it stands now.
    #[must_use]
    pub fn of(
        (session, picture): (SessionId, PictureId),
        facility: &FacilityCode,
        filing: &Filing,
        now: Moment,
    ) -> Self {
        Self {
            picture,
            session,
            facility: facility.clone(),
            sha256: filing.sha256,
            committed_at: filing.committed_at,
            written_at: now,
            outcomes: filing.outcomes,
            outcome: match filing.stage {
                Stage::Filed => LedgerOutcome::Filed,
                Stage::Failed => LedgerOutcome::Failed,
                Stage::Unknown(_) | Stage::Sending(_) => LedgerOutcome::Unknown,
                Stage::NeedsCheck => LedgerOutcome::NeedsCheck,
                Stage::Queued { .. } => LedgerOutcome::Queued,
            },
            targets: filing.targets.clone(),
            records: filing.records.clone(),
            spare: filing.spare.clone(),
            correlations: filing.correlations.clone(),
        }
    }
}

/// A ledger of filings. An answer `Ok` means durable.
#[async_trait]
pub trait FilingLedger: Send + Sync {
    /// Writes a picture's line, unless one with at least as many outcomes stands there.
    ///
    /// # Errors
    /// When the ledger does not answer. Writing again is harmless.
    async fn write(&self, entry: &LedgerEntry) -> Result<(), PortFault>;

    /// A picture's line, if it has one.
    ///
    /// # Errors
    /// When the ledger does not answer.
    async fn read(&self, picture: PictureId) -> Result<Option<LedgerEntry>, PortFault>;

    /// Forgets lines that were written longer than [`LedgerEntry::KEPT`] ago; says how many. A ledger whose lines go by
    /// themselves has nothing to do and says none.
    ///
    /// # Errors
    /// When the ledger does not answer.
    async fn forget_old(&self, now: Moment) -> Result<u64, PortFault>;
}
