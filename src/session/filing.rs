//! What the server keeps of pictures on their way into the record: the outbox entries that a commit writes, one for each
//! record that shall exist. A picture has one of its own; pictures that are pages of one scanned document share one.
//!
//! Owns the stages, what is due in each, and what a picture's entries together show. Must not know how a picture is
//! sent, nor decide: that is `decide::filing`. The obligations are two. An attempt is durable before its first byte goes out, and
//! whoever holds it is named by a fence that grows with every claim; and whether a picture is in the record
//! is only ever learnt from the record system or from a person, never concluded from silence.

mod rules;
mod shown;

pub use rules::FilingRules;

use crate::digest::Sha256;
use crate::id::{FilingId, PictureId, WorkerId};
use crate::moment::Moment;
use crate::picture::FilingFailure;
use serde::{Deserialize, Serialize};

/// Where in the record a picture goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// As a FHIR Media with the JPEG itself.
    Media,
    /// As a scanned document, the JPEG inside a TIFF.
    ScanTiff,
    /// As a scanned document, the JPEG inside a PDF.
    ScanPdf,
}

impl Target {
    /// Its name in settings, logs and ledgers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::ScanTiff => "scan-tiff",
            Self::ScanPdf => "scan-pdf",
        }
    }

    /// The value of an entry's identifier there: made of names only, so that it is the same at every attempt.
    #[must_use]
    pub fn identifier(self, filing: FilingId) -> String {
        match self {
            Self::Media => filing.to_string(),
            Self::ScanTiff | Self::ScanPdf => format!("{filing}-scan"),
        }
    }

    /// Whether what is filed there may have several pages.
    #[must_use]
    pub const fn takes_pages(self) -> bool {
        matches!(self, Self::ScanTiff | Self::ScanPdf)
    }

    /// The target of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Media, Self::ScanTiff, Self::ScanPdf]
            .into_iter()
            .find(|target| target.name() == name)
    }
}

/// An entry in the outbox. It outlives its filing: a retry goes on from it, and the identifier, which is made of the
/// entry's name and the target, is the same for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// The pictures that go into the record together, in order; never none.
    pub pages: Vec<Page>,
    /// Fingerprint of the patient for whom.
    pub patient: Sha256,
    /// Revision of the session that the GP had on the screen.
    pub revision: u64,
    /// When the GP committed it.
    pub committed_at: Moment,
    /// Where it still has to go, in order; the first is being worked on.
    pub targets: Vec<Target>,
    /// What is in the record, in the order in which it became known.
    pub records: Vec<Record>,
    /// Records that turned up for a target that was done already. There should be none.
    pub spare: Vec<String>,
    /// Grows with every claim; the number of the last one.
    pub fence: u64,
    /// Attempts at the present target since a person last asked for it.
    pub tries: u32,
    /// Names of the latest attempts in the logs on both sides, oldest first.
    pub correlations: Vec<String>,
    /// How far it has come.
    pub stage: Stage,
    /// How many outcomes it has had; the ledger is told of each.
    pub outcomes: u32,
    /// How many of them the ledger has.
    pub recorded: u32,
}

/// A picture as an entry holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Which.
    pub picture: PictureId,
    /// Digest of the bytes that the GP saw and chose.
    pub sha256: Sha256,
}

/// How many correlation ids are kept.
const CORRELATIONS: usize = 10;

/// One target that is done: what was filed where, as the GP sees it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Which.
    pub target: Target,
    /// When that became known.
    pub at: Moment,
    /// How, and under which id.
    pub known_by: KnownBy,
}

/// How it became known that a picture is in the record, with the record system's id where that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KnownBy {
    /// The record system answered with this id.
    Answer(String),
    /// It was read back under this id after an answer was missing.
    ReadBack(String),
    /// A person looked, and saw it.
    Person,
}

impl Record {
    /// The record system's id, unless only a person knows that it is there.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.known_by {
            KnownBy::Answer(id) | KnownBy::ReadBack(id) => Some(id),
            KnownBy::Person => None,
        }
    }
}

/// A stage on the way. `Filed`, `Failed` and `Replaced` end it; a new commit takes a failed one up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Certainly not in the record for the present target; may be posted.
    Queued {
        /// Not before then.
        not_before: Moment,
        /// Why it was not posted before, when that was tried.
        failure: Option<FilingFailure>,
    },
    /// Somebody may be posting it.
    Sending(Lease),
    /// It was posted, and nobody knows what became of it.
    Unknown(Search),
    /// The program cannot find out. A person has to look.
    NeedsCheck {
        /// Why it cannot.
        failure: FilingFailure,
        /// When it was sent, about.
        sent: Moment,
    },
    /// Certainly not in the record, and not tried again until a person asks.
    Failed(FilingFailure),
    /// Certainly not in the record, and never posted again under this name: a person had its pages filed otherwise.
    Replaced,
    /// In the record, for all targets.
    Filed,
}

impl Stage {
    /// May be posted from this moment on.
    #[must_use]
    pub const fn due_at(moment: Moment) -> Self {
        Self::Queued {
            not_before: moment,
            failure: None,
        }
    }
}

/// Somebody's exclusive hold on an errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The claim's number.
    pub fence: u64,
    /// Whose, for people who read stores and logs.
    pub worker: WorkerId,
    /// Since when.
    pub since: Moment,
    /// From then on it holds no longer: nothing may be posted under it.
    pub until: Moment,
}

/// The search for a picture that may or may not be in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Since when nobody knows.
    pub since: Moment,
    /// How often it was looked for and not there.
    pub absences: u32,
    /// How often looking came to nothing.
    pub vain: u32,
    /// Why nobody knows.
    pub failure: FilingFailure,
    /// Not looked for before then.
    pub look_at: Moment,
    /// Who is looking.
    pub looking: Option<Lease>,
}

/// What a worker can do for an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Post it.
    Post,
    /// Look for it.
    Look,
}

impl Filing {
    /// What a worker may claim now.
    #[must_use]
    pub fn errand(&self, now: Moment) -> Option<Errand> {
        match &self.stage {
            Stage::Queued { not_before, .. } if now >= *not_before => Some(Errand::Post),
            Stage::Unknown(search) if now >= search.due() => Some(Errand::Look),
            _ => None,
        }
    }

    /// When somebody must do something for it by itself.
    #[must_use]
    pub fn due(&self) -> Option<Moment> {
        if self.recorded < self.outcomes {
            // The ledger waits for nothing but a worker.
            return Some(self.committed_at);
        }
        match &self.stage {
            Stage::Queued { not_before, .. } => Some(*not_before),
            Stage::Sending(lease) => Some(lease.until),
            Stage::Unknown(search) => Some(search.due()),
            Stage::NeedsCheck { .. } | Stage::Failed(_) | Stage::Replaced | Stage::Filed => None,
        }
    }

    /// Whether the program or a person still has to find out what becomes of it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(
            self.stage,
            Stage::Failed(_) | Stage::Replaced | Stage::Filed
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

impl Search {
    /// When the next look is due: a look under way is left alone until its lease is over.
    #[must_use]
    pub fn due(&self) -> Moment {
        self.looking
            .as_ref()
            .map_or(self.look_at, |lease| lease.until.max(self.look_at))
    }
}
