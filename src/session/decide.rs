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
mod uploads;

use super::{Actor, Command, Event, Reply, Request, SequencedEvent, Session};
use crate::access;
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
struct Draft {
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
/// # Errors
/// A [`Refusal`] when the command may not or cannot be executed; nothing changes then.
pub fn decide(session: &Session, request: Request, now: Moment) -> Result<Decision, Refusal> {
    let Request { by, command } = request;
    authorize(session, by, &command, now)?;
    let mut draft = Draft::new(session, now);
    let reply = match command {
        Command::OfferLink { link, code, number } => pairing::offer(&mut draft, link, code, number),
        Command::ClaimLink {
            code,
            cookie,
            device,
        } => pairing::claim(&mut draft, code, cookie, device),
        Command::ConfirmPatient => pairing::confirm(&mut draft, own_link(by)?),
        Command::DeclinePatient => pairing::decline(&mut draft, own_link(by)?),
        Command::LeaveLink => pairing::leave(&mut draft, own_link(by)?),
        Command::RevokeLink { link } => pairing::revoke(&mut draft, link),
        Command::Reserve(claim) => uploads::reserve(&mut draft, by, claim),
        Command::Arrive { picture, evidence } => uploads::arrive(&mut draft, by, picture, evidence),
        Command::ReconcileUpload {
            picture,
            evidence,
            began,
        } => uploads::reconcile_upload(&mut draft, picture, evidence, began),
        Command::Revise(claim) => revisions::revise(&mut draft, by, claim),
        Command::ArriveRevision {
            picture,
            sha256,
            evidence,
        } => revisions::arrive(&mut draft, by, (picture, sha256), evidence),
        Command::CancelRevision { picture, sha256 } => {
            revisions::cancel(&mut draft, by, picture, sha256)
        }
        Command::Revert { picture } => revisions::revert(&mut draft, by, picture),
        Command::Describe { pictures, change } => {
            uploads::describe(&mut draft, by, pictures, change)
        }
        Command::Remove { picture } => uploads::remove(&mut draft, by, picture),
        Command::Commit {
            pictures,
            precondition,
            scans,
        } => outbox::commit(&mut draft, &pictures, precondition, scans),
        Command::BeginSubmit {
            entry,
            worker,
            correlation,
        } => outbox::begin_submit(&mut draft, entry, worker, correlation),
        Command::ConcludeSubmit {
            entry,
            target,
            fencing_token,
            outcome,
            jitter,
        } => outbox::conclude_submit(&mut draft, (entry, target, fencing_token), outcome, jitter),
        Command::BeginLookup { entry, worker } => outbox::begin_lookup(&mut draft, entry, worker),
        Command::ConcludeLookup {
            entry,
            target,
            fencing_token,
            finding,
            jitter,
        } => outbox::conclude_lookup(&mut draft, (entry, target, fencing_token), finding, jitter),
        Command::Recorded { entry, outcomes } => {
            outbox::ledger_updated(&mut draft, entry, outcomes)
        }
        Command::ResolveManually {
            picture,
            target,
            present,
        } => outbox::resolve_manually(&mut draft, (picture, target), present),
        Command::End { why } => ending::end(&mut draft, why),
        Command::Tick => ending::tick(&mut draft),
        Command::ObjectsDeleted { keys } => ending::objects_deleted(&mut draft, &keys),
    }?;
    Ok(draft.finish(by, reply))
}

/// Authorization by role, and that nobody may ask for anything once the session or the link is over. A request after its time is
/// refused, whether or not the server has ticked meanwhile.
fn authorize(session: &Session, by: Actor, command: &Command, now: Moment) -> Result<(), Refusal> {
    access::authorize(by.role(), command.operation())?;
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
