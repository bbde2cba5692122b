//! Queued pictures go to ALEX, one attempt each, and what came of it is written down.

use super::Services;
use super::pictures::upload_key;
use crate::digest::Sha256;
use crate::id::{PictureId, SessionId};
use crate::picture::{FilingFailure, FilingReason, MOST_BYTES, PictureState};
use crate::ports::{EhrFault, FilingOrder};
use crate::refusal::Refusal;
use crate::session::{Act, Actor, FilingOutcome, Session};
use futures::StreamExt as _;

/// Pictures of one session that are at ALEX at the same time at most.
const AT_ONCE: usize = 4;

impl Services {
    /// Files every queued picture of a session. Any number of callers, also on other servers, may do so at once:
    /// each picture is taken by exactly one of them.
    ///
    /// # Errors
    /// When the session cannot be loaded.
    pub async fn file_queued(&self, id: SessionId) -> Result<(), Refusal> {
        let session = self.load(id).await?;
        let queued = |state: &PictureState| *state == PictureState::Queued;
        let pictures = session
            .view
            .pictures
            .iter()
            .filter(|picture| queued(&picture.state));
        let jobs: Vec<_> = pictures
            .map(|picture| self.file_one(&session, picture.id))
            .collect();
        futures::stream::iter(jobs)
            .buffer_unordered(AT_ONCE)
            .collect::<()>()
            .await;
        Ok(())
    }

    /// Takes one picture through. Everything that can fail without ALEX having heard of it happens before the intent
    /// is stored; after that, only ALEX's own word makes an outcome certain.
    async fn file_one(&self, session: &Session, picture: PictureId) {
        let id = session.view.id;
        let prepared = self.prepare(session, picture).await;
        match self
            .carry_out(id, Actor::Server, Act::BeginFiling { picture })
            .await
        {
            Ok(_) => {}
            // Somebody else took it.
            Err(Refusal::PictureFixed) => return,
            Err(refusal) => {
                return tracing::error!(session.id = %id, %refusal, "filing could not begin");
            }
        }
        let outcome = match prepared {
            Ok(order) => {
                let outcome = self.ehr.file(&order).await;
                tracing::info!(
                    session.id = %id,
                    picture.id = %picture,
                    ehr.correlation = order.correlation,
                    outcome = outcome_name(&outcome),
                    "picture sent to ALEX"
                );
                outcome
            }
            Err(failure) => FilingOutcome::Failed(failure),
        };
        self.write_down(id, picture, outcome).await;
    }

    /// An outcome that cannot be written down is not lost: the picture stays in `sending`, and the caretaker turns
    /// that into `unknown` when its time is over.
    async fn write_down(&self, id: SessionId, picture: PictureId, outcome: FilingOutcome) {
        let act = Act::ConcludeFiling { picture, outcome };
        if let Err(refusal) = self.carry_out(id, Actor::Server, act).await {
            tracing::error!(session.id = %id, picture.id = %picture, %refusal, "filing outcome not written down");
        }
    }

    /// Reads the patient again and the bytes again, and compares both with what the GP saw.
    async fn prepare(
        &self,
        session: &Session,
        picture: PictureId,
    ) -> Result<FilingOrder, FilingFailure> {
        let fail = |reason, technical: &str| FilingFailure {
            reason,
            technical: technical.to_owned(),
        };
        let launch = &session.view.launch;
        let patient = self
            .ehr
            .patient(&launch.facility.code, &launch.patient.id)
            .await;
        let patient = patient.map_err(|fault| fail(reason_of(&fault), &fault.to_string()))?;
        if patient.fingerprint() != launch.patient.fingerprint() {
            return Err(fail(
                FilingReason::PatientChanged,
                "patient differs from the launch",
            ));
        }
        let unreadable = || fail(FilingReason::CopyUnreadable, "temporary copy unreadable");
        let key = upload_key(session, picture).ok_or_else(unreadable)?;
        let jpeg = self
            .vault
            .read(&key, MOST_BYTES)
            .await
            .ok()
            .flatten()
            .ok_or_else(unreadable)?;
        let picture = session
            .view
            .picture(picture)
            .ok_or_else(unreadable)?
            .clone();
        if Sha256::of(&jpeg) != picture.rendition.sha256 {
            return Err(fail(
                FilingReason::CopyUnreadable,
                "temporary copy differs from what was verified",
            ));
        }
        Ok(FilingOrder {
            facility: launch.facility.code.clone(),
            patient,
            provider: launch.provider.clone(),
            identifier: picture.id.to_string(),
            picture,
            jpeg,
            correlation: format!("{:032x}", self.entropy.bits()),
        })
    }
}

/// What it means for a picture that the patient could not be read again before it was sent.
fn reason_of(fault: &EhrFault) -> FilingReason {
    match fault {
        EhrFault::Away(_) | EhrFault::Broken(_) => FilingReason::AlexAway,
        EhrFault::Refused(_) => FilingReason::Forbidden,
        EhrFault::NotFound(_) => FilingReason::PatientChanged,
    }
}

fn outcome_name(outcome: &FilingOutcome) -> &'static str {
    match outcome {
        FilingOutcome::Filed { .. } => "filed",
        FilingOutcome::Failed(_) => "failed",
        FilingOutcome::Unknown(_) => "unknown",
    }
}
