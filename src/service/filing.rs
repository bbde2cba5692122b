//! The errands of an entry of the outbox, a picture or a document of several: posting it, and looking for it after an
//! answer was missing.
//!
//! Owns the order of steps and what each needs from the outside. Which errand is due, who may do it and what its
//! outcome means is decided in `session::decide`; when to try, and on which thread, is the server's. Everything that
//! can fail without ALEX having heard of it happens before the claim is stored; after that, only ALEX's own word
//! makes an outcome certain.

mod ledger;
mod order;
mod pace;

pub use pace::{Heard, Lane, PaceRules};

use super::Services;
use crate::id::{FilingId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::picture::{FilingFailure, FilingReason};
use crate::ports::{FilingOrder, Leave, SearchOrder};
use crate::refusal::Refusal;
use crate::session::{Act, Actor, Errand, Filing, FilingOutcome, Finding, Reply, Session, Target};
use std::sync::Arc;
use std::time::Duration;

/// Something to do for one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its session.
    pub session: SessionId,
    /// Which entry.
    pub filing: FilingId,
    /// The practice whose record it is about.
    pub facility: FacilityCode,
    /// What is to be done.
    pub errand: Errand,
}

/// An entry ready to be posted, or the reason why it certainly is not.
#[derive(Debug)]
pub struct Prepared {
    target: Target,
    correlation: String,
    order: Result<Box<FilingOrder>, FilingOutcome>,
}

/// An exclusive hold on a job.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What it is for.
    pub job: Job,
    /// From then on it holds no longer.
    pub until: Moment,
    target: Target,
    fence: u64,
}

/// What came of a job; in memory until it is written down.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The claim under which it was done.
    pub claim: Claim,
    act: Act,
}

/// A claim is asked for so often when the store does not answer. Asking again is the same claim.
const CLAIM_TRIES: usize = 3;

impl Services {
    /// What is to be done for a session's outbox now.
    ///
    /// # Errors
    /// When the session cannot be loaded.
    pub async fn filing_jobs(&self, id: SessionId) -> Result<Vec<Job>, Refusal> {
        let session = self.load(id).await?;
        let now = self.clock.now();
        let jobs = session.filings.iter().filter_map(|(entry, filing)| {
            Some(Job {
                session: id,
                filing: *entry,
                facility: session.view.launch.facility.code.clone(),
                errand: filing.errand(now)?,
            })
        });
        Ok(jobs.collect())
    }

    /// Reads the patient again and the bytes again, and compares both with what the GP saw. Nothing when somebody
    /// else was faster.
    ///
    /// # Errors
    /// When the session cannot be loaded.
    pub async fn prepare(&self, job: &Job) -> Result<Option<Prepared>, Refusal> {
        let session = self.load(job.session).await?;
        let Some((filing, target)) = due(&session, job, self.clock.now()) else {
            return Ok(None);
        };
        let correlation = format!("{:032x}", self.entropy.bits());
        let order = self.order(&session, job.filing, (filing, target), &correlation);
        Ok(Some(Prepared {
            target,
            order: order.await.map(Box::new),
            correlation,
        }))
    }

    /// Stores the intent. Nothing when somebody else was faster.
    ///
    /// # Errors
    /// When the store does not answer. Whether the claim was made is unknown then: it is left to run out.
    pub async fn claim_post(
        &self,
        job: &Job,
        prepared: &Prepared,
    ) -> Result<Option<Claim>, Refusal> {
        let act = Act::BeginFiling {
            filing: job.filing,
            worker: self.worker,
            correlation: prepared.correlation.clone(),
        };
        self.claim(job, prepared.target, act).await
    }

    /// Posts what was prepared, once, under a claim.
    pub async fn post(&self, prepared: Prepared, claim: Claim) -> Conclusion {
        let outcome = match prepared.order {
            Ok(mut order) => {
                let (clock, until) = (Arc::clone(&self.clock), claim.until);
                order.leave = Leave::while_so(move || clock.now() < until);
                let outcome = self.ehr.file(&order).await;
                tracing::info!(
                    session.id = %claim.job.session,
                    filing.id = %claim.job.filing,
                    ehr.correlation = order.correlation,
                    ehr.target = claim.target.name(),
                    outcome = outcome_name(&outcome),
                    "sent to ALEX"
                );
                outcome
            }
            Err(outcome) => outcome,
        };
        let act = Act::ConcludeFiling {
            filing: claim.job.filing,
            target: claim.target,
            fence: claim.fence,
            outcome,
            jitter: self.jitter(),
        };
        Conclusion { claim, act }
    }

    /// Claims a look. Nothing when somebody else was faster.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn claim_look(&self, job: &Job) -> Result<Option<Claim>, Refusal> {
        let session = self.load(job.session).await?;
        let Some((_, target)) = due(&session, job, self.clock.now()) else {
            return Ok(None);
        };
        let act = Act::BeginLook {
            filing: job.filing,
            worker: self.worker,
        };
        self.claim(job, target, act).await
    }

    /// Looks for an entry in the record, under a claim.
    ///
    /// # Errors
    /// When the session cannot be loaded.
    pub async fn look_for(&self, claim: Claim) -> Result<Conclusion, Refusal> {
        let session = self.load(claim.job.session).await?;
        let filing = session.filings.get(&claim.job.filing);
        let filing = filing.ok_or(Refusal::PictureUnknown)?;
        let order = SearchOrder {
            facility: claim.job.facility.clone(),
            patient: session.view.launch.patient.clone(),
            target: claim.target,
            identifier: claim.target.identifier(claim.job.filing),
            pages: filing.pages.iter().map(|page| page.sha256).collect(),
        };
        let finding = self.ehr.find(&order).await;
        tracing::info!(
            session.id = %claim.job.session,
            filing.id = %claim.job.filing,
            ehr.target = claim.target.name(),
            finding = finding_name(&finding),
            "looked for at ALEX"
        );
        let act = Act::ConcludeLook {
            filing: claim.job.filing,
            target: claim.target,
            fence: claim.fence,
            finding,
            jitter: self.jitter(),
        };
        Ok(Conclusion { claim, act })
    }

    /// Writes down what came of a job. Doing it again, or too late, is harmless.
    ///
    /// # Errors
    /// When the store does not answer; the caller still holds the outcome and can try again.
    pub async fn conclude(&self, conclusion: &Conclusion) -> Result<(), Refusal> {
        let act = conclusion.act.clone();
        self.carry_out(conclusion.claim.job.session, Actor::Server, act)
            .await
            .map(drop)
    }

    async fn claim(&self, job: &Job, target: Target, act: Act) -> Result<Option<Claim>, Refusal> {
        let mut tries = CLAIM_TRIES;
        loop {
            tries -= 1;
            return match self
                .carry_out(job.session, Actor::Server, act.clone())
                .await
            {
                Ok((_, Reply::Begun { fence, until })) => Ok(Some(Claim {
                    job: job.clone(),
                    until,
                    target,
                    fence,
                })),
                Ok(_) | Err(Refusal::PictureFixed) => Ok(None),
                Err(refusal) if refusal.is_passing() && tries > 0 => continue,
                Err(refusal) => Err(refusal),
            };
        }
    }

    fn jitter(&self) -> u16 {
        u16::try_from(self.entropy.bits() & 0xffff).unwrap_or_default()
    }
}

impl Conclusion {
    /// What it says about the record system being there.
    #[must_use]
    pub fn heard(&self) -> Heard {
        let away = |failure: &FilingFailure| failure.reason == FilingReason::AlexAway;
        match &self.act {
            Act::ConcludeFiling { outcome, .. } => match outcome {
                FilingOutcome::Later { failure, after } if away(failure) => {
                    Heard::Away { wait: *after }
                }
                FilingOutcome::Unknown(_) => Heard::Away { wait: None },
                _ => Heard::Answer,
            },
            Act::ConcludeLook {
                finding: Finding::Away(_),
                ..
            } => Heard::Away { wait: None },
            _ => Heard::Answer,
        }
    }

    /// How long writing it down is worth trying: a late word still counts when it is "filed", so well beyond the claim.
    #[must_use]
    pub fn worth_until(&self) -> Moment {
        self.claim.until.plus(Duration::from_secs(600))
    }
}

/// The entry and target of a job that is still due.
fn due<'s>(session: &'s Session, job: &Job, now: Moment) -> Option<(&'s Filing, Target)> {
    let filing = session.filings.get(&job.filing)?;
    let target = filing.target()?;
    (filing.errand(now) == Some(job.errand)).then_some((filing, target))
}

fn outcome_name(outcome: &FilingOutcome) -> &'static str {
    match outcome {
        FilingOutcome::Filed { .. } => "filed",
        FilingOutcome::Failed(_) => "failed",
        FilingOutcome::Later { .. } => "later",
        FilingOutcome::Unknown(_) => "unknown",
    }
}

fn finding_name(finding: &Finding) -> &'static str {
    match finding {
        Finding::Found { .. } => "found",
        Finding::Absent(_) => "absent",
        Finding::Away(_) => "away",
        Finding::CannotTell(_) => "cannot tell",
    }
}
