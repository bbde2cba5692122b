//! The scheduler: maintains sessions that are due, a limited number at a time, and dispatches their outboxes to the outbox
//! worker; and at long intervals runs the garbage collection of orphans (stored objects that no session refers to).

use crate::worker::outbox::{InFlight, OutboxWorker};
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::ObjectKey;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use futures::StreamExt as _;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// How often the store is asked for due sessions. Also the longest time that a committed picture waits to be noticed.
const PERIOD: Duration = Duration::from_millis(250);
/// Sessions maintained at the same time.
const MAX_RUNNING: usize = 64;
/// The backoff of a session whose maintenance failed.
const BACKOFF: Duration = Duration::from_secs(2);
/// How often old lines of the ledger are deleted.
const PURGE_PERIOD: Duration = Duration::from_secs(60 * 60);

/// Sessions that are not started now: their maintenance is running, or it failed and backs off, or their outbox entries are in
/// flight. Only running ones take up capacity; any number may back off or be parked.
#[derive(Default)]
struct Slots {
    running: HashSet<SessionId>,
    backing_off: HashSet<SessionId>,
    parked: HashMap<SessionId, Parked>,
    failures: Failures,
}

/// Why the maintenance of each session failed the last time. A failure that lasts, such as a practice that is not configured,
/// comes again at every backoff, and is logged once.
#[derive(Default)]
struct Failures(HashMap<SessionId, Refusal>);

/// A session that has nothing to do until it changes, a task for one of its outbox entries ends, or something else in it
/// becomes due.
struct Parked {
    /// When something else becomes due, if anything does.
    until: Option<Moment>,
    /// Dropped with this, which ends the task that waits for a change.
    _over: oneshot::Sender<()>,
}

type Shared = Arc<Mutex<Slots>>;

/// Runs until the stop, and returns when everything under way has ended or `patience` is over. `collect_orphans_every` is the
/// time between the end of one garbage collection of orphans and the next.
pub async fn run(
    services: Services,
    shutdown: CancellationToken,
    grace: Duration,
    collect_orphans_every: Duration,
) {
    let slots = Shared::default();
    let worker = OutboxWorker::new(services.clone());
    let mut purge = tokio::time::interval(PURGE_PERIOD);
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let orphan_collector = tokio::spawn(collect_orphans(
        services.clone(),
        shutdown.clone(),
        collect_orphans_every,
    ));
    loop {
        tokio::select! {
            _ = period.tick() => start_due(&services, &worker, &slots).await,
            _ = purge.tick() => purge_ledger(&services).await,
            () = shutdown.cancelled() => break,
        }
    }
    // Nothing is lost when it breaks off: the next pass finds what this one left.
    orphan_collector.abort();
    let idle = async {
        while !locked(&slots).running.is_empty() || !worker.is_idle() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(grace, idle).await.is_err() {
        tracing::warn!(
            "stopping while pictures are being sent to ALEX; the record will be searched for them later"
        );
    }
}

fn locked(slots: &Shared) -> MutexGuard<'_, Slots> {
    slots.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn purge_ledger(services: &Services) {
    match services.purge_ledger().await {
        Ok(0) => {}
        Ok(lines) => tracing::info!(ledger.lines = lines, "expired lines of the ledger deleted"),
        Err(fault) => tracing::warn!(%fault, "expired lines of the ledger not deleted"),
    }
}

async fn start_due(services: &Services, worker: &OutboxWorker, slots: &Shared) {
    // The store names the most overdue first, and those are the ones that back off or are parked: ask for more than them.
    let passed_over = {
        let mut slots = locked(slots);
        let now = services.clock.now();
        slots
            .parked
            .retain(|_, wait| wait.until.is_none_or(|until| now < until));
        slots.running.len() + slots.backing_off.len() + slots.parked.len()
    };
    let due = match services.sessions_due(MAX_RUNNING + passed_over).await {
        Ok(due) => due,
        Err(fault) => {
            tracing::error!(%fault, "the session store did not say which sessions are due; will try again");
            tokio::time::sleep(BACKOFF).await;
            return;
        }
    };
    locked(slots).failures.keep(&due);
    for session in due {
        if !locked(slots).try_start(session) {
            continue;
        }
        let (services, worker, slots) = (services.clone(), worker.clone(), Arc::clone(slots));
        tokio::spawn(async move {
            // Subscribed before anything is read, so that no change is missed.
            let mut changes = services.sessions.subscribe(session);
            match maintain(&services, &worker, session).await {
                Ok(None) => locked(&slots).finish(session),
                Ok(Some((in_flight, until))) => {
                    let over = locked(&slots).park(session, until);
                    tokio::select! {
                        _ = changes.next() => {}
                        () = in_flight.one_ended() => {}
                        _ = over => return,
                    }
                    locked(&slots).parked.remove(&session);
                }
                Err(refusal) => {
                    if locked(&slots).back_off(session, &refusal) {
                        tracing::warn!(session.id = %session, %refusal, "session not maintained; will try again until it is");
                    }
                    tokio::time::sleep(BACKOFF).await;
                    locked(&slots).backing_off.remove(&session);
                }
            }
        });
    }
}

/// Does what is due for a session. Returns which of its outbox entries are in flight, if any are, and when something else
/// is due.
async fn maintain(
    services: &Services,
    worker: &OutboxWorker,
    session: SessionId,
) -> Result<Option<(InFlight, Option<Moment>)>, Refusal> {
    // The outbox first: maintenance may forget the session.
    let dispatched = worker.dispatch(session).await;
    services.maintain(session).await?;
    let in_flight = dispatched?;
    if in_flight.entries.is_empty() {
        return Ok(None);
    }
    let until = services
        .next_due_excluding(session, &in_flight.entries)
        .await?;
    Ok(Some((in_flight, until)))
}

impl Slots {
    /// Marks a session as running. False when it may not be started now.
    fn try_start(&mut self, session: SessionId) -> bool {
        let left_alone = self.backing_off.contains(&session) || self.parked.contains_key(&session);
        self.running.len() < MAX_RUNNING && !left_alone && self.running.insert(session)
    }

    /// Notes that a session was maintained.
    fn finish(&mut self, session: SessionId) {
        self.running.remove(&session);
        self.failures.0.remove(&session);
    }

    /// Puts a session aside whose maintenance failed. Whether it is another failure than the last time.
    fn back_off(&mut self, session: SessionId, refusal: &Refusal) -> bool {
        self.running.remove(&session);
        self.backing_off.insert(session);
        self.failures.note(session, refusal)
    }

    /// Parks a session. The receiver ends when the session is started again without a change.
    fn park(&mut self, session: SessionId, until: Option<Moment>) -> oneshot::Receiver<()> {
        let (sender, over) = oneshot::channel();
        self.finish(session);
        self.parked.insert(
            session,
            Parked {
                until,
                _over: sender,
            },
        );
        over
    }
}

impl Failures {
    /// Notes a failure. Whether it is another one than the last time.
    fn note(&mut self, session: SessionId, refusal: &Refusal) -> bool {
        let last = self.0.insert(session, refusal.clone());
        last.as_ref() != Some(refusal)
    }

    /// Keeps only those of sessions that are due. One that is due no more was maintained by another server.
    fn keep(&mut self, due: &[SessionId]) {
        if !self.0.is_empty() {
            let due: HashSet<_> = due.iter().collect();
            self.0.retain(|session, _| due.contains(session));
        }
    }
}

/// Collects orphans until the stop. Begins one period after the start.
async fn collect_orphans(services: Services, shutdown: CancellationToken, every: Duration) {
    let mut next: Option<ObjectKey> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = shutdown.cancelled() => return,
        }
        next = match services.collect_orphans(next.take()).await {
            Ok(pass) => pass.next,
            Err(refusal) => {
                tracing::warn!(%refusal, "orphans not collected; will try again");
                None
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_that_back_off_or_are_parked_take_no_capacity() {
        let mut slots = Slots::default();
        let session = |number: usize| SessionId::from_bits(number as u128);
        let away = Refusal::StoreUnavailable;
        for number in 0..5 * MAX_RUNNING {
            slots.back_off(session(number), &away);
        }
        let parked = 5 * MAX_RUNNING..10 * MAX_RUNNING;
        parked.for_each(|number| drop(slots.park(session(number), None)));
        assert!(!slots.try_start(session(3)), "it backs off");
        assert!(!slots.try_start(session(5 * MAX_RUNNING)), "it is parked");
        let others = 10 * MAX_RUNNING..12 * MAX_RUNNING;
        let begun = others.filter(|number| slots.try_start(session(*number)));
        assert_eq!(begun.count(), MAX_RUNNING);
        assert!(!slots.try_start(session(10 * MAX_RUNNING)), "it is running");
    }

    #[test]
    fn a_failure_is_news_when_it_is_another_than_the_last_time() {
        let mut slots = Slots::default();
        let [first, second] = [1, 2].map(SessionId::from_bits);
        let (missing, away) = (Refusal::PracticeUnknown, Refusal::StoreUnavailable);
        assert!(slots.back_off(first, &missing));
        assert!(slots.back_off(second, &missing), "another session");
        assert!(!slots.back_off(first, &missing));
        assert!(slots.back_off(first, &away), "another reason");
        slots.finish(first);
        assert!(slots.back_off(first, &away), "it went well in between");
        slots.failures.keep(&[first]);
        assert!(!slots.back_off(first, &away));
        assert!(
            slots.back_off(second, &missing),
            "it was not due in between"
        );
    }
}
