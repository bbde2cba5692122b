//! The worker that takes committed pictures through: as many at once as a practice's record may have, as fast as its
//! lane allows, for as long as the server runs.
//!
//! Owns when and on which task a job is done, and that an outcome is written down although the store is away for a
//! while. What a job is, and what its outcome means, it does not know. It may die at any instruction: what was claimed
//! runs out, and whoever looks after the session next goes on.

use crate::failpoint;
use clinical_images::id::{FilingId, SessionId};
use clinical_images::launch::FacilityCode;
use clinical_images::refusal::Refusal;
use clinical_images::service::{Claim, Conclusion, Heard, Job, Lane, Services};
use clinical_images::session::Errand;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// The longest wait before a lane is asked again. Short, because its clock may be a test's.
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// How long to wait before an outcome is written again; each time twice as long, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The worker. Clones are the same one.
#[derive(Clone)]
pub struct Filer(Arc<Inside>);

struct Inside {
    services: Services,
    ways: Mutex<HashMap<FacilityCode, Arc<Way>>>,
    busy: Mutex<HashMap<SessionId, Errands>>,
}

/// Entries of a session's outbox that tasks of this worker are at, or wait to be.
#[derive(Clone, Default)]
pub struct Errands {
    /// Which.
    pub filings: HashSet<FilingId>,
    ended: Arc<Notify>,
}

impl Errands {
    /// Waits until a task for one of them has ended; also for one that ended since somebody last waited.
    pub async fn one_ended(&self) {
        self.ended.notified().await;
    }
}

/// The way to one practice's record.
struct Way {
    places: Semaphore,
    lane: Mutex<Lane>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Filer {
    /// A worker that has nothing to do yet.
    #[must_use]
    pub fn new(services: Services) -> Self {
        Self(Arc::new(Inside {
            services,
            ways: Mutex::default(),
            busy: Mutex::default(),
        }))
    }

    /// Tells the ledger what it does not know, and begins what is due in a session's outbox. Comes back at once and
    /// says what is under way.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn attend(&self, session: SessionId) -> Result<Errands, Refusal> {
        let services = &self.0.services;
        let jobs = services.filing_jobs(session).await?;
        for job in jobs {
            if self.0.takes_up(&job) {
                let filer = self.clone();
                tokio::spawn(async move { filer.0.work(job).await });
            }
        }
        services.tell_ledger(session).await?;
        let under_way = locked(&self.0.busy).get(&session).cloned();
        Ok(under_way.unwrap_or_default())
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        locked(&self.0.busy).is_empty()
    }
}

/// Frees an entry however its task ends.
struct Busy<'a>(&'a Inside, &'a Job);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let Self(inside, job) = self;
        let mut busy = locked(&inside.busy);
        if let Some(errands) = busy.get_mut(&job.session) {
            errands.filings.remove(&job.filing);
            errands.ended.notify_one();
            if errands.filings.is_empty() {
                busy.remove(&job.session);
            }
        }
    }
}

impl Inside {
    /// Whether nobody here is at this entry yet; if so, it counts as taken up.
    fn takes_up(&self, job: &Job) -> bool {
        let mut busy = locked(&self.busy);
        let errands = busy.entry(job.session).or_default();
        errands.filings.insert(job.filing)
    }

    async fn work(&self, job: Job) {
        let _busy = Busy(self, &job);
        failpoint::reach(failpoint::JOB_FOUND).await;
        let way = self.way(&job.facility);
        let Ok(_place) = way.places.acquire().await else {
            return;
        };
        way.clear(&self.services).await;
        let done = match job.errand {
            Errand::Post => self.post(&job).await,
            Errand::Look => self.look(&job).await,
        };
        let heard = match &done {
            Ok(Some(conclusion)) => conclusion.heard(),
            // Nothing was asked of the record system, so nothing is known of it.
            _ => Heard::Answer,
        };
        locked(&way.lane).heard(self.services.clock.now(), heard);
        match done {
            Ok(Some(conclusion)) => self.write_down(&conclusion).await,
            Ok(None) => {}
            Err(refusal) => {
                tracing::warn!(
                    session.id = %job.session,
                    filing.id = %job.filing,
                    %refusal,
                    "filing could not begin; will try again"
                );
            }
        }
    }

    async fn post(&self, job: &Job) -> Result<Option<Conclusion>, Refusal> {
        let Some(prepared) = self.services.prepare(job).await? else {
            return Ok(None);
        };
        failpoint::reach(failpoint::PREPARED).await;
        let claim: Option<Claim> = self.services.claim_post(job, &prepared).await?;
        let Some(claim) = claim else {
            return Ok(None);
        };
        failpoint::reach(failpoint::CLAIMED).await;
        let conclusion = self.services.post(prepared, claim).await;
        failpoint::reach(failpoint::HEARD).await;
        Ok(Some(conclusion))
    }

    async fn look(&self, job: &Job) -> Result<Option<Conclusion>, Refusal> {
        let Some(claim) = self.services.claim_look(job).await? else {
            return Ok(None);
        };
        failpoint::reach(failpoint::LOOK_CLAIMED).await;
        let conclusion = self.services.look_for(claim).await?;
        failpoint::reach(failpoint::LOOK_HEARD).await;
        Ok(Some(conclusion))
    }

    /// The outcome is in memory only: it is written until it stands, or until nobody would believe it any more.
    async fn write_down(&self, conclusion: &Conclusion) {
        let job = &conclusion.claim.job;
        let mut wait = FIRST_WAIT;
        while let Err(refusal) = self.services.conclude(conclusion).await {
            let late = self.services.clock.now() >= conclusion.worth_until();
            if late || !refusal.is_passing() {
                return tracing::error!(
                    session.id = %job.session,
                    filing.id = %job.filing,
                    %refusal,
                    "filing outcome not written down; it will be looked for"
                );
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        failpoint::reach(failpoint::WRITTEN).await;
        if let Err(refusal) = self.services.tell_ledger(job.session).await {
            tracing::warn!(session.id = %job.session, %refusal, "ledger not told; will try again");
        }
    }

    fn way(&self, facility: &FacilityCode) -> Arc<Way> {
        let rules = &self.services.settings.pace;
        let mut ways = locked(&self.ways);
        let way = ways.entry(facility.clone()).or_insert_with(|| {
            Arc::new(Way {
                places: Semaphore::new(rules.at_once.max(1)),
                lane: Mutex::new(Lane::new(rules.clone(), self.services.clock.now())),
            })
        });
        Arc::clone(way)
    }
}

impl Way {
    /// Waits until the lane lets a call through.
    async fn clear(&self, services: &Services) {
        loop {
            let asked = locked(&self.lane).ask(services.clock.now());
            match asked {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait.min(ASK_AGAIN)).await,
            }
        }
    }
}
