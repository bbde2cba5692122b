//! Test doubles for what a test must control: the time, and stores that can fail or be slow.

use super::server::eventually;
use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, SessionId};
use clinical_images::moment::Moment;
use clinical_images::ports::{
    Append, Appended, AuditOutbox, ChangeNotifications, Clock, ObjectKey, ObjectRead, ObjectStore,
    Opening, Port, PortFault, PresignedGet, PresignedPut, PutRequest, ReplayGuard, SessionStore,
    StoredObject,
};
use clinical_images::session::{ClaimedLink, Event, SequencedEvent, Session};
use clinical_server::adapter::object_store::s3::S3ObjectStore;
use clinical_server::adapter::session::SessionAdapter;
use clinical_server::adapter::system::SystemClock;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{RwLock, RwLockWriteGuard};

/// A clock that stands still until a test moves it. Begins at the real time, because the picture store and the
/// simulated ALEX have real clocks.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at_present() -> Arc<Self> {
        Self::at(SystemClock.now())
    }

    pub fn at(moment: Moment) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(moment.millis())))
    }

    pub fn pass(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A gate that lets every call pass until a test holds it.
#[derive(Default)]
pub struct Gate {
    gate: RwLock<()>,
    waiting: AtomicUsize,
}

impl Gate {
    /// Makes every caller wait until the returned guard is dropped.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Waits until a caller waits.
    pub async fn has_waiter(&self) {
        self.has_waiters(1).await;
    }

    /// Waits until so many callers wait.
    pub async fn has_waiters(&self, many: usize) {
        eventually(async || self.waiting.load(Ordering::SeqCst) >= many).await;
    }

    async fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        drop(self.gate.read().await);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An object store with a gate before its listings.
pub struct GatedObjectStore {
    inner: S3ObjectStore,
    pub listing: Gate,
}

impl GatedObjectStore {
    pub fn over(inner: S3ObjectStore) -> Arc<Self> {
        Arc::new(Self {
            inner,
            listing: Gate::default(),
        })
    }
}

#[async_trait]
impl ObjectStore for GatedObjectStore {
    async fn presign_put(
        &self,
        order: &PutRequest,
        now: Moment,
    ) -> Result<PresignedPut, PortFault> {
        self.inner.presign_put(order, now).await
    }

    async fn presign_get(
        &self,
        key: &ObjectKey,
        lifetime: Duration,
    ) -> Result<PresignedGet, PortFault> {
        self.inner.presign_get(key, lifetime).await
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, PortFault> {
        self.inner.exists(key).await
    }

    async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Option<ObjectRead>, PortFault> {
        self.inner.read(key, limit).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), PortFault> {
        self.inner.delete(key).await
    }

    async fn list(
        &self,
        after: Option<&ObjectKey>,
        most: usize,
    ) -> Result<Vec<StoredObject>, PortFault> {
        self.listing.pass().await;
        self.inner.list(after, most).await
    }
}

/// A session store behind a switch and three gates: while it is away, nothing gets through; while a gate is held, sessions
/// are not opened, events not read or sessions not walked. It can also lose the first answer to every write, after the write
/// was made, and answer what is then sent again with the reply to another command.
pub struct FragileSessions {
    inner: Box<dyn SessionAdapter>,
    away: AtomicBool,
    away_after_a_claim: AtomicBool,
    away_after_a_nonce: AtomicBool,
    pub opening: Gate,
    pub events: Gate,
    pub walk: Gate,
    loses_answers: AtomicBool,
    mixes_up_replies: AtomicBool,
    /// How often sessions were loaded, and how often it was asked which are due.
    pub loads: AtomicUsize,
    pub rounds: AtomicUsize,
    /// Writes whose answer was lost once, by the number that names them.
    lost: Mutex<HashSet<u128>>,
}

impl FragileSessions {
    pub fn over(inner: impl SessionAdapter + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: Box::new(inner),
            away: AtomicBool::new(false),
            away_after_a_claim: AtomicBool::new(false),
            away_after_a_nonce: AtomicBool::new(false),
            opening: Gate::default(),
            events: Gate::default(),
            walk: Gate::default(),
            loses_answers: AtomicBool::new(false),
            mixes_up_replies: AtomicBool::new(false),
            loads: AtomicUsize::new(0),
            rounds: AtomicUsize::new(0),
            lost: Mutex::default(),
        })
    }

    pub fn go_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }

    /// Goes away the moment that a picture is about to be sent.
    pub fn go_away_after_a_claim(&self) {
        self.away_after_a_claim.store(true, Ordering::SeqCst);
    }

    /// Goes away the moment that a launch is known and its session is not stored yet.
    pub fn go_away_after_a_nonce(&self) {
        self.away_after_a_nonce.store(true, Ordering::SeqCst);
    }

    pub fn come_back(&self) {
        self.away_after_a_claim.store(false, Ordering::SeqCst);
        self.away_after_a_nonce.store(false, Ordering::SeqCst);
        self.away.store(false, Ordering::SeqCst);
    }

    /// From now on whoever writes must ask twice to hear that it is done.
    pub fn lose_first_answers(&self) {
        self.loses_answers.store(true, Ordering::SeqCst);
    }

    /// From now on whoever sends a write twice hears the reply to another command.
    pub fn mix_up_replies(&self) {
        self.mixes_up_replies.store(true, Ordering::SeqCst);
    }

    fn mixed_up(&self, answer: Appended) -> Appended {
        match answer {
            Appended::Replayed(_) if self.mixes_up_replies.load(Ordering::SeqCst) => {
                let link = LinkId::from_bits(1);
                Appended::Replayed(ClaimedLink { link }.into())
            }
            answer => answer,
        }
    }

    fn delivered<T>(&self, write: u128, answer: Result<T, PortFault>) -> Result<T, PortFault> {
        if self.loses_answers.load(Ordering::SeqCst) && self.lost.lock().unwrap().insert(write) {
            return Err(PortFault::unavailable(
                Port::Sessions,
                "the answer got lost",
            ));
        }
        answer
    }

    fn present(&self) -> Result<&dyn SessionAdapter, PortFault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(PortFault::unavailable(
                Port::Sessions,
                "switched off by the test",
            ));
        }
        Ok(self.inner.as_ref())
    }
}

#[async_trait]
impl SessionStore for FragileSessions {
    async fn open(&self, session: &Session) -> Result<Opening, PortFault> {
        self.opening.pass().await;
        let answer = self.present()?.open(session).await;
        self.delivered(session.view.id.bits(), answer)
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        self.present()?.load(id).await
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        let begins =
            |sequenced: &SequencedEvent| matches!(sequenced.event, Event::FilingBegan { .. });
        let claims = append.decision.events.iter().any(begins);
        let appended = self.present()?.append(append).await;
        if claims && self.away_after_a_claim.load(Ordering::SeqCst) {
            self.go_away();
        }
        let appended = appended.map(|answer| self.mixed_up(answer));
        self.delivered(append.idempotency_key.id.bits(), appended)
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault> {
        self.events.pass().await;
        self.present()?.events_after(id, revision).await
    }

    fn subscribe(&self, id: SessionId) -> ChangeNotifications {
        self.inner.subscribe(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        self.rounds.fetch_add(1, Ordering::SeqCst);
        self.present()?.due(now, most).await
    }

    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault> {
        self.walk.pass().await;
        self.present()?.sessions(after, most).await
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        self.present()?.forget(id).await
    }

    async fn probe(&self) -> Result<(), PortFault> {
        self.present()?.probe().await
    }
}

#[async_trait]
impl AuditOutbox for FragileSessions {
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault> {
        self.present()?.pending_audit(most).await
    }

    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        self.present()?.ack_audit(records).await
    }
}

#[async_trait]
impl ReplayGuard for FragileSessions {
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault> {
        let store = self.present()?;
        let answer = store.claim_once(nonce, session, until, now).await;
        if self.away_after_a_nonce.load(Ordering::SeqCst) {
            self.go_away();
        }
        // The session that is opened next has the same number, and its answer may get lost too.
        self.delivered(!session.bits(), answer)
    }
}
