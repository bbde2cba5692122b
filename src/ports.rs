//! What the use cases need from the outside world, as traits. Adapters in `server` implement them; nothing in here
//! knows Redis, S3 or ALEX.

mod audit;
mod ehr;
mod ledger;
mod object_store;
mod sessions;

pub use crate::picture::{ObjectKey, PresignedPut};
pub use audit::AuditSink;
pub use ehr::{Ehr, EhrFault, LaunchTicket, LeaseGuard, LookupRequest, SubmitPage, SubmitRequest};
pub use ledger::{FilingLedger, LedgerEntry, LedgerOutcome};
pub use object_store::{ObjectHead, ObjectStore, PresignedGet, PutRequest, StoredObject};
pub use sessions::{Append, Appended, ChangeNotifications, IdempotencyKey, SessionStore};

use crate::moment::Moment;

/// A fault of the service behind a port, as its adapter reports it.
///
/// Logged once, where a use case turns it into a [`crate::refusal::Refusal`]; never shown to a person as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortFault {
    /// It does not answer, or not in time. The outcome of the request is unknown.
    #[error("{port} unavailable: {detail}")]
    Unavailable {
        /// Which port: `sessions`, `object_store`, `ehr`.
        port: &'static str,
        /// Technical detail without patient data.
        detail: String,
    },
    /// Its answer violates the protocol, or refuses what should never be refused.
    #[error("{port} violated its protocol: {detail}")]
    Protocol {
        /// Which port: `sessions`, `object_store`, `ehr`.
        port: &'static str,
        /// Technical detail without patient data.
        detail: String,
    },
}

impl PortFault {
    /// The service behind `port` does not answer.
    pub fn unavailable(port: &'static str, detail: impl ToString) -> Self {
        Self::Unavailable {
            port,
            detail: detail.to_string(),
        }
    }

    /// The service behind `port` violated its protocol.
    pub fn protocol(port: &'static str, detail: impl ToString) -> Self {
        Self::Protocol {
            port,
            detail: detail.to_string(),
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
