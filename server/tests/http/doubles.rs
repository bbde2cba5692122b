//! Stand-ins for what a test must hold in its hand: the time, and a session store that can go away or dawdle.

use super::server::eventually;
use async_trait::async_trait;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{Append, Appended, Clock, PortFault, SessionStore, Wakes};
use clinical_images::session::{Numbered, Session};
use clinical_server::adapter::system::SystemClock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{RwLock, RwLockWriteGuard};

/// A clock that stands still until a test moves it. Begins at the real time, because the picture store and the
/// simulated ALEX have real clocks.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn at_present() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(SystemClock.now().millis())))
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

/// A session store behind a switch and a gate: while it is away, nothing gets through; while the gate is held, events
/// are not read.
pub struct FragileSessions {
    inner: Box<dyn SessionStore>,
    away: AtomicBool,
    gate: RwLock<()>,
    at_the_gate: AtomicUsize,
}

impl FragileSessions {
    pub fn over(inner: impl SessionStore + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: Box::new(inner),
            away: AtomicBool::new(false),
            gate: RwLock::default(),
            at_the_gate: AtomicUsize::new(0),
        })
    }

    pub fn go_away(&self) {
        self.away.store(true, Ordering::SeqCst);
    }

    pub fn come_back(&self) {
        self.away.store(false, Ordering::SeqCst);
    }

    /// Keeps readers of events waiting until what is returned is dropped.
    pub async fn hold_events(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Waits until somebody waits for events.
    pub async fn somebody_waits(&self) {
        eventually(async || self.at_the_gate.load(Ordering::SeqCst) > 0).await;
    }

    fn present(&self) -> Result<&dyn SessionStore, PortFault> {
        if self.away.load(Ordering::SeqCst) {
            return Err(PortFault::away("sessions", "switched off by the test"));
        }
        Ok(self.inner.as_ref())
    }
}

#[async_trait]
impl SessionStore for FragileSessions {
    async fn open(&self, session: &Session) -> Result<(), PortFault> {
        self.present()?.open(session).await
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        self.present()?.load(id).await
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        self.present()?.append(append).await
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<Numbered>>, PortFault> {
        self.at_the_gate.fetch_add(1, Ordering::SeqCst);
        drop(self.gate.read().await);
        self.at_the_gate.fetch_sub(1, Ordering::SeqCst);
        self.present()?.events_after(id, revision).await
    }

    fn follow(&self, id: SessionId) -> Wakes {
        self.inner.follow(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        self.present()?.due(now, most).await
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        self.present()?.forget(id).await
    }

    async fn remember_once(
        &self,
        mark: Sha256,
        until: Moment,
        now: Moment,
    ) -> Result<bool, PortFault> {
        self.present()?.remember_once(mark, until, now).await
    }

    async fn probe(&self) -> Result<(), PortFault> {
        self.present()?.probe().await
    }
}
