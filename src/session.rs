//! The session: one launch, its patient, its phones, its pictures. One pure function decides what may happen in it.

mod access_token;
mod actor;
mod command;
mod decide;
mod event;
mod limits;
mod link;
mod redact;
mod reply;
mod revisions;

pub use access_token::{AccessToken, NotAToken, TokenDigests};

pub use actor::Actor;
pub use command::{
    BeginLookup, BeginSubmit, ClaimLink, Command, CommitPrecondition, Evidence, Finding, Request,
    RevisionClaim, Scans, SubmitOutcome, UploadClaim,
};
pub use decide::{Decision, TypedCommand, decide, decide_typed};
pub use event::{Event, Gap, SequencedEvent};
pub use limits::Limits;
pub use link::{DeviceKind, EndOfLink, HandoffLink, LinkState, MatchNumber};
pub use reply::{Begun, ClaimedLink, Done, OtherReply, Reply, Reserved};
pub use revisions::Uploads;

use crate::digest::Sha256;
use crate::id::{LinkId, OutboxEntryId, PictureId, SessionId};
use crate::launch::LaunchContext;
use crate::moment::Moment;
use crate::outbox::{self, Outbox, OutboxEntry, OutboxState};
use crate::picture::{ObjectKey, Picture, PictureLimits, PictureState, Rendition};
use crate::record::Target;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// What the surfaces see of a session. Browsers hold exactly this and fold events into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its name.
    pub id: SessionId,
    /// Changes when the history before it was lost: whoever follows must start over from a snapshot.
    pub epoch: u32,
    /// Number of events so far.
    pub revision: u64,
    /// Where it came from and whose pictures these are.
    pub launch: LaunchContext,
    /// Tells whether two sessions are about the same patient, without telling who that is.
    pub patient_mark: Sha256,
    /// Hand-off links, oldest first.
    pub links: Vec<HandoffLink>,
    /// Pictures, in the order in which they were announced.
    pub pictures: Vec<Picture>,
    /// Pictures that exist in the session, but not in this view (a phone sees only its own).
    pub others: u32,
    /// How many pictures the session holds at most.
    pub most_pictures: usize,
    /// What bounds each picture: who prepares, describes and sends one keeps to it.
    #[serde(default)]
    pub picture_limits: PictureLimits,
    /// Where in the record this practice's pictures go.
    pub targets: Vec<Target>,
    /// How it ended, if it has.
    pub ended: Option<EndOfSession>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EndOfSession {
    /// The GP finished; nothing was left over.
    Finished,
    /// The GP discarded what was not in the record.
    Discarded,
    /// Nobody did anything for too long.
    Idle,
}

/// A session as the server keeps it: what the surfaces see, and what they must not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Session {
    /// What the surfaces see.
    pub view: SessionView,
    /// Counts every change, also those that no surface sees; a store compares it before it appends.
    pub version: u64,
    /// The rules it was opened under.
    pub limits: Limits,
    /// Digests of the access tokens that open it.
    #[serde(alias = "keys")]
    pub tokens: TokenDigests,
    /// Secret, random prefix of its object keys, so that nobody can guess one. Stored as `key_prefix` until November 2026.
    #[serde(alias = "room")]
    pub key_prefix: u128,
    /// Where the pictures' bytes are expected or lie.
    pub uploads: BTreeMap<PictureId, Uploads>,
    /// Attempts at sending pictures so far. Numbers the next one, so that no object key is ever used twice, not even
    /// for a picture that was removed and announced again while its first object waits for deletion.
    pub attempts: u32,
    /// Objects that nobody needs any more and that are still to be deleted. Stored as `doomed` until November 2026.
    #[serde(alias = "doomed")]
    pub pending_deletions: Vec<PendingDeletion>,
    /// The outbox: what was committed, and how far each entry has come.
    #[serde(alias = "filings")]
    pub outbox: Outbox,
    /// Last time a person did something.
    pub active_at: Moment,
    /// The same for each phone.
    pub phone_active_at: BTreeMap<LinkId, Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
}

/// One attempt at sending the bytes of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Where its bytes go.
    pub key: ObjectKey,
    /// Which of the session's attempts, from 1.
    pub attempt: u32,
    /// What was announced.
    pub expected: Rendition,
    /// Until when the permission to put it lives.
    pub open_until: Moment,
    /// When the server next checks by itself whether the bytes are there, as long as nobody has confirmed them. Stored as
    /// `look_at` until November 2026.
    #[serde(alias = "look_at")]
    pub next_check_at: Moment,
}

/// How long after the end of a permission its object may still appear: a put that began in time may last, and clocks
/// differ.
pub const LATE_BYTES: Duration = Duration::from_secs(60);

/// A pending deletion (a tombstone): an object that is to be deleted once no presigned PUT could bring it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDeletion {
    /// The object.
    pub key: ObjectKey,
    /// Not deleted before this moment: until then a presigned PUT could still create the object again.
    pub after: Moment,
}

impl SessionView {
    /// The picture with this id, if this view has it.
    #[must_use]
    pub fn picture(&self, id: PictureId) -> Option<&Picture> {
        self.pictures.iter().find(|picture| picture.id == id)
    }

    /// The link with this id, if this view has it.
    #[must_use]
    pub fn link(&self, id: LinkId) -> Option<&HandoffLink> {
        self.links.iter().find(|link| link.id == id)
    }

    /// How many more pictures the session can take.
    #[must_use]
    pub fn remaining_capacity(&self) -> usize {
        self.most_pictures
            .saturating_sub(self.pictures.len() + self.others as usize)
    }
}

impl Session {
    /// Opens a session for a launch. `key_prefix` and `epoch` are random; `desktop` is the digest of the desktop's access
    /// token.
    #[must_use]
    pub fn open(
        id: SessionId,
        epoch: u32,
        key_prefix: u128,
        launch: LaunchContext,
        desktop: Sha256,
        limits: Limits,
        now: Moment,
    ) -> Self {
        let patient_mark = Sha256::of(launch.patient.fingerprint().as_bytes());
        let view = SessionView {
            id,
            epoch,
            revision: 0,
            launch,
            patient_mark,
            links: Vec::new(),
            pictures: Vec::new(),
            others: 0,
            most_pictures: limits.most_pictures,
            picture_limits: limits.picture,
            targets: limits.outbox.targets.clone(),
            ended: None,
        };
        let tokens = TokenDigests {
            desktop,
            codes: BTreeMap::new(),
            phones: BTreeMap::new(),
        };
        Self {
            view,
            version: 0,
            limits,
            tokens,
            key_prefix,
            uploads: BTreeMap::new(),
            attempts: 0,
            pending_deletions: Vec::new(),
            outbox: Outbox::new(),
            active_at: now,
            phone_active_at: BTreeMap::new(),
            ended_at: None,
        }
    }

    /// Whose access token has this digest, if it is one of this session.
    #[must_use]
    pub fn actor_of(&self, secret: Sha256) -> Option<Actor> {
        if self.tokens.desktop == secret {
            return Some(Actor::Desktop);
        }
        let phone = self
            .tokens
            .phones
            .iter()
            .find(|(_, digest)| **digest == secret);
        phone.map(|(link, _)| Actor::Phone(*link))
    }

    /// When the scheduler has to do something for this session: a link or the session runs out, a copy must be deleted,
    /// an upload may have arrived unannounced, an outbox entry waits for a worker.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        self.due_beside(self.outbox.values().filter_map(OutboxEntry::due))
    }

    /// The same, without the tasks of these outbox entries that are due already: a worker has started them.
    #[must_use]
    pub fn next_due_excluding(
        &self,
        entries: &HashSet<OutboxEntryId>,
        now: Moment,
    ) -> Option<Moment> {
        let left = self
            .outbox
            .iter()
            .filter(|(id, entry)| !entries.contains(id) || entry.due_task(now).is_none());
        self.due_beside(left.filter_map(|(_, entry)| entry.due()))
    }

    /// The earliest of these moments and of whatever else is due in the session.
    fn due_beside(&self, entries: impl Iterator<Item = Moment>) -> Option<Moment> {
        let limits = &self.limits;
        let mut due: Vec<Moment> = self
            .pending_deletions
            .iter()
            .map(|pending| pending.after)
            .collect();
        due.extend(self.unconfirmed().map(|(_, upload)| upload.next_check_at));
        due.extend(entries);
        match self.ended_at {
            Some(at) => due.push(at.plus(limits.keep_ended)),
            // It does not run out under a picture whose fate is open, however long a person takes to look.
            None if self.has_unsettled() => {}
            None => due.push(self.idle_at()),
        }
        for link in &self.view.links {
            match link.state {
                LinkState::Offered => due.push(link.expires_at),
                LinkState::Claimed { .. } => due.extend(self.phone_idle_at(link.id)),
                LinkState::Ended { .. } => {}
            }
        }
        due.into_iter().min()
    }

    /// When it ends for want of anybody who does something.
    #[must_use]
    pub fn idle_at(&self) -> Moment {
        self.active_at.plus(self.limits.session_idle)
    }

    /// Whether nobody has done anything for too long. Pictures whose filing is not settled keep a session open.
    #[must_use]
    pub fn is_idle(&self, now: Moment) -> bool {
        now >= self.idle_at() && !self.has_unsettled()
    }

    /// How it ended, whether or not the server has ticked since nobody did anything for too long; `None` while it is open.
    #[must_use]
    pub fn end_as_of(&self, now: Moment) -> Option<EndOfSession> {
        let idle = self.is_idle(now).then_some(EndOfSession::Idle);
        self.view.ended.or(idle)
    }

    fn has_unsettled(&self) -> bool {
        let mut pictures = self.view.pictures.iter();
        pictures.any(|picture| picture.state.is_unsettled())
    }

    /// When the phone on this link has done nothing for too long; `None` when no phone holds it.
    #[must_use]
    pub fn phone_idle_at(&self, link: LinkId) -> Option<Moment> {
        let active = self.phone_active_at.get(&link)?;
        Some(active.plus(self.limits.phone_idle))
    }

    /// Whether nothing is left to do for it, so that it can be forgotten.
    #[must_use]
    pub fn can_be_forgotten(&self, now: Moment) -> bool {
        let over = self
            .ended_at
            .is_some_and(|at| now >= at.plus(self.limits.keep_ended));
        // What was discarded while a person should have checked it stays so; everything else has an end.
        let is_done = |entry: &OutboxEntry| {
            let asks = matches!(entry.state, OutboxState::NeedsCheck { .. });
            entry.due().is_none() && (!entry.is_open() || asks)
        };
        over && self.pending_deletions.is_empty() && self.outbox.values().all(is_done)
    }

    /// The outbox entries that hold a picture, as [`outbox::entries_of`] lists them.
    pub fn entries_of(&self, picture: PictureId) -> impl Iterator<Item = &OutboxEntry> {
        outbox::entries_of(&self.outbox, picture)
    }

    /// The state of a committed picture over all its outbox entries; `None` for a picture that was not committed.
    #[must_use]
    pub fn state_of(&self, picture: PictureId) -> Option<PictureState> {
        outbox::state_of(&self.outbox, picture)
    }
}

#[cfg(test)]
mod tests;
