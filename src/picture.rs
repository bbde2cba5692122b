//! A picture: its states, what is said about it, and its limits. The bytes live elsewhere.

mod body_site;
mod details;
mod edit;
pub mod jpeg;
mod limits;
mod object_key;
mod presigned_put;

pub use body_site::{BodySite, SNOMED, Side};
pub use details::{Details, DetailsChange, Laterality, Missing, Note, NoteTooLong, View};
pub use edit::{Area, BadEdit, Crop, Edit};
pub use limits::PictureLimits;
pub use object_key::ObjectKey;
pub use presigned_put::PresignedPut;

use crate::digest::Sha256;
use crate::id::{LinkId, OutboxEntryId, PictureId};
use crate::moment::Moment;
use crate::record::{Record, Target};
use serde::{Deserialize, Serialize};

/// Pictures a session holds at most.
pub const MOST_PICTURES: usize = 20;
/// The one media type that is uploaded and filed.
pub const JPEG: &str = "image/jpeg";

/// One picture of a session, as both surfaces see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its name for good.
    pub id: PictureId,
    /// Who took it.
    pub source: Source,
    /// When it was taken, by the device's clock.
    pub taken_at: Moment,
    /// The bytes that were announced and, once arrived, verified.
    pub rendition: Rendition,
    /// What these bytes were made from, when they are a later revision than the first that arrived.
    #[serde(default)]
    pub edited: Option<Edited>,
    /// Whether a later revision is on its way. What is shown stays as it is until that has arrived; a commit waits for it.
    #[serde(default)]
    pub revising: bool,
    /// What is said about it.
    pub details: Details,
    /// How far it has come.
    pub state: PictureState,
    /// Which page of a scanned document it was committed as; nothing for a picture that is a document by itself.
    pub page: Option<PageOf>,
    /// The session's revision when anything about it last changed: a commit names what its GP had seen.
    pub revision: u64,
}

/// A picture's place in a scanned document of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageOf {
    /// Which document.
    pub document: OutboxEntryId,
    /// Which page of it, from 1.
    pub number: u8,
    /// How many pages it has.
    pub of: u8,
}

/// Where a picture came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The consultation's own screen: a file, a drop, the clipboard.
    Desktop,
    /// A phone that joined by this link.
    Phone(LinkId),
}

/// The prepared JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// Number of bytes.
    pub length: u64,
    /// Digest of the bytes.
    pub sha256: Sha256,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// What a later revision of a picture was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The first bytes that arrived. They are kept until the session ends.
    pub original: Rendition,
    /// What was done to them.
    pub edit: Edit,
}

impl Picture {
    /// The first bytes that arrived, from which every revision is made.
    #[must_use]
    pub fn original(&self) -> Rendition {
        self.edited.map_or(self.rendition, |edited| edited.original)
    }

    /// What was done to the original.
    #[must_use]
    pub fn edit(&self) -> Edit {
        self.edited.map_or_else(Edit::default, |edited| edited.edit)
    }
}

/// How far a picture has come on its way into the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PictureState {
    /// A place is kept; the bytes are on their way.
    Reserved,
    /// Verified in the store; can be committed.
    Ready,
    /// Chosen by the GP; waits for its turn at ALEX.
    Queued,
    /// Certainly not in the record; ALEX could not take it, and it is tried again by itself.
    Waiting {
        /// Why not.
        failure: FilingFailure,
        /// When it is tried again.
        until: Moment,
    },
    /// ALEX may have received it. From here nothing is posted again without knowing.
    Sending,
    /// In the record.
    Filed {
        /// What was filed where.
        records: Vec<Record>,
        /// When the last of it became known.
        at: Moment,
    },
    /// Certainly not in the record.
    Failed {
        /// Why, in a form the surface has a sentence for.
        failure: FilingFailure,
    },
    /// Nobody knows yet: the request went out and no usable answer came back. It is looked for by itself.
    Unknown {
        /// What was seen last.
        failure: FilingFailure,
    },
    /// Nobody knows, and the program cannot find out: a person has to look into Medtech.
    NeedsCheck {
        /// Why the program cannot.
        failure: FilingFailure,
        /// When it was sent, to within the two minutes that an answer may take.
        sent: Moment,
        /// Where in the record it would be.
        target: Target,
    },
}

impl PictureState {
    /// Whether a commit may take it.
    #[must_use]
    pub fn can_commit(&self) -> bool {
        match self {
            Self::Ready => true,
            Self::Failed { failure } => failure.reason.can_retry(),
            _ => false,
        }
    }

    /// Whether details may still change and the picture may still be removed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Reserved | Self::Ready | Self::Failed { .. })
    }

    /// Whether the program is still at it: no person needs to do anything.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        match self {
            Self::Queued | Self::Waiting { .. } | Self::Sending | Self::Unknown { .. } => true,
            Self::Reserved
            | Self::Ready
            | Self::Filed { .. }
            | Self::Failed { .. }
            | Self::NeedsCheck { .. } => false,
        }
    }

    /// Whether a commit has taken it and its fate is open. A session does not run out under such a picture.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.is_under_way() || matches!(self, Self::NeedsCheck { .. })
    }
}

/// Why filing a picture did not come to a good end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingFailure {
    /// The kind, which decides the sentence and what can be done.
    pub reason: FilingReason,
    /// For the support desk: status, issue codes, correlation id. No patient data.
    pub technical: String,
}

/// Kinds of filing failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FilingReason {
    /// Nothing answered at ALEX's address, or it said it is overloaded, before it took the picture.
    #[serde(alias = "alexAway")]
    AlexUnavailable,
    /// ALEX refused this server's credentials.
    Credentials,
    /// ALEX does not let this practice or role do it.
    Forbidden,
    /// ALEX found fault with what was sent.
    Rejected,
    /// No answer, a broken one, or a crash in between: the picture may or may not have arrived.
    NoAnswer,
    /// It was posted without an answer, and later it was not in the record.
    NotArrived,
    /// ALEX does not let itself be asked whether the picture arrived.
    CannotLook,
    /// Something lies in the record under this picture's identifier that is not this picture for this patient.
    Different,
    /// The temporary copy could not be read.
    CopyUnreadable,
    /// ALEX now describes this patient differently than when the session was opened.
    PatientChanged,
}

impl FilingReason {
    /// Whether a person can press "Retry" without changing anything first. This is not `is_transient`: nothing is tried
    /// again by itself because of it.
    #[must_use]
    pub fn can_retry(self) -> bool {
        !matches!(self, Self::PatientChanged)
    }
}
