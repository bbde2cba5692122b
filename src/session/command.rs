//! What can be asked of a session, by whom, and what it answers.

use super::{DeviceLabel, EndOfSession, MatchNumber};
use crate::digest::Sha256;
use crate::id::{LinkId, PictureId};
use crate::moment::Moment;
use crate::picture::jpeg::JpegHeader;
use crate::picture::{Details, DetailsChange, FilingFailure, ObjectKey, Rendition, Source};
use serde::{Deserialize, Serialize};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The GP's screen.
    Desktop,
    /// A phone that holds this link.
    Phone(LinkId),
    /// A phone that shows a code and holds nothing yet.
    Stranger,
    /// The server itself: timers and the filing worker.
    Server,
}

impl Actor {
    /// Where a picture that this actor announces comes from.
    #[must_use]
    pub fn source(self) -> Source {
        match self {
            Self::Phone(link) => Source::Phone(link),
            Self::Desktop | Self::Stranger | Self::Server => Source::Desktop,
        }
    }
}

/// Somebody asks for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Who.
    pub by: Actor,
    /// What.
    pub act: Act,
}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Desktop: offer a link; an offer that nobody claimed yet is replaced.
    OfferLink {
        /// The new link's name.
        link: LinkId,
        /// Digest of its code.
        code: Sha256,
        /// The number both screens will show.
        number: MatchNumber,
    },
    /// Stranger: claim the link with this code.
    ClaimLink {
        /// Digest of the code.
        code: Sha256,
        /// Digest of the cookie that the phone will hold.
        cookie: Sha256,
        /// The phone's kind.
        device: DeviceLabel,
    },
    /// Phone: yes, this is my patient.
    ConfirmPatient,
    /// Phone: no, it is not. Ends the link.
    DeclinePatient,
    /// Phone: finished. Ends the link.
    LeaveLink,
    /// Desktop: cut a phone off.
    RevokeLink {
        /// Which.
        link: LinkId,
    },
    /// Desktop or phone: keep a place for a picture and say where its bytes go. Asked again for a picture that has
    /// not arrived, it begins a new attempt.
    Reserve(UploadClaim),
    /// Desktop or phone: the bytes are sent; here is what the server found in the store.
    Arrive {
        /// Which picture.
        picture: PictureId,
        /// What lies under its key; nothing when nothing does.
        evidence: Option<Evidence>,
    },
    /// Desktop or phone: change details of pictures.
    Describe {
        /// Which.
        pictures: Vec<PictureId>,
        /// How.
        change: DetailsChange,
    },
    /// Desktop or phone: take a picture away.
    Remove {
        /// Which.
        picture: PictureId,
    },
    /// Desktop: file these pictures.
    Commit {
        /// Which.
        pictures: Vec<PictureId>,
        /// What the GP had on the screen.
        seen: Seen,
    },
    /// Server: this picture is about to be sent to ALEX. From then on only an outcome moves it.
    BeginFiling {
        /// Which.
        picture: PictureId,
    },
    /// Server: this is what came of it.
    ConcludeFiling {
        /// Which.
        picture: PictureId,
        /// The outcome.
        outcome: FilingOutcome,
    },
    /// Desktop: a person looked into Medtech for a picture whose fate was unknown.
    Settle {
        /// Which.
        picture: PictureId,
        /// Whether it is there.
        present: bool,
    },
    /// Server: nobody has said that the bytes are sent, so it looked by itself. Right bytes arrive; where there are none
    /// in the end, the place is given up.
    Inspect {
        /// Which picture.
        picture: PictureId,
        /// What lies under its key; nothing when nothing does.
        evidence: Option<Evidence>,
        /// When it began to look: bytes that came later are not in the evidence.
        began: Moment,
    },
    /// Desktop: end the session.
    End {
        /// How.
        why: EndOfSession,
    },
    /// Server: time has passed.
    Tick,
    /// Server: these objects are gone from the store.
    Swept {
        /// Which.
        keys: Vec<ObjectKey>,
    },
}

/// A picture that somebody wants to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadClaim {
    /// Its name, chosen by the surface.
    pub picture: PictureId,
    /// The prepared JPEG.
    pub rendition: Rendition,
    /// When it was taken, by the device's clock.
    pub taken_at: Moment,
    /// What was said about it so far.
    pub details: Details,
}

/// What the server found under a picture's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whose object it is: the attempt that the key was made for.
    pub attempt: u32,
    /// Number of bytes.
    pub length: u64,
    /// Their digest.
    pub sha256: Sha256,
    /// What they say of themselves; nothing when they are no whole JPEG.
    #[serde(skip)]
    pub jpeg: Option<JpegHeader>,
}

/// What a GP had on the screen when pressing Commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Fingerprint of the patient in the banner.
    pub patient: Sha256,
    /// Revision of the session's view.
    pub revision: u64,
}

/// What came of sending a picture to ALEX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilingOutcome {
    /// It is in the record under this id.
    Filed {
        /// ALEX's id.
        record: String,
    },
    /// It certainly is not.
    Failed(FilingFailure),
    /// Nobody knows.
    Unknown(FilingFailure),
}

/// What a session answers to a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Done.
    Done,
    /// The phone holds this link now.
    Claimed {
        /// Which.
        link: LinkId,
    },
    /// Bytes go here.
    Reserved {
        /// The attempt's key.
        key: ObjectKey,
    },
}
