//! Commands whose reply has a type of its own, so that who asks for a place is given a place and has no other reply to
//! handle. A command's type, its reply and its decision stand together in one `impl`.
//!
//! The reply is typed where it is made. It becomes a [`Reply`] only to be stored, and is read back from one only when a write
//! was sent twice; a stored reply that does not fit is a fault of the store.

use super::{Draft, outbox, pairing, revisions, uploads};
use crate::refusal::Refusal;
use crate::session::reply::{Begun, ClaimedLink, Reserved};
use crate::session::{
    Actor, BeginLookup, BeginSubmit, ClaimLink, Command, Reply, RevisionClaim, UploadClaim,
};

/// A command, and the type of its reply. [`Command`] is one as well: any command, answered by any [`Reply`].
pub trait TypedCommand: Clone + Into<Command> {
    /// What it is answered with.
    type Reply: Clone + Into<Reply> + TryFrom<Reply>;

    /// Decides it in a session, after it was authorized.
    ///
    /// # Errors
    /// When it cannot be executed; what was drafted so far does not count then.
    fn handle(self, draft: &mut Draft, by: Actor) -> Result<Self::Reply, Refusal>;
}

impl TypedCommand for UploadClaim {
    type Reply = Reserved;

    fn handle(self, draft: &mut Draft, by: Actor) -> Result<Reserved, Refusal> {
        uploads::reserve(draft, by, self)
    }
}

impl From<UploadClaim> for Command {
    fn from(claim: UploadClaim) -> Self {
        Self::Reserve(claim)
    }
}

impl TypedCommand for RevisionClaim {
    /// `None` when the picture shows these bytes already.
    type Reply = Option<Reserved>;

    fn handle(self, draft: &mut Draft, by: Actor) -> Result<Option<Reserved>, Refusal> {
        revisions::revise(draft, by, self)
    }
}

impl From<RevisionClaim> for Command {
    fn from(claim: RevisionClaim) -> Self {
        Self::Revise(claim)
    }
}

impl TypedCommand for ClaimLink {
    type Reply = ClaimedLink;

    fn handle(self, draft: &mut Draft, _: Actor) -> Result<ClaimedLink, Refusal> {
        pairing::claim(draft, self)
    }
}

impl From<ClaimLink> for Command {
    fn from(claim: ClaimLink) -> Self {
        Self::ClaimLink(claim)
    }
}

impl TypedCommand for BeginSubmit {
    type Reply = Begun;

    fn handle(self, draft: &mut Draft, _: Actor) -> Result<Begun, Refusal> {
        outbox::begin_submit(draft, self)
    }
}

impl From<BeginSubmit> for Command {
    fn from(begin: BeginSubmit) -> Self {
        Self::BeginSubmit(begin)
    }
}

impl TypedCommand for BeginLookup {
    type Reply = Begun;

    fn handle(self, draft: &mut Draft, _: Actor) -> Result<Begun, Refusal> {
        outbox::begin_lookup(draft, self)
    }
}

impl From<BeginLookup> for Command {
    fn from(begin: BeginLookup) -> Self {
        Self::BeginLookup(begin)
    }
}
