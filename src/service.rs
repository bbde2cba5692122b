//! The use cases: what the server does when somebody asks. Each loads a session, lets [`decide`](crate::session::decide())
//! judge, appends, and does the outside work that the decision calls for. No framework and no adapter is named here.
//!
//! Sessions are changed under optimistic concurrency: `Services::execute` loads and decides again when another writer was
//! faster. A write that got no answer is sent once more under the same idempotency key (`retry_once`); why browsers send no key
//! is in `docs/adr/0014-idempotency-behind-the-store.md`.

mod analysis;
mod audit;
mod authentication;
mod cookie;
mod feed;
mod launch;
mod maintenance;
mod orphans;
mod outbox;
mod pairing;
mod pictures;
mod practices;
mod rate_limit;
mod retention;

pub use crate::practice::RateLimits;
pub use analysis::{Analysis, AnalysisSubject, LimitedAnalyst, MAX_ANSWER_BYTES};
pub use authentication::Authenticated;
pub use feed::{Cursor, FeedItem};
pub use launch::Opened;
pub use orphans::GcPass;
pub use outbox::{Claim, Conclusion, Job, Prepared};
pub use pairing::{Claimed, OfferedLink};
pub use practices::{PageOf, Practice, Practices};
pub use rate_limit::{CallHealth, PracticeLimiter};
pub use retention::{ObjectTotals, PracticeRetention, RetentionReport};

use crate::id::{RequestId, SessionId, WorkerId};
use crate::ports::{
    Append, Appended, AuditOutbox, AuditSink, Clock, EhrFault, Entropy, FilingLedger,
    IdempotencyKey, ObjectStore, Port, PortFault, ReplayGuard, SessionStore,
};
use crate::refusal::Refusal;
use crate::session::{Actor, Request, Session, TypedCommand, decide_typed};
use std::sync::Arc;

/// Everything a use case needs, given to pages and routes as one value.
#[derive(Clone)]
pub struct Services {
    /// Where sessions live.
    pub sessions: Arc<dyn SessionStore>,
    /// Audit records that are not in the audit yet.
    pub audit_outbox: Arc<dyn AuditOutbox>,
    /// Which launches were used.
    pub replay_guard: Arc<dyn ReplayGuard>,
    /// Where pictures' bytes lie.
    pub object_store: Arc<dyn ObjectStore>,
    /// The practices, each with its settings and the way to its record.
    pub practices: Arc<Practices>,
    /// What became of every picture that was committed, for longer than sessions live.
    pub ledger: Arc<dyn FilingLedger>,
    /// Who did what, for good.
    pub audit: Arc<dyn AuditSink>,
    /// Who describes pictures in words; `None` where nobody is set up to, and then every request for it is refused.
    pub analyst: Option<Arc<LimitedAnalyst>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What the operator decided about the deployment as a whole.
    pub settings: Arc<Settings>,
    /// This running server, as a holder of claims.
    pub worker: WorkerId,
}

/// What the operator decided about the deployment as a whole. What may differ between practices is in
/// [`PracticeSettings`](crate::practice::PracticeSettings).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address under which browsers reach this server, without a slash at the end.
    pub public_url: String,
    /// The simulated Medtech's address in the demo, and nothing in production.
    pub demo_medtech: Option<String>,
    /// Origin of the picture store as browsers reach it: pages may talk to it and show pictures from it.
    pub object_store_origin: String,
}

/// How often a command is decided anew after a conflict with another writer. With 20 pictures arriving at once the last
/// writer loses 19 races; a few more cover phones and timers.
const MAX_CONFLICT_RETRIES: usize = 64;

impl Services {
    /// Executes a command on the session as it is now. Returns the session afterwards and the command's own reply.
    pub(crate) async fn execute<C: TypedCommand>(
        &self,
        id: SessionId,
        by: Actor,
        command: C,
    ) -> Result<(Session, C::Reply), Refusal> {
        let session = self.load(id).await?;
        self.execute_on(session, by, command).await
    }

    /// Executes a command on a session that was loaded a moment ago: decides it and appends the decision; after a conflict with
    /// another writer it loads the session and decides again, at most [`MAX_CONFLICT_RETRIES`] times.
    pub(crate) async fn execute_on<C: TypedCommand>(
        &self,
        mut session: Session,
        by: Actor,
        command: C,
    ) -> Result<(Session, C::Reply), Refusal> {
        let id = session.view.id;
        let request = Request {
            by,
            command: command.clone().into(),
        };
        let idempotency_key = IdempotencyKey {
            id: RequestId::from_bits(self.entropy.bits()),
            fingerprint: request.fingerprint(),
        };
        for _ in 0..MAX_CONFLICT_RETRIES {
            let (decision, reply) = decide_typed(&session, by, command.clone(), self.clock.now())?;
            if !decision.changes(&session) {
                return Ok((session, reply));
            }
            let append = Append {
                expected: session.version,
                idempotency_key,
                decision: &decision,
            };
            match retry_once(|| self.sessions.append(append)).await? {
                Appended::Done => return Ok((decision.next, reply)),
                Appended::Replayed(stored) => {
                    let reply = C::Reply::try_from(stored).map_err(|_| refused(&other_reply()))?;
                    return Ok((self.load(id).await?, reply));
                }
                Appended::Conflict => session = self.load(id).await?,
                Appended::Mismatch => return Err(Refusal::RequestReused),
            }
        }
        tracing::warn!(session.id = %id, "a command lost every race for its session");
        Err(Refusal::Busy)
    }

    pub(crate) async fn load(&self, id: SessionId) -> Result<Session, Refusal> {
        let found = self
            .sessions
            .load(id)
            .await
            .map_err(|fault| refused(&fault))?;
        found.ok_or(Refusal::SessionUnknown)
    }

    /// A secret of 128 or 256 random bits as hexadecimal digits.
    pub(crate) fn secret(&self, blocks: usize) -> String {
        (0..blocks)
            .map(|_| format!("{:032x}", self.entropy.bits()))
            .collect()
    }
}

/// Sends a write to the session store, and once more when no answer came. It is the very same write, so that it counts
/// once however many of the two arrive (idempotency).
pub(crate) async fn retry_once<T, F>(write: impl Fn() -> F) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, PortFault>>,
{
    let answer = match write().await {
        Err(PortFault::Unavailable { .. }) => write().await,
        answer => answer,
    };
    answer.map_err(|fault| refused(&fault))
}

/// The fault of a store that answers a repeated request with the reply to another. Decisions have replies of the right type,
/// so nothing else can lead there.
fn other_reply() -> PortFault {
    PortFault::protocol(
        Port::Sessions,
        "a repeated request was answered with the reply to another command",
    )
}

/// Turns a store's fault into what a person is told, and logs it here, once.
pub(crate) fn refused(fault: &PortFault) -> Refusal {
    tracing::error!(fault = %fault, "a store failed");
    match fault.port() {
        Port::ObjectStore => Refusal::ObjectStoreUnavailable,
        Port::Sessions | Port::Ledger | Port::Audit => Refusal::StoreUnavailable,
    }
}

pub(crate) fn refused_by_ehr(fault: &EhrFault) -> Refusal {
    tracing::error!(fault = %fault, "ALEX failed");
    Refusal::EhrUnavailable
}
