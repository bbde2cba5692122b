//! Looks after sessions that are due, a few at a time, for as long as the server runs.

use crate::stop::Stop;
use clinical_images::id::SessionId;
use clinical_images::service::Services;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often to look. Also the longest a committed picture waits for its turn.
const PERIOD: Duration = Duration::from_millis(250);
/// Sessions looked after at the same time.
const AT_ONCE: usize = 64;
/// How long a session that could not be looked after is left alone.
const REST: Duration = Duration::from_secs(2);

type Busy = Arc<Mutex<HashSet<SessionId>>>;

/// Runs until the stop, and returns when everything under way has ended or `patience` is over.
pub async fn run(services: Services, mut stop: Stop, patience: Duration) {
    let busy = Busy::default();
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = period.tick() => round(&services, &busy).await,
            () = stop.wished() => break,
        }
    }
    let quiet = async {
        while !locked(&busy).is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(patience, quiet).await.is_err() {
        tracing::warn!(
            "stopping while pictures are on their way to ALEX; their outcome will be asked for later"
        );
    }
}

fn locked(busy: &Busy) -> std::sync::MutexGuard<'_, HashSet<SessionId>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn round(services: &Services, busy: &Busy) {
    let due = match services.sessions_due(AT_ONCE).await {
        Ok(due) => due,
        Err(fault) => {
            tracing::error!(%fault, "cannot see which sessions are due");
            tokio::time::sleep(REST).await;
            return;
        }
    };
    for session in due {
        if locked(busy).insert(session) {
            let (services, busy) = (services.clone(), Arc::clone(busy));
            tokio::spawn(async move {
                if let Err(refusal) = services.look_after(session).await {
                    tracing::warn!(session.id = %session, %refusal, "session not looked after; will try again");
                    tokio::time::sleep(REST).await;
                }
                locked(&busy).remove(&session);
            });
        }
    }
}
