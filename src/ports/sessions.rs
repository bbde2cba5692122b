//! Where sessions live between two requests: a store with optimistic concurrency, idempotency keys and change notifications.

use super::PortFault;
use crate::digest::Sha256;
use crate::id::{RequestId, SessionId};
use crate::moment::Moment;
use crate::session::{Decision, Reply, SequencedEvent, Session};
use async_trait::async_trait;
use futures_core::Stream;
use std::pin::Pin;

/// Notifies a subscriber whenever a session may have new events. Notifications may be merged or come without a change, but
/// after an append that was answered `Done` at least one comes. The stream ends when the store shuts down.
pub type ChangeNotifications = Pin<Box<dyn Stream<Item = ()> + Send>>;

/// Idempotency key: names one request, so that it has one effect however often it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The request's name.
    pub id: RequestId,
    /// Digest of what was asked ([`crate::session::Request::fingerprint`]), to detect that a name is used twice for different
    /// requests.
    pub fingerprint: Sha256,
}

/// A decision to be made true.
#[derive(Clone, Copy, Debug)]
pub struct Append<'a> {
    /// The version of the session that was decided upon.
    pub expected: u64,
    /// Identifies the request, however often it is sent.
    pub idempotency_key: IdempotencyKey,
    /// What was decided. Its `next.version` is `expected + 1`.
    pub decision: &'a Decision,
}

/// What became of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is true now, and durable.
    Done,
    /// The same request was appended before; this was its answer. Nothing changed now.
    Replayed(Reply),
    /// The session has moved on (or is gone): load it and decide again. Nothing changed.
    Conflict,
    /// A different request was appended before under this name. Nothing changed.
    Mismatch,
}

/// What became of opening a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The session is stored, and durable.
    Done,
    /// Another session of this name is stored. Nothing changed.
    NameTaken,
}

/// A store of sessions: compare-and-append, nothing cleverer.
///
/// An answer `Ok` means durable. After a fault nothing is known about a write; sending the very same one again is
/// safe. Reading never extends a life, and the store never forgets a session by itself.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session (version 0, no events) and notes its launch. Doing so again with the very same session is fine, so that it can
    /// be sent again when the answer got lost. Of any number of sessions of one name exactly one is stored.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn open(&self, session: &Session) -> Result<Opening, PortFault>;

    /// The session as it is; `None` when there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault>;

    /// Makes a decision true if the session is still at `expected`: state, events, request, due time and audit
    /// records (see [`AuditOutbox`](super::AuditOutbox)) together or not at all. The request is looked at first, so a replay is recognised however far the session has moved on.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault>;

    /// All events after `revision`, in order and without a gap; `None` when there is no such session.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault>;

    /// Notifications of changes of this session, beginning now.
    fn subscribe(&self, id: SessionId) -> ChangeNotifications;

    /// Sessions whose [`Session::next_due`] is not after `now`, the most overdue first, at most `most` of them.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault>;

    /// Sessions that are held, at most `most`, beginning after the named one, in an order of the store's own that does
    /// not change. A walk that names the last one it got each time meets every session once that was there all the
    /// while; one that was opened or forgotten meanwhile it may meet or miss.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault>;

    /// Forgets a session with everything that belongs to it, but for its audit records. Forgetting a session that is not there is fine.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn forget(&self, id: SessionId) -> Result<(), PortFault>;

    /// Whether the store can take a write now.
    ///
    /// # Errors
    /// When it cannot.
    async fn probe(&self) -> Result<(), PortFault>;
}
