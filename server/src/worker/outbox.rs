//! The outbox worker: files what is due in the outboxes of sessions, with at most so many entries of a practice at once
//! and as fast as the practice's limiter allows (a rate limit and a circuit breaker).
//!
//! Owns when and on which task a job is done, and that an outcome is persisted although the store does not answer for a
//! while. It does not know what a job is or what its outcome means. It may die at any instruction: its leases expire, and
//! the server that maintains the session next continues.

use crate::failpoint;
use clinical_images::id::{OutboxEntryId, PracticeId, SessionId};
use clinical_images::outbox::OutboxTask;
use clinical_images::refusal::Refusal;
use clinical_images::service::{
    CallHealth, Claim, Conclusion, Job, PracticeLimiter, RateLimits, Services,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// The longest wait before the limiter is asked again. Short, because its clock may be a test's.
const RECHECK: Duration = Duration::from_millis(200);
/// The first backoff before an outcome is written again; twice as long each time, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The worker. Clones are the same one.
#[derive(Clone)]
pub struct OutboxWorker(Arc<Inside>);

struct Inside {
    services: Services,
    gates: Mutex<HashMap<PracticeId, Arc<PracticeGate>>>,
    in_flight_by_session: Mutex<HashMap<SessionId, InFlight>>,
}

/// Entries of a session's outbox that have a task in this worker, under way or waiting for the limiter.
#[derive(Clone, Default)]
pub struct InFlight {
    /// The entries' names.
    pub entries: HashSet<OutboxEntryId>,
    ended: Arc<Notify>,
}

impl InFlight {
    /// Waits until a task for one of them has ended. One that ended since the last wait counts.
    pub async fn one_ended(&self) {
        self.ended.notified().await;
    }
}

/// What a task has to pass before it may call one practice's record.
struct PracticeGate {
    limits: RateLimits,
    permits: Semaphore,
    limiter: Mutex<PracticeLimiter>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OutboxWorker {
    /// A worker that has nothing to do yet.
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self(Arc::new(Inside {
            services,
            gates: Mutex::default(),
            in_flight_by_session: Mutex::default(),
        }))
    }

    /// Starts the tasks that are due in a session's outbox, and writes missing outcomes to the ledger. Returns without
    /// waiting for the tasks and says what is in flight.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn dispatch(&self, session: SessionId) -> Result<InFlight, Refusal> {
        let services = &self.0.services;
        let jobs = services.outbox_jobs(session).await?;
        for job in jobs {
            if self.0.try_start(&job) {
                let worker = self.clone();
                tokio::spawn(async move { worker.0.work(job).await });
            }
        }
        services.update_ledger(session).await?;
        let under_way = locked(&self.0.in_flight_by_session).get(&session).cloned();
        Ok(under_way.unwrap_or_default())
    }

    /// Whether no task is in flight.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        locked(&self.0.in_flight_by_session).is_empty()
    }
}

/// Frees an entry however its task ends.
struct InFlightGuard<'a>(&'a Inside, &'a Job);

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let Self(inside, job) = self;
        let mut in_flight_by_session = locked(&inside.in_flight_by_session);
        if let Some(in_flight) = in_flight_by_session.get_mut(&job.session) {
            in_flight.entries.remove(&job.entry);
            in_flight.ended.notify_one();
            if in_flight.entries.is_empty() {
                in_flight_by_session.remove(&job.session);
            }
        }
    }
}

impl Inside {
    /// Marks an entry as in flight. False when it is already.
    fn try_start(&self, job: &Job) -> bool {
        let mut in_flight_by_session = locked(&self.in_flight_by_session);
        let in_flight = in_flight_by_session.entry(job.session).or_default();
        in_flight.entries.insert(job.entry)
    }

    async fn work(&self, job: Job) {
        let _guard = InFlightGuard(self, &job);
        failpoint::reach(failpoint::JOB_FOUND).await;
        let gate = self.gate(&job.practice);
        let Ok(_permit) = gate.permits.acquire().await else {
            return;
        };
        gate.acquire(&self.services).await;
        let done = match job.task {
            OutboxTask::Submit => self.submit(&job).await,
            OutboxTask::Reconcile => self.reconcile(&job).await,
        };
        let health = match &done {
            Ok(Some(conclusion)) => conclusion.call_health(),
            // The record system was not called, so nothing is known about its health.
            _ => CallHealth::Healthy,
        };
        locked(&gate.limiter).record(self.services.clock.now(), health);
        match done {
            Ok(Some(conclusion)) => self.persist_outcome(&conclusion).await,
            Ok(None) => {}
            Err(refusal) => {
                tracing::warn!(
                    session.id = %job.session,
                    outbox.entry = %job.entry,
                    %refusal,
                    "cannot begin an outbox task; will try again"
                );
            }
        }
    }

    async fn submit(&self, job: &Job) -> Result<Option<Conclusion>, Refusal> {
        let Some(prepared) = self.services.prepare(job).await? else {
            return Ok(None);
        };
        failpoint::reach(failpoint::PREPARED).await;
        let claim: Option<Claim> = self.services.claim_submit(job, &prepared).await?;
        let Some(claim) = claim else {
            return Ok(None);
        };
        failpoint::reach(failpoint::CLAIMED).await;
        let conclusion = self.services.submit(prepared, claim).await;
        failpoint::reach(failpoint::OUTCOME_KNOWN).await;
        Ok(Some(conclusion))
    }

    async fn reconcile(&self, job: &Job) -> Result<Option<Conclusion>, Refusal> {
        let Some(claim) = self.services.claim_lookup(job).await? else {
            return Ok(None);
        };
        failpoint::reach(failpoint::LOOKUP_CLAIMED).await;
        let conclusion = self.services.lookup(claim).await?;
        failpoint::reach(failpoint::LOOKUP_ANSWERED).await;
        Ok(Some(conclusion))
    }

    /// The outcome is in memory only: it is written again and again until it is stored, or until it would not count any
    /// more.
    async fn persist_outcome(&self, conclusion: &Conclusion) {
        let job = &conclusion.claim.job;
        let mut wait = FIRST_WAIT;
        while let Err(refusal) = self.services.conclude(conclusion).await {
            let late = self.services.clock.now() >= conclusion.worth_until();
            if late || !refusal.is_transient() {
                return tracing::error!(
                    session.id = %job.session,
                    outbox.entry = %job.entry,
                    %refusal,
                    "outcome of an outbox task not persisted; the record will be searched for it"
                );
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        failpoint::reach(failpoint::WRITTEN).await;
        if let Err(refusal) = self.services.update_ledger(job.session).await {
            tracing::warn!(session.id = %job.session, %refusal, "ledger not updated; will try again");
        }
    }

    /// The way to a practice's record, a new one once its rules were changed. What is on the old one goes on there.
    fn gate(&self, practice: &PracticeId) -> Arc<PracticeGate> {
        let known = self.services.practices.find(practice);
        let limits = known.map_or_else(RateLimits::default, |it| it.settings.rate_limits.clone());
        let mut gates = locked(&self.gates);
        if let Some(gate) = gates.get(practice).filter(|gate| gate.limits == limits) {
            return Arc::clone(gate);
        }
        let gate = Arc::new(PracticeGate {
            permits: Semaphore::new(limits.concurrency.max(1)),
            limiter: Mutex::new(PracticeLimiter::new(
                limits.clone(),
                self.services.clock.now(),
            )),
            limits,
        });
        gates.insert(practice.clone(), Arc::clone(&gate));
        gate
    }
}

impl PracticeGate {
    /// Waits until the limiter lets a call through.
    async fn acquire(&self, services: &Services) {
        loop {
            let acquired = locked(&self.limiter).try_acquire(services.clock.now());
            match acquired {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait.min(RECHECK)).await,
            }
        }
    }
}
