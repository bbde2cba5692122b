//! What can be asked of a session: commands, and a command with its actor. Replies are in `reply`; which command has which
//! of them stands with its decision, in `decide::typed`.

mod contents;
mod outcome;

pub use contents::{
    BeginLookup, BeginSubmit, ClaimLink, CommitPrecondition, Evidence, RevisionClaim, Scans,
    UploadClaim,
};
pub use outcome::{Finding, SubmitOutcome};

use super::{Actor, EndOfSession, MatchNumber};
use crate::access::Operation;
use crate::digest::Sha256;
use crate::id::{LinkId, OutboxEntryId, PictureId};
use crate::moment::Moment;
use crate::picture::{DetailsChange, ObjectKey};
use crate::record::Target;
use serde::{Deserialize, Serialize};

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
    ClaimLink(ClaimLink),
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
    BeginSubmit(BeginSubmit),
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
    BeginLookup(BeginLookup),
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

impl Request {
    /// Tells this request from any other: a digest of all that is asked, and by whom. Two requests whose `Debug` looks the
    /// same, because it hides what a person wrote, have different ones.
    #[must_use]
    pub fn fingerprint(&self) -> Sha256 {
        let json = serde_json::to_vec(self).expect("a request has no part that JSON cannot hold");
        Sha256::of(&json)
    }
}

impl Command {
    /// The row of the policy that says who may ask for it.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::OfferLink { .. } => Operation::OfferLink,
            Self::ClaimLink(_) => Operation::ClaimLink,
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
            Self::BeginSubmit(_) => Operation::BeginSubmit,
            Self::ConcludeSubmit { .. } => Operation::ConcludeSubmit,
            Self::BeginLookup(_) => Operation::BeginLookup,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::LinkId;
    use crate::picture::Note;

    fn noted(by: Actor, note: &str) -> Request {
        let change = DetailsChange {
            note: Some(Note::new(note).unwrap()),
            ..DetailsChange::default()
        };
        let pictures = vec![PictureId::from_bits(1)];
        Request {
            by,
            command: Command::Describe { pictures, change },
        }
    }

    #[test]
    fn requests_that_differ_in_a_note_alone_have_different_fingerprints() {
        let [one, other] = ["mole", "wart"].map(|note| noted(Actor::Desktop, note));
        assert_eq!(format!("{one:?}"), format!("{other:?}"), "notes are hidden");
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.fingerprint(), one.clone().fingerprint());
        let phone = Actor::Phone(LinkId::from_bits(1));
        assert_ne!(one.fingerprint(), noted(phone, "mole").fingerprint());
    }
}
