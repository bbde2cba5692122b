//! What the use cases need from the outside world, as traits. Adapters in `server` implement them; nothing in here
//! knows Redis, S3 or ALEX.

mod audit;
mod ehr;
mod ledger;
mod sessions;
mod vault;

pub use crate::picture::ObjectKey;
pub use audit::AuditSink;
pub use ehr::{Ehr, EhrFault, LaunchTicket, LeaseGuard, LookupRequest, SubmitPage, SubmitRequest};
pub use ledger::{FilingLedger, LedgerEntry, LedgerOutcome};
pub use sessions::{Append, Appended, Request, SessionStore, Wakes};
pub use vault::{ObjectHead, ObjectVault, PutOrder, SignedGet, SignedPut, StoredObject};

use crate::moment::Moment;

/// What an adapter says when the thing behind it does not do its part.
///
/// Logged once, where a use case turns it into a [`crate::refusal::Refusal`]; never shown to a person as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortFault {
    /// It does not answer, or not in time. Nothing is known about what happened to the request.
    #[error("{port} is away: {detail}")]
    Away {
        /// Which port: `sessions`, `vault`, `ehr`.
        port: &'static str,
        /// Technical detail without patient data.
        detail: String,
    },
    /// It answered with something that makes no sense.
    #[error("{port} answered out of contract: {detail}")]
    Broken {
        /// Which port: `sessions`, `vault`, `ehr`.
        port: &'static str,
        /// Technical detail without patient data.
        detail: String,
    },
}

impl PortFault {
    /// The thing behind `port` does not answer.
    pub fn away(port: &'static str, detail: impl ToString) -> Self {
        Self::Away {
            port,
            detail: detail.to_string(),
        }
    }

    /// The thing behind `port` answered nonsense.
    pub fn broken(port: &'static str, detail: impl ToString) -> Self {
        Self::Broken {
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
