//! What the use cases need from the outside world, as traits. Adapters in `server` implement them; nothing in here
//! knows Redis, S3 or ALEX.

mod analyst;
mod audit;
mod audit_outbox;
mod ehr;
mod ledger;
mod object_store;
mod replay_guard;
mod sessions;

pub use crate::picture::{ObjectKey, PresignedPut};
pub use analyst::{AnalysisParts, AnalysisRequest, Analyst, AnalystFault};
pub use audit::AuditSink;
pub use audit_outbox::AuditOutbox;
pub use ehr::{Ehr, EhrFault, LaunchTicket, LeaseGuard, LookupRequest, SubmitPage, SubmitRequest};
pub use ledger::{FilingLedger, LedgerEntry, LedgerOutcome};
pub use object_store::{ObjectRead, ObjectStore, PresignedGet, PutRequest, StoredObject};
pub use replay_guard::ReplayGuard;
pub use sessions::{Append, Appended, ChangeNotifications, IdempotencyKey, Opening, SessionStore};

use crate::moment::Moment;
use std::fmt;

/// What may fail behind a port. The record system has faults of its own, [`EhrFault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// The session store. Its adapters also stand behind [`AuditOutbox`] and [`ReplayGuard`].
    Sessions,
    /// The object store.
    ObjectStore,
    /// The filing ledger.
    Ledger,
    /// The audit.
    Audit,
}

/// As logs name it.
impl fmt::Display for Port {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sessions => "session store",
            Self::ObjectStore => "object store",
            Self::Ledger => "filing ledger",
            Self::Audit => "audit",
        })
    }
}

/// A fault of the service behind a port, as its adapter reports it.
///
/// Logged once, where a use case turns it into a [`crate::refusal::Refusal`]; never shown to a person as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortFault {
    /// It does not answer, or not in time. The outcome of the request is unknown.
    #[error("{port} unavailable: {detail}")]
    Unavailable {
        /// Which port.
        port: Port,
        /// Technical detail without patient data.
        detail: String,
    },
    /// Its answer violates the protocol, or refuses what should never be refused.
    #[error("{port} violated its protocol: {detail}")]
    Protocol {
        /// Which port.
        port: Port,
        /// Technical detail without patient data.
        detail: String,
    },
}

impl PortFault {
    /// The service behind `port` does not answer.
    pub fn unavailable(port: Port, detail: impl ToString) -> Self {
        Self::Unavailable {
            port,
            detail: detail.to_string(),
        }
    }

    /// The service behind `port` violated its protocol.
    pub fn protocol(port: Port, detail: impl ToString) -> Self {
        Self::Protocol {
            port,
            detail: detail.to_string(),
        }
    }

    /// Which port.
    #[must_use]
    pub fn port(&self) -> Port {
        match self {
            Self::Unavailable { port, .. } | Self::Protocol { port, .. } => *port,
        }
    }

    /// The same fault behind another port, for an adapter that stands behind both.
    #[must_use]
    pub fn behind(self, port: Port) -> Self {
        match self {
            Self::Unavailable { detail, .. } => Self::Unavailable { port, detail },
            Self::Protocol { detail, .. } => Self::Protocol { port, detail },
        }
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// Gives randomness that nobody can guess.
pub trait Entropy: Send + Sync {
    /// 128 fresh random bits.
    fn bits(&self) -> u128;
}
