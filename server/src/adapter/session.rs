//! Session stores: what stands behind the ports [`SessionStore`], [`AuditOutbox`] and [`ReplayGuard`]. One adapter stands
//! behind all three, because audit records must be stored together with the change that they are about.
//!
//! Owns how sessions, their events, answered requests, due times, nonces and audit records are kept, and how subscribers are notified.
//! Must not know what a decision means: a store compares versions and keeps what it is given. Every store passes the
//! contract suite `tests/session_store.rs`.

pub mod memory;
pub mod redb;
pub mod redis;
mod subscribers;

use clinical_images::ports::{Append, AuditOutbox, Port, PortFault, ReplayGuard, SessionStore};
use clinical_images::stored::{self, Stored};

/// At least so many of a session's latest requests are recognised when they are sent again. A use case sends a write again at
/// once when it got no answer; so many others may have written to the session between. One that is much older meets a
/// session that has moved on, and conflicts.
pub const REQUESTS_REMEMBERED: u64 = 256;

/// An adapter that stands behind the three ports. A shared one becomes each of them by upcasting.
pub trait SessionAdapter: SessionStore + AuditOutbox + ReplayGuard {}

impl<A: SessionStore + AuditOutbox + ReplayGuard> SessionAdapter for A {}

/// How these adapters call their port in a [`PortFault`].
const PORT: Port = Port::Sessions;

/// Checks that an append agrees with itself: the next version, and events numbered without a gap up to the next
/// revision. Answers the revision before the events.
fn revision_before(append: &Append<'_>) -> Result<u64, PortFault> {
    let decision = append.decision;
    if append.expected.checked_add(1) != Some(decision.next.version) {
        return Err(PortFault::protocol(
            PORT,
            "an append must lead to the next version",
        ));
    }
    let mut revision = decision.next.view.revision;
    for sequenced in decision.events.iter().rev() {
        if sequenced.revision != revision || revision == 0 {
            return Err(PortFault::protocol(
                PORT,
                "an append's events must be numbered without a gap",
            ));
        }
        revision -= 1;
    }
    Ok(revision)
}

/// A value as the stores keep it.
fn row(value: &impl Stored) -> Result<Vec<u8>, PortFault> {
    stored::write(value)
        .map_err(|error| PortFault::protocol(PORT, format!("cannot be written as JSON: {error}")))
}

/// The fault for events that do not follow on the stored ones.
fn gap() -> PortFault {
    PortFault::protocol(PORT, "an append's events do not follow on the stored ones")
}
