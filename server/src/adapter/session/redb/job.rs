//! What a caller hands to the writer, in bytes already: whatever can be done beside the one writing thread is done
//! before.

use crate::adapter::session::{PORT, revision_before, row};
use clinical_images::audit::AuditRecord;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{Append, Appended, IdempotencyKey, Opening, PortFault};
use clinical_images::session::Session;
use tokio::sync::oneshot;

/// A change, and where its answer goes.
pub(super) struct Job {
    pub(super) change: Change,
    pub(super) answer: oneshot::Sender<Result<Outcome, PortFault>>,
}

/// What can be changed.
pub(super) enum Change {
    /// Store a session that is not there yet.
    Open(Row, StoredAudit),
    /// Compare and append.
    Append(Box<Step>),
    /// Remove a session with everything that belongs to it.
    Forget(SessionId),
    /// Acknowledge audit records: remove them from the outbox.
    AckAudit(Vec<AuditKey>),
    /// Claim a nonce for a session.
    ClaimOnce {
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    },
    /// Write something, to see whether that works.
    Probe,
}

/// A session as it is stored.
pub(super) struct Row {
    pub(super) id: SessionId,
    pub(super) version: u64,
    pub(super) revision: u64,
    pub(super) due: Option<Moment>,
    pub(super) session: Vec<u8>,
}

/// Where an audit record lies: when, in which session, of which revision.
pub(super) type AuditKey = (i64, u128, u64);

/// An audit record as it is stored.
pub(super) type StoredAudit = (AuditKey, Vec<u8>);

/// An append.
pub(super) struct Step {
    pub(super) expected: u64,
    pub(super) revision_before: u64,
    pub(super) idempotency_key: IdempotencyKey,
    pub(super) reply: Vec<u8>,
    pub(super) events: Vec<(u64, Vec<u8>)>,
    pub(super) audit: Vec<StoredAudit>,
    pub(super) next: Row,
}

/// What became of a change.
pub(super) enum Outcome {
    /// It is true.
    Done,
    /// What became of opening a session.
    Opening(Opening),
    /// An append's answer.
    Appended(Appended),
    /// The session that a nonce was claimed for first.
    ClaimedFor(SessionId),
    /// It cannot be; nothing changed.
    Refused(PortFault),
}

impl Change {
    pub(super) fn open(session: &Session) -> Result<Self, PortFault> {
        Ok(Self::Open(
            Row::of(session)?,
            stored_audit(&AuditRecord::launch(session))?,
        ))
    }

    pub(super) fn append(append: &Append<'_>) -> Result<Self, PortFault> {
        let decision = append.decision;
        let events = decision.events.iter();
        let events = events.map(|sequenced| Ok((sequenced.revision, row(&sequenced.event)?)));
        Ok(Self::Append(Box::new(Step {
            expected: append.expected,
            revision_before: revision_before(append)?,
            idempotency_key: append.idempotency_key,
            reply: row(&decision.reply)?,
            events: events.collect::<Result<_, PortFault>>()?,
            audit: decision
                .audit
                .iter()
                .map(stored_audit)
                .collect::<Result<_, _>>()?,
            next: Row::of(&decision.next)?,
        })))
    }

    pub(super) fn ack_audit(records: &[AuditRecord]) -> Self {
        Self::AckAudit(records.iter().map(audit_key).collect())
    }

    /// The session whose subscribers are to be notified of this, once it is durable.
    pub(super) fn changed_session(&self, outcome: &Outcome) -> Option<SessionId> {
        match (self, outcome) {
            (Self::Append(step), Outcome::Appended(Appended::Done)) => Some(step.next.id),
            (Self::Forget(id), Outcome::Done) => Some(*id),
            _ => None,
        }
    }
}

fn audit_key(record: &AuditRecord) -> AuditKey {
    (record.at.millis(), record.session.bits(), record.revision)
}

fn stored_audit(record: &AuditRecord) -> Result<StoredAudit, PortFault> {
    Ok((audit_key(record), row(record)?))
}

impl Row {
    fn of(session: &Session) -> Result<Self, PortFault> {
        Ok(Self {
            id: session.view.id,
            version: session.version,
            revision: session.view.revision,
            due: session.next_due(),
            session: row(session)?,
        })
    }
}

impl Outcome {
    pub(super) fn done(self) -> Result<(), PortFault> {
        match self {
            Self::Done => Ok(()),
            other => Err(other.astray()),
        }
    }

    pub(super) fn appended(self) -> Result<Appended, PortFault> {
        match self {
            Self::Appended(appended) => Ok(appended),
            other => Err(other.astray()),
        }
    }

    pub(super) fn opening(self) -> Result<Opening, PortFault> {
        match self {
            Self::Opening(opening) => Ok(opening),
            other => Err(other.astray()),
        }
    }

    pub(super) fn claimed_for(self) -> Result<SessionId, PortFault> {
        match self {
            Self::ClaimedFor(session) => Ok(session),
            other => Err(other.astray()),
        }
    }

    fn astray(self) -> PortFault {
        match self {
            Self::Refused(fault) => fault,
            _ => PortFault::protocol(PORT, "the writer answered something else than was asked"),
        }
    }
}
