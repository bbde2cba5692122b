//! The one place that decides what may happen in a session: a pure function of the session, a command and the time.
//!
//! A store then appends the decision if the session is still the one that was decided upon; otherwise the caller
//! loads it again and asks again. [`decide`] finds the room for a command; the rooms are `links`, `pictures`,
//! `outbox` and `ending`.

mod ending;
mod links;
mod outbox;
mod pictures;

use super::{Act, Actor, Command, EndOfSession, Event, Numbered, Reply, Session};
use crate::audit::AuditNote;
use crate::id::LinkId;
use crate::moment::Moment;
use crate::refusal::Refusal;

/// What a command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The session afterwards.
    pub next: Session,
    /// What happened, in order; what the next view was folded from.
    pub events: Vec<Numbered>,
    /// What is noted of it for the audit.
    pub notes: Vec<AuditNote>,
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
    events: Vec<Numbered>,
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
        let numbered = Numbered {
            revision: self.next.view.revision + 1,
            event,
        };
        // The number was just made to follow on; the view cannot find a gap.
        let _ = self.next.view.apply(&numbered);
        self.events.push(numbered);
        self.touched = true;
    }

    fn finish(mut self, by: Actor, reply: Reply) -> Decision {
        if self.touched {
            self.next.version += 1;
            self.note_activity(by);
        }
        let note = |numbered| AuditNote::of(&self.next, numbered, by, self.now);
        let notes = self.events.iter().filter_map(note).collect();
        Decision {
            next: self.next,
            events: self.events,
            notes,
            reply,
        }
    }

    /// Only what a person changes keeps a session alive; reading and timers do not.
    fn note_activity(&mut self, by: Actor) {
        match by {
            Actor::Desktop | Actor::Stranger => self.next.active_at = self.now,
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

/// Decides a command at a moment.
///
/// # Errors
/// A [`Refusal`] when the command may not or cannot be carried out; nothing changes then.
pub fn decide(session: &Session, command: Command, now: Moment) -> Result<Decision, Refusal> {
    let Command { by, act } = command;
    permit(session, by, &act, now)?;
    let mut draft = Draft::new(session, now);
    let reply = match act {
        Act::OfferLink { link, code, number } => links::offer(&mut draft, link, code, number),
        Act::ClaimLink {
            code,
            cookie,
            device,
        } => links::claim(&mut draft, code, cookie, device),
        Act::ConfirmPatient => links::confirm(&mut draft, own_link(by)?),
        Act::DeclinePatient => links::decline(&mut draft, own_link(by)?),
        Act::LeaveLink => links::leave(&mut draft, own_link(by)?),
        Act::RevokeLink { link } => links::revoke(&mut draft, link),
        Act::Reserve(claim) => pictures::reserve(&mut draft, by, claim),
        Act::Arrive { picture, evidence } => pictures::arrive(&mut draft, by, picture, evidence),
        Act::Inspect {
            picture,
            evidence,
            began,
        } => pictures::inspect(&mut draft, picture, evidence, began),
        Act::Describe { pictures, change } => pictures::describe(&mut draft, by, pictures, change),
        Act::Remove { picture } => pictures::remove(&mut draft, by, picture),
        Act::Commit {
            pictures,
            seen,
            scans,
        } => outbox::commit(&mut draft, &pictures, seen, scans),
        Act::BeginSubmit {
            entry,
            worker,
            correlation,
        } => outbox::begin_submit(&mut draft, entry, worker, correlation),
        Act::ConcludeSubmit {
            entry,
            target,
            fencing_token,
            outcome,
            jitter,
        } => outbox::conclude_submit(&mut draft, (entry, target, fencing_token), outcome, jitter),
        Act::BeginLookup { entry, worker } => outbox::begin_lookup(&mut draft, entry, worker),
        Act::ConcludeLookup {
            entry,
            target,
            fencing_token,
            finding,
            jitter,
        } => outbox::conclude_lookup(&mut draft, (entry, target, fencing_token), finding, jitter),
        Act::Recorded { entry, outcomes } => outbox::ledger_updated(&mut draft, entry, outcomes),
        Act::ResolveManually {
            picture,
            target,
            present,
        } => outbox::resolve_manually(&mut draft, (picture, target), present),
        Act::End { why } => ending::end(&mut draft, why),
        Act::Tick => ending::tick(&mut draft),
        Act::Swept { keys } => ending::swept(&mut draft, &keys),
    }?;
    Ok(draft.finish(by, reply))
}

/// Which commands are open to whom, and which to nobody once the session or the link is over. Whoever comes after the
/// time is refused, whether or not the server has ticked meanwhile.
fn permit(session: &Session, by: Actor, act: &Act, now: Moment) -> Result<(), Refusal> {
    let allowed = match act {
        Act::OfferLink { .. }
        | Act::RevokeLink { .. }
        | Act::Commit { .. }
        | Act::ResolveManually { .. }
        | Act::End { .. } => by == Actor::Desktop,
        Act::ClaimLink { .. } => by == Actor::Stranger,
        Act::ConfirmPatient | Act::DeclinePatient | Act::LeaveLink => matches!(by, Actor::Phone(_)),
        Act::Reserve(_) | Act::Arrive { .. } | Act::Describe { .. } | Act::Remove { .. } => {
            matches!(by, Actor::Desktop | Actor::Phone(_))
        }
        Act::Inspect { .. }
        | Act::BeginSubmit { .. }
        | Act::ConcludeSubmit { .. }
        | Act::BeginLookup { .. }
        | Act::ConcludeLookup { .. }
        | Act::Recorded { .. }
        | Act::Tick
        | Act::Swept { .. } => by == Actor::Server,
    };
    if !allowed {
        return Err(Refusal::NotAllowed);
    }
    if by == Actor::Server {
        return Ok(());
    }
    if let Some(why) = session.view.ended {
        return Err(Refusal::SessionEnded { why });
    }
    if session.is_idle(now) {
        let why = EndOfSession::Idle;
        return Err(Refusal::SessionEnded { why });
    }
    if let Actor::Phone(link) = by {
        links::must_be_held(session, link, now)?;
    }
    Ok(())
}

fn own_link(by: Actor) -> Result<LinkId, Refusal> {
    match by {
        Actor::Phone(link) => Ok(link),
        _ => Err(Refusal::NotAllowed),
    }
}

#[cfg(test)]
mod tests;
