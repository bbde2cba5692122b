//! What can be asked of a session, by whom, and what it answers.

use super::{DeviceLabel, EndOfSession, MatchNumber, Target};
use crate::digest::Sha256;
use crate::id::{FilingId, LinkId, PictureId, WorkerId};
use crate::moment::Moment;
use crate::picture::jpeg::JpegHeader;
use crate::picture::{Details, DetailsChange, FilingFailure, ObjectKey, Rendition, Source};
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
        /// How they become scanned documents, where the practice files such.
        scans: Scans,
    },
    /// Server: this entry of the outbox is about to be sent to ALEX. From then on only an outcome moves it.
    BeginFiling {
        /// Which.
        filing: FilingId,
        /// Who claims it.
        worker: WorkerId,
        /// Names the attempt in ALEX's logs and in ours.
        correlation: String,
    },
    /// Server: this is what came of it.
    ConcludeFiling {
        /// Which.
        filing: FilingId,
        /// Where it went.
        target: Target,
        /// The claim under which.
        fence: u64,
        /// The outcome.
        outcome: FilingOutcome,
        /// Random, to spread the next try.
        jitter: u16,
    },
    /// Server: this entry, of which nobody knows, is about to be looked for.
    BeginLook {
        /// Which.
        filing: FilingId,
        /// Who claims the look.
        worker: WorkerId,
    },
    /// Server: this is what looking for it came to.
    ConcludeLook {
        /// Which.
        filing: FilingId,
        /// Where it should be.
        target: Target,
        /// The claim under which.
        fence: u64,
        /// What was found.
        finding: Finding,
        /// Random, to spread the next look.
        jitter: u16,
    },
    /// Server: the ledger has so many outcomes of this entry.
    Recorded {
        /// Which.
        filing: FilingId,
        /// How many.
        outcomes: u32,
    },
    /// Desktop: a person looked into Medtech for a picture whose fate was unknown.
    Settle {
        /// Which.
        picture: PictureId,
        /// Where in the record it was looked for.
        target: Target,
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

/// How the pictures of a commit become scanned documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scans {
    /// Each is a document of its own.
    #[default]
    Separate,
    /// All are pages of one, in the session's order; of several, when one would be larger than the record takes.
    Together,
    /// What was committed before stays as it was; anything else is separate. For a retry.
    AsBefore,
}

/// What came of sending an entry to ALEX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilingOutcome {
    /// It is in the record under this id.
    Filed {
        /// ALEX's id.
        record: String,
    },
    /// It certainly is not.
    Failed(FilingFailure),
    /// It certainly is not, for a reason that passes by itself.
    Later {
        /// The reason.
        failure: FilingFailure,
        /// Not tried again for so long, when ALEX said so.
        after: Option<Duration>,
    },
    /// Nobody knows.
    Unknown(FilingFailure),
}

/// What came of looking for an entry in the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finding {
    /// It is there: identifier, patient and bytes agree.
    Found {
        /// ALEX's id.
        record: String,
    },
    /// It was not there at this moment. The failure is what a person reads when it stays so.
    Absent(FilingFailure),
    /// ALEX did not answer; looking later may help.
    Away(FilingFailure),
    /// ALEX does not let itself be searched, or what it found is not what was sent. Looking again does not help.
    CannotTell(FilingFailure),
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
    /// The claim is made.
    Begun {
        /// Its number.
        fence: u64,
        /// How long it holds.
        until: Moment,
    },
    /// Bytes go here.
    Reserved {
        /// The attempt's key.
        key: ObjectKey,
    },
}
