//! Deferred work: what the gateway does after it has answered.

use std::pin::Pin;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::Simulator;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Work deferred until a time on the simulator's clock. It is lost with the process, as a gateway's
/// is.
#[derive(Default)]
pub(crate) struct DeferredWork(Mutex<Vec<(Instant, Work)>>);

impl DeferredWork {
    /// Defers work.
    pub(crate) async fn put(
        simulator: &Simulator,
        by: Duration,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let due = simulator.clock().now() + by;
        let deferred = simulator.deferred();
        deferred.0.lock().await.push((due, Box::pin(work)));
        let simulator = simulator.clone();
        tokio::spawn(async move {
            simulator.clock().pass(by).await;
            simulator.deferred().catch_up(simulator.clock().now()).await;
        });
    }

    /// Does what is due, the earliest first; all of it is done when this returns.
    pub(crate) async fn catch_up(&self, now: Instant) {
        let mut deferred = self.0.lock().await;
        deferred.sort_by_key(|(due, _)| *due);
        let due = deferred.partition_point(|(due, _)| *due <= now);
        for (_, work) in deferred.drain(..due) {
            work.await;
        }
    }

    /// How many pieces of work are still deferred.
    pub(crate) async fn left(&self) -> usize {
        self.0.lock().await.len()
    }
}
