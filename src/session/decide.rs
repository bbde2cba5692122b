//! The one place that decides what may happen in a session: a pure function of the session, a command and the time.
//!
//! A store then appends the decision if the session is still the one that was decided upon; otherwise the caller
//! loads it again and asks again (optimistic concurrency). [`decide`] first checks authorization (`authorize`), then hands
//! the command to `pairing`, `uploads`, `revisions`, `outbox` and `ending`. What first bytes and revisions have in common is in
//! `attempts`.

mod attempts;
mod ending;
mod outbox;
mod pairing;
mod revisions;
mod typed;
mod uploads;

pub use typed::TypedCommand;

use super::{Actor, Command, Event, Reply, Request, SequencedEvent, Session};
use crate::access::{self, Operation};
use crate::audit::AuditRecord;
use crate::id::LinkId;
use crate::moment::Moment;
use crate::refusal::Refusal;

/// What a command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The session afterwards.
    pub next: Session,
    /// What happened, in order; what the next view was folded from.
    pub events: Vec<SequencedEvent>,
    /// Records of it for the audit, stored together with it.
    pub audit: Vec<AuditRecord>,
    /// The answer.
    pub reply: Reply,
}

impl Decision {
    /// Whether anything changed at all; if not, nothing needs to be stored.
    #[must_use]
    pub fn changes(&self, before: &Session) -> bool {
        self.next.version != before.version
    }
}

/// A decision in the making: every event goes into the view the moment it is decided.
pub struct Draft {
    next: Session,
    events: Vec<SequencedEvent>,
    touched: bool,
    now: Moment,
}

impl Draft {
    fn new(session: &Session, now: Moment) -> Self {
        Self {
            next: session.clone(),
            events: Vec::new(),
            touched: false,
            now,
        }
    }

    fn happened(&mut self, event: Event) {
        let sequenced = SequencedEvent {
            revision: self.next.view.revision + 1,
            event,
        };
        // The number was just made to follow on; the view cannot find a gap.
        let _ = self.next.view.apply(&sequenced);
        self.events.push(sequenced);
        self.touched = true;
    }

    fn finish(mut self, by: Actor, reply: Reply) -> Decision {
        if self.touched {
            self.next.version += 1;
            self.note_activity(by);
        }
        let record = |sequenced| AuditRecord::of(&self.next, sequenced, by, self.now);
        let audit = self.events.iter().filter_map(record).collect();
        Decision {
            next: self.next,
            events: self.events,
            audit,
            reply,
        }
    }

    /// Only what a person changes keeps a session alive; reading and timers do not.
    fn note_activity(&mut self, by: Actor) {
        match by {
            Actor::Desktop | Actor::Unpaired => self.next.active_at = self.now,
            Actor::Phone(link) => {
                self.next.active_at = self.now;
                if let Some(at) = self.next.phone_active_at.get_mut(&link) {
                    *at = self.now;
                }
            }
            Actor::Server => {}
        }
    }
}

/// Decides a request at a moment.
///
/// ```
/// # mod fixture { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/session.rs")); }
/// # use fixture::{NOW, session};
/// use clinical_images::digest::Sha256;
/// use clinical_images::id::LinkId;
/// use clinical_images::refusal::Refusal;
/// use clinical_images::session::{Actor, Command, Event, MatchNumber, Request, decide};
///
/// let session = session();
/// let offer = Command::OfferLink {
///     link: LinkId::from_bits(1),
///     code: Sha256::of(b"what the QR code holds"),
///     number: MatchNumber::from_bits(42),
/// };
/// let request = Request { by: Actor::Desktop, command: offer };
/// let decision = decide(&session, request.clone(), NOW)?;
/// assert!(matches!(decision.events[0].event, Event::LinkOffered { .. }));
/// assert_eq!(decision.next.view.links.len(), 1);
/// // Nothing has happened yet: a store appends the decision if the session still has this version.
/// assert_eq!((session.version, decision.next.version), (0, 1));
///
/// let request = Request { by: Actor::Unpaired, ..request };
/// assert_eq!(decide(&session, request, NOW), Err(Refusal::NotAllowed));
/// # Ok::<(), Refusal>(())
/// ```
///
/// # Errors
/// A [`Refusal`] when the command may not or cannot be executed; nothing changes then.
pub fn decide(session: &Session, request: Request, now: Moment) -> Result<Decision, Refusal> {
    let Request { by, command } = request;
    let (decision, _) = decide_typed(session, by, command, now)?;
    Ok(decision)
}

/// Decides a command whose reply has a type of its own. The reply comes beside the decision, which holds it as it is stored.
///
/// # Errors
/// As [`decide`].
pub fn decide_typed<C: TypedCommand>(
    session: &Session,
    by: Actor,
    command: C,
    now: Moment,
) -> Result<(Decision, C::Reply), Refusal> {
    let asked: Command = command.clone().into();
    authorize(session, by, asked.operation(), now)?;
    let mut draft = Draft::new(session, now);
    let reply = command.handle(&mut draft, by)?;
    Ok((draft.finish(by, reply.clone().into()), reply))
}

impl TypedCommand for Command {
    type Reply = Reply;

    /// Every command has an arm of its own: a new one does not compile until somebody has decided what it does.
    fn handle(self, draft: &mut Draft, by: Actor) -> Result<Reply, Refusal> {
        Ok(match self {
            Command::OfferLink { link, code, number } => {
                pairing::offer(draft, link, code, number)?.into()
            }
            Command::ClaimLink(claim) => claim.handle(draft, by)?.into(),
            Command::ConfirmPatient => pairing::confirm(draft, own_link(by)?)?.into(),
            Command::DeclinePatient => pairing::decline(draft, own_link(by)?)?.into(),
            Command::LeaveLink => pairing::leave(draft, own_link(by)?)?.into(),
            Command::RevokeLink { link } => pairing::revoke(draft, link)?.into(),
            Command::Reserve(claim) => claim.handle(draft, by)?.into(),
            Command::Arrive { picture, evidence } => {
                uploads::arrive(draft, by, picture, evidence)?.into()
            }
            Command::ReconcileUpload {
                picture,
                evidence,
                began,
            } => uploads::reconcile_upload(draft, picture, evidence, began)?.into(),
            Command::Revise(claim) => claim.handle(draft, by)?.into(),
            Command::ArriveRevision {
                picture,
                sha256,
                evidence,
            } => revisions::arrive(draft, by, (picture, sha256), evidence)?.into(),
            Command::CancelRevision { picture, sha256 } => {
                revisions::cancel(draft, by, picture, sha256)?.into()
            }
            Command::Revert { picture } => revisions::revert(draft, by, picture)?.into(),
            Command::Describe { pictures, change } => {
                uploads::describe(draft, by, pictures, change)?.into()
            }
            Command::Remove { picture } => uploads::remove(draft, by, picture)?.into(),
            Command::Commit {
                pictures,
                precondition,
                scans,
            } => outbox::commit(draft, &pictures, precondition, scans)?.into(),
            Command::BeginSubmit(begin) => begin.handle(draft, by)?.into(),
            Command::ConcludeSubmit {
                entry,
                target,
                fencing_token,
                outcome,
                jitter,
            } => outbox::conclude_submit(draft, (entry, target, fencing_token), outcome, jitter)?
                .into(),
            Command::BeginLookup(begin) => begin.handle(draft, by)?.into(),
            Command::ConcludeLookup {
                entry,
                target,
                fencing_token,
                finding,
                jitter,
            } => outbox::conclude_lookup(draft, (entry, target, fencing_token), finding, jitter)?
                .into(),
            Command::Recorded { entry, outcomes } => {
                outbox::ledger_updated(draft, entry, outcomes)?.into()
            }
            Command::ResolveManually {
                picture,
                target,
                present,
            } => outbox::resolve_manually(draft, (picture, target), present)?.into(),
            Command::End { why } => ending::end(draft, why)?.into(),
            Command::Tick => ending::tick(draft)?.into(),
            Command::ObjectsDeleted { keys } => ending::objects_deleted(draft, &keys)?.into(),
        })
    }
}

/// Authorization by role, and that nobody may ask for anything once the session or the link is over. A request after its time is
/// refused, whether or not the server has ticked meanwhile.
fn authorize(
    session: &Session,
    by: Actor,
    operation: Operation,
    now: Moment,
) -> Result<(), Refusal> {
    access::authorize(by.role(), operation)?;
    if by == Actor::Server {
        return Ok(());
    }
    if let Some(why) = session.end_as_of(now) {
        return Err(Refusal::SessionEnded { why });
    }
    if let Actor::Phone(link) = by {
        pairing::must_be_held(session, link, now)?;
    }
    Ok(())
}

fn own_link(by: Actor) -> Result<LinkId, Refusal> {
    match by {
        Actor::Phone(link) => Ok(link),
        Actor::Desktop | Actor::Unpaired | Actor::Server => Err(Refusal::NotAllowed),
    }
}

#[cfg(test)]
mod tests;
