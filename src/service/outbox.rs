//! The tasks of an outbox entry, a picture or a document of several: submitting it, and looking it up when the outcome is
//! unknown.
//!
//! Owns the order of the steps: prepare, claim, submit, conclude. Which task is due, who may claim it and what its outcome
//! means is decided in `session::decide`; when to try, and on which thread, is the server's concern. Everything that can
//! fail without a request to ALEX happens before the claim is stored; after that, only ALEX's answer makes an outcome
//! certain.

mod ledger;
mod request;

use super::{CallHealth, Practice, Services};
use crate::id::{OutboxEntryId, PracticeId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::outbox::{OutboxEntry, OutboxTask};
use crate::picture::{FilingFailure, FilingReason};
use crate::ports::{LeaseGuard, LookupRequest, SubmitRequest};
use crate::record::Target;
use crate::refusal::Refusal;
use crate::session::{
    Actor, BeginLookup, BeginSubmit, Begun, Command, Finding, Session, SubmitOutcome, TypedCommand,
};
use std::sync::Arc;
use std::time::Duration;

/// A task that is due for one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The session whose outbox holds it.
    pub session: SessionId,
    /// The entry.
    pub entry: OutboxEntryId,
    /// The practice whose picture it is.
    pub practice: PracticeId,
    /// The HPI number of the record that it is about.
    pub facility: FacilityCode,
    /// What is to be done.
    pub task: OutboxTask,
}

/// An entry ready to be posted, or the outcome when it cannot be.
#[derive(Debug)]
pub struct Prepared {
    practice: Practice,
    target: Target,
    correlation: String,
    request: Result<Box<SubmitRequest>, SubmitOutcome>,
}

/// An exclusive claim on a job, with its lease and its fencing token.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The job it is for.
    pub job: Job,
    /// When the lease expires.
    pub until: Moment,
    target: Target,
    fencing_token: u64,
}

/// The outcome of a job; only in memory until it is persisted.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The claim under which it was done.
    pub claim: Claim,
    command: Command,
}

/// How often a claim is tried while the store does not answer. A claim is idempotent.
const CLAIM_TRIES: usize = 3;

impl Services {
    /// The tasks that are due in a session's outbox.
    ///
    /// # Errors
    /// When the session cannot be loaded, and when something is to be done for a practice that is configured no more.
    pub async fn outbox_jobs(&self, id: SessionId) -> Result<Vec<Job>, Refusal> {
        let session = self.load(id).await?;
        let now = self.clock.now();
        let due = session.outbox.iter();
        let due: Vec<_> = due
            .filter_map(|(id, entry)| Some((*id, entry.due_task(now)?)))
            .collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let practice = self.practice_of(&session)?.settings.id.clone();
        let facility = &session.view.launch.facility.code;
        let jobs = due.into_iter().map(|(entry, task)| Job {
            session: id,
            entry,
            practice: practice.clone(),
            facility: facility.clone(),
            task,
        });
        Ok(jobs.collect())
    }

    /// Reads the patient again and the bytes again, and compares both with what the GP saw. `None` when another worker
    /// was faster.
    ///
    /// # Errors
    /// When the session cannot be loaded, or its practice is configured no more.
    pub async fn prepare(&self, job: &Job) -> Result<Option<Prepared>, Refusal> {
        let session = self.load(job.session).await?;
        let Some((entry, target)) = due(&session, job, self.clock.now()) else {
            return Ok(None);
        };
        let practice = self.practice_of(&session)?;
        let correlation = format!("{:032x}", self.entropy.bits());
        let entry = (job.entry, entry, target);
        let request = self
            .submit_request(&practice, &session, entry, &correlation)
            .await;
        Ok(Some(Prepared {
            practice,
            target,
            request: request.map(Box::new),
            correlation,
        }))
    }

    /// Stores the intent to post. `None` when another worker was faster.
    ///
    /// # Errors
    /// When the store does not answer. The claim may have been made then; its lease expires.
    pub async fn claim_submit(
        &self,
        job: &Job,
        prepared: &Prepared,
    ) -> Result<Option<Claim>, Refusal> {
        let command = BeginSubmit {
            entry: job.entry,
            worker: self.worker,
            correlation: prepared.correlation.clone(),
        };
        self.claim(job, prepared.target, command).await
    }

    /// Posts what was prepared, once, under a claim.
    pub async fn submit(&self, prepared: Prepared, claim: Claim) -> Conclusion {
        let outcome = match prepared.request {
            Ok(mut request) => {
                let (clock, until) = (Arc::clone(&self.clock), claim.until);
                request.lease_guard = LeaseGuard::valid_while(move || clock.now() < until);
                let outcome = prepared.practice.ehr.submit(&request).await;
                tracing::info!(
                    practice.id = %claim.job.practice,
                    session.id = %claim.job.session,
                    outbox.entry = %claim.job.entry,
                    ehr.correlation = request.correlation,
                    ehr.target = claim.target.name(),
                    outcome = outcome_name(&outcome),
                    "sent to ALEX"
                );
                outcome
            }
            Err(outcome) => outcome,
        };
        let command = Command::ConcludeSubmit {
            entry: claim.job.entry,
            target: claim.target,
            fencing_token: claim.fencing_token,
            outcome,
            jitter: self.jitter(),
        };
        Conclusion { claim, command }
    }

    /// Claims a search. `None` when another worker was faster.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn claim_lookup(&self, job: &Job) -> Result<Option<Claim>, Refusal> {
        let session = self.load(job.session).await?;
        let Some((_, target)) = due(&session, job, self.clock.now()) else {
            return Ok(None);
        };
        let command = BeginLookup {
            entry: job.entry,
            worker: self.worker,
        };
        self.claim(job, target, command).await
    }

    /// Searches the record for an entry, under a claim.
    ///
    /// # Errors
    /// When the session cannot be loaded, or its practice is configured no more.
    pub async fn lookup(&self, claim: Claim) -> Result<Conclusion, Refusal> {
        let session = self.load(claim.job.session).await?;
        let entry = session.outbox.get(&claim.job.entry);
        let entry = entry.ok_or(Refusal::PictureUnknown)?;
        let request = LookupRequest {
            facility: claim.job.facility.clone(),
            patient: session.view.launch.patient.clone(),
            target: claim.target,
            identifier: claim.target.identifier(claim.job.entry),
            pages: entry.pages.iter().map(|page| page.sha256).collect(),
        };
        let finding = self.practice_of(&session)?.ehr.lookup(&request).await;
        tracing::info!(
            practice.id = %claim.job.practice,
            session.id = %claim.job.session,
            outbox.entry = %claim.job.entry,
            ehr.target = claim.target.name(),
            finding = finding_name(&finding),
            "searched the record at ALEX"
        );
        let command = Command::ConcludeLookup {
            entry: claim.job.entry,
            target: claim.target,
            fencing_token: claim.fencing_token,
            finding,
            jitter: self.jitter(),
        };
        Ok(Conclusion { claim, command })
    }

    /// Persists the outcome of a job. Doing it again, or too late, is harmless.
    ///
    /// # Errors
    /// When the store does not answer; the caller still holds the outcome and can try again.
    pub async fn conclude(&self, conclusion: &Conclusion) -> Result<(), Refusal> {
        let command = conclusion.command.clone();
        self.execute(conclusion.claim.job.session, Actor::Server, command)
            .await
            .map(drop)
    }

    async fn claim<C: TypedCommand<Reply = Begun>>(
        &self,
        job: &Job,
        target: Target,
        command: C,
    ) -> Result<Option<Claim>, Refusal> {
        let mut tries = CLAIM_TRIES;
        loop {
            tries -= 1;
            return match self
                .execute(job.session, Actor::Server, command.clone())
                .await
            {
                Ok((_, begun)) => Ok(Some(Claim {
                    job: job.clone(),
                    until: begun.until,
                    target,
                    fencing_token: begun.fencing_token,
                })),
                Err(Refusal::PictureFixed) => Ok(None),
                Err(refusal) if refusal.is_transient() && tries > 0 => continue,
                Err(refusal) => Err(refusal),
            };
        }
    }

    fn jitter(&self) -> u16 {
        u16::try_from(self.entropy.bits() & 0xffff).unwrap_or_default()
    }
}

impl Conclusion {
    /// What the outcome shows about the health of the record system.
    #[must_use]
    pub fn call_health(&self) -> CallHealth {
        let away = |failure: &FilingFailure| failure.reason == FilingReason::AlexUnavailable;
        match &self.command {
            Command::ConcludeSubmit { outcome, .. } => match outcome {
                SubmitOutcome::Later { failure, after } if away(failure) => {
                    CallHealth::Unavailable {
                        retry_after: *after,
                    }
                }
                SubmitOutcome::Unknown(_) => CallHealth::Unavailable { retry_after: None },
                _ => CallHealth::Healthy,
            },
            Command::ConcludeLookup {
                finding: Finding::Unavailable(_),
                ..
            } => CallHealth::Unavailable { retry_after: None },
            _ => CallHealth::Healthy,
        }
    }

    /// Until when it is worth trying to persist it: well beyond the lease, because "filed" counts also when it is late.
    #[must_use]
    pub fn worth_until(&self) -> Moment {
        self.claim.until.plus(Duration::from_secs(600))
    }
}

/// The entry and target of a job that is still due.
fn due<'s>(session: &'s Session, job: &Job, now: Moment) -> Option<(&'s OutboxEntry, Target)> {
    let entry = session.outbox.get(&job.entry)?;
    let target = entry.target()?;
    (entry.due_task(now) == Some(job.task)).then_some((entry, target))
}

fn outcome_name(outcome: &SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Filed { .. } => "filed",
        SubmitOutcome::Failed(_) => "failed",
        SubmitOutcome::Later { .. } => "later",
        SubmitOutcome::Unknown(_) => "unknown",
    }
}

fn finding_name(finding: &Finding) -> &'static str {
    match finding {
        Finding::Found { .. } => "found",
        Finding::Absent(_) => "absent",
        Finding::Unavailable(_) => "away",
        Finding::CannotTell(_) => "cannot tell",
    }
}
