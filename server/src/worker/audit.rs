//! Drains the audit outbox: moves audit notes from the session store into the audit.

use crate::stop::Stop;
use clinical_images::service::Services;
use std::time::Duration;

/// How often the session store is asked for notes.
const PERIOD: Duration = Duration::from_secs(1);
/// The backoff after a failure.
const BACKOFF: Duration = Duration::from_secs(10);

/// Runs until the stop. Nothing is lost when it breaks off: notes wait in the store.
pub async fn run(services: Services, mut stop: Stop) {
    let mut pause = PERIOD;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.wished() => break,
        }
        pause = match services.move_audit_notes().await {
            Ok(0) => PERIOD,
            // There may be more.
            Ok(_) => Duration::ZERO,
            Err(fault) => {
                tracing::error!(%fault, "notes not brought into the audit; will try again");
                BACKOFF
            }
        };
    }
}
