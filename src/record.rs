//! Places in the record and what is known to be there: which targets a practice files to, and each record that exists.

use crate::id::OutboxEntryId;
use crate::moment::Moment;
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

    /// The identifier that an entry's record has at this target. It is an idempotency key: made of names only, so the same
    /// at every attempt.
    #[must_use]
    pub fn identifier(self, entry: OutboxEntryId) -> String {
        match self {
            Self::Media => entry.to_string(),
            Self::ScanTiff | Self::ScanPdf => format!("{entry}-scan"),
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

/// A record that exists at one target; the GP sees it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Where in the record it is.
    pub target: Target,
    /// When it became known that it exists, which may be long after it was created.
    pub at: Moment,
    /// How that became known, and the record system's id where it is known.
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
    /// A person saw it in Medtech; its id is not known.
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
