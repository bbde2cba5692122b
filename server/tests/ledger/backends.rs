//! The backends that the contract is tested on, one for each adapter.

use crate::redis_server::RedisServer;
use clinical_images::ports::FilingLedger;
use clinical_server::adapter::ledger::{MemoryLedger, RedbLedger, RedisLedger};
use clinical_server::adapter::session::redis::RedisSettings;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Something that a fresh ledger can be opened on.
pub trait Backend: Sized {
    async fn fresh() -> Self;
    /// The ledger as a server opens it; where it is shared, one more server.
    async fn open(&self) -> Arc<dyn FilingLedger>;
}

pub struct InMemory(Arc<MemoryLedger>);

impl Backend for InMemory {
    async fn fresh() -> Self {
        Self(Arc::new(MemoryLedger::new()))
    }

    async fn open(&self) -> Arc<dyn FilingLedger> {
        self.0.clone()
    }
}

pub struct InRedb(TempDir);

impl Backend for InRedb {
    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<dyn FilingLedger> {
        Arc::new(RedbLedger::open(&self.0.path().join("ledger.redb")).unwrap())
    }
}

pub struct InRedis(RedisSettings);

impl InRedis {
    /// At an address, under a prefix that no other case has.
    fn at(url: String) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(RedisSettings {
            url: url.into(),
            prefix: format!("case:{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            time_out: Duration::from_secs(5),
            unsafe_allowed: false,
        })
    }
}

impl Backend for InRedis {
    async fn fresh() -> Self {
        Self::at(format!("redis://{}", RedisServer::shared().address()))
    }

    async fn open(&self) -> Arc<dyn FilingLedger> {
        Arc::new(RedisLedger::connect(&self.0).await.unwrap())
    }
}

/// Redis Cluster, where a key is asked of the server that holds it.
pub struct InRedisCluster(InRedis);

impl Backend for InRedisCluster {
    async fn fresh() -> Self {
        let address = RedisServer::shared_cluster().address();
        Self(InRedis::at(format!("redis-cluster://{address}")))
    }

    async fn open(&self) -> Arc<dyn FilingLedger> {
        self.0.open().await
    }
}
