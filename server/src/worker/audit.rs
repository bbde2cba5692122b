//! Drains the audit outbox: moves audit notes from the session store to the audit.

use clinical_images::service::Services;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the session store is asked for notes.
const PERIOD: Duration = Duration::from_secs(1);
/// The backoff after a failure.
const BACKOFF: Duration = Duration::from_secs(10);

/// Runs until the shutdown. Nothing is lost when it breaks off: records wait in the store.
pub async fn run(services: Services, shutdown: CancellationToken) {
    let mut pause = PERIOD;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => break,
        }
        pause = match services.drain_audit_outbox().await {
            Ok(0) => PERIOD,
            // There may be more.
            Ok(_) => Duration::ZERO,
            Err(fault) => {
                tracing::error!(%fault, "audit records not delivered; will try again");
                BACKOFF
            }
        };
    }
}
