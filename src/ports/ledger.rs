//! What became of every committed picture, kept for longer than its session: for the practice that asks "did it
//! arrive, and where" weeks later, and for whoever has to prove that nothing was lost.

use super::PortFault;
use crate::digest::Sha256;
use crate::id::{PictureId, PracticeId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::outbox::{OutboxEntry, OutboxState};
use crate::picture::{PageOf, PictureState};
use crate::record::{Record, Target};
use crate::session::Session;
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
    /// The practice whose picture it is.
    #[serde(default = "PracticeId::of_environment")]
    pub practice: PracticeId,
    /// That practice's HPI number.
    pub facility: FacilityCode,
    /// Digest of the JPEG that was committed.
    pub sha256: Sha256,
    /// When it was committed.
    pub committed_at: Moment,
    /// When this line was written.
    pub written_at: Moment,
    /// Which page of a scanned document it is, if it is one; the value of that document's identifier is made of its name.
    pub page: Option<PageOf>,
    /// How many outcomes it has had; a line with more replaces one with fewer.
    pub outcomes: u32,
    /// The last of them.
    pub outcome: LedgerOutcome,
    /// Where it still has to go.
    pub targets: Vec<Target>,
    /// What is in the record.
    pub records: Vec<Record>,
    /// Ids of records that exist a second time.
    #[serde(alias = "spare")]
    pub duplicates: Vec<String>,
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
    /// Posted, with an unknown outcome.
    Unknown,
    /// The outcome is unknown, and a person was asked to check.
    NeedsCheck,
    /// Certainly not in the record, and about to be posted.
    Queued,
}

impl LedgerEntry {
    /// How long a line is kept after it was written.
    pub const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    /// The names under which a ledger looks for the line of a practice's picture, the one under which it writes first: 128
    /// bits of a digest of both. Until there was a choice of practices a line was named like its picture.
    #[must_use]
    pub fn names(practice: &PracticeId, picture: PictureId) -> Vec<u128> {
        let named = format!("ledger\u{0}{practice}\u{0}{picture}");
        let name = Sha256::of(named.as_bytes()).leading_bits();
        let was = (*practice == PracticeId::of_environment()).then_some(picture.bits());
        std::iter::once(name).chain(was).collect()
    }

    /// The name under which a ledger writes this line.
    #[must_use]
    pub fn name(&self) -> u128 {
        Self::names(&self.practice, self.picture)[0]
    }

    /// Whether it is the line of this practice's picture.
    #[must_use]
    pub fn is_of(&self, practice: &PracticeId, picture: PictureId) -> bool {
        self.practice == *practice && self.picture == picture
    }

    /// The line of a picture now, over all its entries in the outbox; `None` when it has none.
    #[must_use]
    pub fn of(session: &Session, picture: PictureId, now: Moment) -> Option<Self> {
        let entries: Vec<&OutboxEntry> = session.entries_of(picture).collect();
        let present = entries
            .iter()
            .filter(|it| it.state != OutboxState::Replaced);
        let mut pages = entries.iter().flat_map(|entry| &entry.pages);
        let sha256 = pages.rfind(|page| page.picture == picture)?.sha256;
        let sum = |count: fn(&OutboxEntry) -> u32| entries.iter().map(|it| count(it)).sum();
        Some(Self {
            picture,
            session: session.view.id,
            practice: session.view.launch.practice.clone(),
            facility: session.view.launch.facility.code.clone(),
            sha256,
            committed_at: entries.iter().map(|entry| entry.committed_at).max()?,
            written_at: now,
            page: session.view.picture(picture).and_then(|it| it.page),
            outcomes: sum(|entry| entry.outcomes),
            outcome: LedgerOutcome::of(session.state_of(picture).as_ref()),
            targets: each(present.copied(), |entry| &entry.targets),
            records: each(entries.iter().copied(), |entry| &entry.records),
            duplicates: each(entries.iter().copied(), |entry| &entry.duplicates),
            correlations: each(entries.iter().copied(), |entry| &entry.correlations),
        })
    }
}

/// One list of what each entry has.
fn each<'f, T: Clone + 'f>(
    entries: impl Iterator<Item = &'f OutboxEntry>,
    of: fn(&OutboxEntry) -> &Vec<T>,
) -> Vec<T> {
    entries.flat_map(of).cloned().collect()
}

impl LedgerOutcome {
    /// What a line says of a picture in this state.
    fn of(state: Option<&PictureState>) -> Self {
        match state {
            Some(PictureState::Filed { .. }) => Self::Filed,
            Some(PictureState::Unknown { .. } | PictureState::Sending) => Self::Unknown,
            Some(PictureState::NeedsCheck { .. }) => Self::NeedsCheck,
            Some(PictureState::Queued | PictureState::Waiting { .. }) => Self::Queued,
            Some(PictureState::Failed { .. } | PictureState::Reserved | PictureState::Ready)
            | None => Self::Failed,
        }
    }
}

/// The filing ledger. An answer `Ok` means durable.
#[async_trait]
pub trait FilingLedger: Send + Sync {
    /// Writes a picture's line, unless one with at least as many outcomes stands there.
    ///
    /// # Errors
    /// When the ledger does not answer. Writing again is harmless.
    async fn write(&self, entry: &LedgerEntry) -> Result<(), PortFault>;

    /// The line of a practice's picture, if it has one. Another practice's line is never answered, nor replaced, though
    /// browsers of two practices announce pictures under one id.
    ///
    /// # Errors
    /// When the ledger does not answer.
    async fn read(
        &self,
        practice: &PracticeId,
        picture: PictureId,
    ) -> Result<Option<LedgerEntry>, PortFault>;

    /// Forgets lines that were written longer than [`LedgerEntry::KEPT`] ago; says how many. A ledger whose lines go by
    /// themselves has nothing to do and says none.
    ///
    /// # Errors
    /// When the ledger does not answer.
    async fn forget_old(&self, now: Moment) -> Result<u64, PortFault>;
}
