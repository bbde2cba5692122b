//! The backends that the contract is tested on, one for each adapter.

use crate::redis_server::RedisServer;
use crate::retrying_store::{RetryingStore, Told};
use clinical_images::digest::Sha256;
use clinical_server::adapter::session::SessionAdapter;
use clinical_server::adapter::session::memory::MemorySessions;
use clinical_server::adapter::session::redb::RedbSessions;
use clinical_server::adapter::session::redis::{RedisSessions, RedisSettings};
use fault_proxy::{FaultProxy, Faults};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Something that a fresh store can be opened on.
pub trait Backend: Sized {
    async fn fresh() -> Self;
    /// The store that is open here.
    fn store(&self) -> Arc<dyn SessionAdapter>;
    /// Shuts the store down. Nobody else may hold it any more.
    fn close(&mut self);
    /// Opens what was shut down.
    async fn open(&mut self);

    async fn restart(&mut self) {
        self.close();
        self.open().await;
    }
}

/// The open store of a backend, when nobody else holds it.
fn taken<S>(store: &mut Option<Arc<S>>) -> S {
    store
        .take()
        .and_then(Arc::into_inner)
        .expect("nobody else holds the store")
}

pub struct InMemory(Option<Arc<MemorySessions>>);

impl Backend for InMemory {
    async fn fresh() -> Self {
        Self(Some(Arc::new(MemorySessions::new())))
    }

    fn store(&self) -> Arc<dyn SessionAdapter> {
        self.0.clone().expect("open")
    }

    fn close(&mut self) {
        drop(taken(&mut self.0));
    }

    async fn open(&mut self) {
        panic!("memory keeps nothing over a restart");
    }
}

pub struct InRedb {
    directory: TempDir,
    store: Option<Arc<RedbSessions>>,
}

impl InRedb {
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("sessions.redb")
    }
}

impl Backend for InRedb {
    async fn fresh() -> Self {
        let mut backend = Self {
            directory: TempDir::new().unwrap(),
            store: None,
        };
        backend.open().await;
        backend
    }

    fn store(&self) -> Arc<dyn SessionAdapter> {
        self.store.clone().expect("open")
    }

    fn close(&mut self) {
        drop(taken(&mut self.store));
    }

    async fn open(&mut self) {
        self.store = Some(Arc::new(RedbSessions::open(&self.path()).unwrap()));
    }
}

/// A prefix that no other case has.
pub fn fresh_prefix() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("case:{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// How a test reaches Redis, or what stands before it.
pub fn settings(address: SocketAddr, prefix: &str) -> RedisSettings {
    RedisSettings {
        url: format!("redis://{address}").into(),
        prefix: prefix.to_owned(),
        time_out: Duration::from_secs(5),
        unsafe_allowed: false,
    }
}

/// Redis as every server of a practice reaches it.
pub struct InRedis {
    settings: RedisSettings,
    store: Option<Arc<RedisSessions>>,
}

impl Backend for InRedis {
    async fn fresh() -> Self {
        let mut backend = Self {
            settings: settings(RedisServer::shared().address(), &fresh_prefix()),
            store: None,
        };
        backend.open().await;
        backend
    }

    fn store(&self) -> Arc<dyn SessionAdapter> {
        self.store.clone().expect("open")
    }

    fn close(&mut self) {
        drop(taken(&mut self.store));
    }

    async fn open(&mut self) {
        let store = RedisSessions::connect(&self.settings).await.unwrap();
        self.store = Some(Arc::new(store));
    }
}

/// Redis Cluster, where what a script touches must lie together.
pub struct InRedisCluster(InRedis);

impl Backend for InRedisCluster {
    async fn fresh() -> Self {
        let address = RedisServer::shared_cluster().address();
        let settings = RedisSettings {
            url: format!("redis-cluster://{address}").into(),
            ..settings(address, &fresh_prefix())
        };
        let mut backend = InRedis {
            settings,
            store: None,
        };
        backend.open().await;
        Self(backend)
    }

    fn store(&self) -> Arc<dyn SessionAdapter> {
        self.0.store()
    }

    fn close(&mut self) {
        self.0.close();
    }

    async fn open(&mut self) {
        self.0.open().await;
    }
}

/// Often enough that a case of a few commands meets a fault now and then, and a long one dozens.
const FAULTS: Faults = Faults {
    cuts: 40,
    late: 50,
    latest: Duration::from_millis(10),
    turned_away: 1,
};

/// Redis behind a network that cuts, delays and turns away, and callers who ask again.
pub struct InFaultyRedis {
    settings: RedisSettings,
    proxy: FaultProxy,
    told: Told,
    store: Option<Arc<RetryingStore<RedisSessions>>>,
}

impl InFaultyRedis {
    /// The same seed for the same test each time.
    fn seed() -> u64 {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        let [a, b, c, d, e, f, g, h, ..] = *Sha256::of(test.as_bytes()).as_bytes();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// How many connections were cut so far.
    pub fn cuts(&self) -> u64 {
        self.proxy.cuts()
    }
}

impl Backend for InFaultyRedis {
    async fn fresh() -> Self {
        let redis = RedisServer::shared().address();
        let proxy = FaultProxy::before(redis, Self::seed()).await.unwrap();
        let mut backend = Self {
            settings: settings(proxy.address(), &fresh_prefix()),
            proxy,
            told: Told::default(),
            store: None,
        };
        backend.open().await;
        backend
    }

    fn store(&self) -> Arc<dyn SessionAdapter> {
        self.store.clone().expect("open")
    }

    fn close(&mut self) {
        drop(taken(&mut self.store));
    }

    /// A server that cannot reach Redis when it starts says so and ends; here it can.
    async fn open(&mut self) {
        self.proxy.inject(Faults::NONE);
        self.proxy.open();
        let store = RedisSessions::connect(&self.settings).await.unwrap();
        self.proxy.inject(FAULTS);
        self.store = Some(Arc::new(RetryingStore::knowing(
            store,
            Arc::clone(&self.told),
        )));
    }
}
