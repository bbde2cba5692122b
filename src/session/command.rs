//! What can be asked of a session, by whom, and what it answers: commands, the actors who request them, and replies.

use super::{DeviceKind, EndOfSession, MatchNumber};
use crate::access::{Operation, Role};
use crate::digest::Sha256;
use crate::id::{LinkId, OutboxEntryId, PictureId, WorkerId};
use crate::moment::Moment;
use crate::picture::jpeg::JpegHeader;
use crate::picture::{Details, DetailsChange, Edit, FilingFailure, ObjectKey, Rendition, Source};
use crate::record::Target;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// The GP's screen.
    Desktop,
    /// A phone that holds this link.
    Phone(LinkId),
    /// A phone that shows a code and is not paired yet: it has no access token.
    #[serde(alias = "Stranger")]
    Unpaired,
    /// The server itself: timers and the outbox worker.
    Server,
}

impl Actor {
    /// Where a picture that this actor announces comes from.
    #[must_use]
    pub fn source(self) -> Source {
        match self {
            Self::Phone(link) => Source::Phone(link),
            Self::Desktop | Self::Unpaired | Self::Server => Source::Desktop,
        }
    }

    /// In what role it asks.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Desktop => Role::Desktop,
            Self::Phone(_) => Role::Phone,
            Self::Unpaired => Role::Unpaired,
            Self::Server => Role::Server,
        }
    }
}

/// A command, together with the actor who asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Who asks.
    pub by: Actor,
    /// What for.
    pub command: Command,
}

/// What can be asked for. Who may ask for which stands in [`crate::access::POLICY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Desktop: offer a link; an offer that nobody claimed yet is replaced.
    OfferLink {
        /// The new link's name.
        link: LinkId,
        /// Digest of its code.
        code: Sha256,
        /// The number both screens will show.
        number: MatchNumber,
    },
    /// Unpaired: claim the link with this code.
    ClaimLink {
        /// Digest of the code.
        code: Sha256,
        /// Digest of the cookie that the phone will hold.
        cookie: Sha256,
        /// The phone's kind.
        device: DeviceKind,
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
    /// Desktop or phone: keep a place for a later revision of a picture that has arrived, and say where its bytes go. What is
    /// shown stays until they arrive.
    Revise(RevisionClaim),
    /// Desktop or phone: the bytes of a revision are sent; here is what the server found in the store.
    ArriveRevision {
        /// Which picture.
        picture: PictureId,
        /// Digest of the bytes that were announced: somebody else may have announced others since.
        sha256: Sha256,
        /// What lies under the revision's key; nothing when nothing does.
        evidence: Option<Evidence>,
    },
    /// Desktop or phone: the revision on its way is not wanted any more.
    CancelRevision {
        /// Which picture.
        picture: PictureId,
        /// Digest of the bytes that were announced: somebody else may have announced others since, which may still come.
        sha256: Sha256,
    },
    /// Desktop or phone: bring the original back.
    Revert {
        /// Which picture.
        picture: PictureId,
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
        /// What must still be so, as the GP had it on the screen.
        precondition: CommitPrecondition,
        /// How they become scanned documents, where the practice files such.
        scans: Scans,
    },
    /// Server: claim this entry to post it to ALEX. From then on only an outcome or the lease's end moves it.
    BeginSubmit {
        /// The entry to be posted.
        entry: OutboxEntryId,
        /// The worker that claims it.
        worker: WorkerId,
        /// Names the attempt in ALEX's logs and in ours.
        correlation: String,
    },
    /// Server: the outcome of a post.
    ConcludeSubmit {
        /// The entry that was posted.
        entry: OutboxEntryId,
        /// The target it was posted to.
        target: Target,
        /// The fencing token of the claim under which it was done.
        fencing_token: u64,
        /// The outcome.
        outcome: SubmitOutcome,
        /// Random, to spread the next try.
        jitter: u16,
    },
    /// Server: claim this entry, whose outcome is unknown, to search the record for it.
    BeginLookup {
        /// The entry to be looked up.
        entry: OutboxEntryId,
        /// The worker that claims the search.
        worker: WorkerId,
    },
    /// Server: the outcome of a search.
    ConcludeLookup {
        /// The entry that was looked up.
        entry: OutboxEntryId,
        /// The target that was searched.
        target: Target,
        /// The fencing token of the claim under which it was done.
        fencing_token: u64,
        /// What was found.
        finding: Finding,
        /// Random, to spread the next search.
        jitter: u16,
    },
    /// Server: the ledger has the first outcomes of this entry.
    Recorded {
        /// The entry whose outcomes were written.
        entry: OutboxEntryId,
        /// Number of outcomes that the ledger has.
        outcomes: u32,
    },
    /// Desktop: a person checked in Medtech whether a picture with an unknown outcome is there.
    ResolveManually {
        /// The picture that was looked for.
        picture: PictureId,
        /// The part of the record in which it was looked for.
        target: Target,
        /// Whether it is there.
        present: bool,
    },
    /// Server: nobody has confirmed the upload, so the server checked the store by itself. If the announced bytes are
    /// there, the picture arrives; if none can come any more, its reservation is given up.
    ReconcileUpload {
        /// Which picture.
        picture: PictureId,
        /// What lies under its key; nothing when nothing does.
        evidence: Option<Evidence>,
        /// When the check began: bytes that came later are not in the evidence.
        began: Moment,
    },
    /// Desktop: end the session.
    End {
        /// How.
        why: EndOfSession,
    },
    /// Server: time has passed.
    Tick,
    /// Server: these objects were deleted, and the store no longer has them. Ends their pending deletions.
    ObjectsDeleted {
        /// Keys of the deleted objects.
        keys: Vec<ObjectKey>,
    },
}

impl Command {
    /// The row of the policy that says who may ask for it.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::OfferLink { .. } => Operation::OfferLink,
            Self::ClaimLink { .. } => Operation::ClaimLink,
            Self::ConfirmPatient => Operation::ConfirmPatient,
            Self::DeclinePatient => Operation::DeclinePatient,
            Self::LeaveLink => Operation::LeaveLink,
            Self::RevokeLink { .. } => Operation::RevokeLink,
            Self::Reserve(_) => Operation::Reserve,
            Self::Arrive { .. } => Operation::Arrive,
            Self::Revise(_) => Operation::Revise,
            Self::ArriveRevision { .. } => Operation::ArriveRevision,
            Self::CancelRevision { .. } => Operation::CancelRevision,
            Self::Revert { .. } => Operation::Revert,
            Self::Describe { .. } => Operation::Describe,
            Self::Remove { .. } => Operation::Remove,
            Self::Commit { .. } => Operation::Commit,
            Self::BeginSubmit { .. } => Operation::BeginSubmit,
            Self::ConcludeSubmit { .. } => Operation::ConcludeSubmit,
            Self::BeginLookup { .. } => Operation::BeginLookup,
            Self::ConcludeLookup { .. } => Operation::ConcludeLookup,
            Self::Recorded { .. } => Operation::Recorded,
            Self::ResolveManually { .. } => Operation::ResolveManually,
            Self::ReconcileUpload { .. } => Operation::ReconcileUpload,
            Self::End { .. } => Operation::End,
            Self::Tick => Operation::Tick,
            Self::ObjectsDeleted { .. } => Operation::ObjectsDeleted,
        }
    }
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

/// A later revision of a picture that somebody wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevisionClaim {
    /// Which picture.
    pub picture: PictureId,
    /// Digest of the bytes that were shown when it was edited. When others are shown by now, the revision is refused.
    pub edited_from: Sha256,
    /// The prepared JPEG.
    pub rendition: Rendition,
    /// What was done to the original to make it.
    pub edit: Edit,
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

/// The precondition of a commit, as `If-Match` is one of a PUT: what the GP had on the screen when pressing Commit. A commit
/// of anything that changed since is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommitPrecondition {
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
        /// The claim's fencing token.
        #[serde(alias = "fence")]
        fencing_token: u64,
        /// When the claim's lease expires.
        until: Moment,
    },
    /// Bytes go here.
    Reserved {
        /// The attempt's key.
        key: ObjectKey,
    },
}
