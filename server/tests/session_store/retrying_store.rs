//! A store double that retries: it sends the very same request again until it is answered.

use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::digest::Sha256;
use clinical_images::id::{RequestId, SessionId};
use clinical_images::moment::Moment;
use clinical_images::ports::{
    Append, Appended, AuditOutbox, ChangeNotifications, Opening, PortFault, ReplayGuard,
    SessionStore,
};
use clinical_images::session::{SequencedEvent, Session};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than any fault lasts; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store as callers see it that retry: no transient fault reaches them.
///
/// Who must ask again because an answer was lost hears `Replayed` of its own append. Of all who sent a request this one
/// tells exactly one that it is done, as a store does whose answers arrive.
pub struct RetryingStore<S> {
    inner: S,
    told: Told,
}

/// Who has been told that their request was done. A store that was restarted must go on knowing it: its own "replayed"
/// is true, but after a lost answer only this tells whether the caller has heard of it before.
pub type Told = Arc<Mutex<HashSet<(SessionId, RequestId)>>>;

impl<S: SessionStore> RetryingStore<S> {
    pub fn over(inner: S) -> Self {
        Self::knowing(inner, Told::default())
    }

    pub fn knowing(inner: S, told: Told) -> Self {
        Self { inner, told }
    }

    /// Whether nobody has been told of this request before.
    fn tells_first(&self, append: &Append<'_>) -> bool {
        let key = (append.decision.next.view.id, append.idempotency_key.id);
        self.told.lock().unwrap().insert(key)
    }
}

/// Asks until the answer is no passing fault; says also whether that took more than one try.
async fn until_answered<T, F>(ask: impl Fn() -> F) -> (Result<T, PortFault>, bool)
where
    F: Future<Output = Result<T, PortFault>>,
{
    let begin = Instant::now();
    let mut again = false;
    loop {
        match ask().await {
            Err(PortFault::Unavailable { .. }) if begin.elapsed() < PATIENCE => {}
            answer => return (answer, again),
        }
        again = true;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for RetryingStore<S> {
    async fn open(&self, session: &Session) -> Result<Opening, PortFault> {
        until_answered(|| self.inner.open(session)).await.0
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        until_answered(|| self.inner.load(id)).await.0
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        let (answer, again) = until_answered(|| self.inner.append(append)).await;
        Ok(match answer? {
            Appended::Done if !self.tells_first(&append) => {
                Appended::Replayed(append.decision.reply.clone())
            }
            Appended::Replayed(_) if again && self.tells_first(&append) => Appended::Done,
            other => other,
        })
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault> {
        until_answered(|| self.inner.events_after(id, revision))
            .await
            .0
    }

    fn subscribe(&self, id: SessionId) -> ChangeNotifications {
        self.inner.subscribe(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        until_answered(|| self.inner.due(now, most)).await.0
    }

    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault> {
        until_answered(|| self.inner.sessions(after, most)).await.0
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        self.told
            .lock()
            .unwrap()
            .retain(|(session, _)| *session != id);
        until_answered(|| self.inner.forget(id)).await.0
    }

    async fn probe(&self) -> Result<(), PortFault> {
        until_answered(|| self.inner.probe()).await.0
    }
}

#[async_trait]
impl<S: AuditOutbox> AuditOutbox for RetryingStore<S> {
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault> {
        until_answered(|| self.inner.pending_audit(most)).await.0
    }

    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        until_answered(|| self.inner.ack_audit(records)).await.0
    }
}

#[async_trait]
impl<S: ReplayGuard> ReplayGuard for RetryingStore<S> {
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault> {
        until_answered(|| self.inner.claim_once(nonce, session, until, now))
            .await
            .0
    }
}
