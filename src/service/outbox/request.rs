//! Prepares the request: the patient and the bytes are read again, and both are compared with what the GP saw.

use crate::digest::Sha256;
use crate::id::OutboxEntryId;
use crate::outbox::{OutboxEntry, Page};
use crate::patient::Patient;
use crate::picture::{FilingFailure, FilingReason};
use crate::ports::{EhrFault, LeaseGuard, ObjectRead, SubmitPage, SubmitRequest};
use crate::record::Target;
use crate::service::{Practice, Services};
use crate::session::{Session, SubmitOutcome};
use bytes::Bytes;

impl Services {
    /// The request for an entry, or the outcome when none can be made.
    pub(super) async fn submit_request(
        &self,
        practice: &Practice,
        session: &Session,
        (id, entry, target): (OutboxEntryId, &OutboxEntry, Target),
        correlation: &str,
    ) -> Result<SubmitRequest, SubmitOutcome> {
        let patient = same_patient(practice, session, entry).await?;
        let mut pages = Vec::with_capacity(entry.pages.len());
        for page in &entry.pages {
            let jpeg = self.same_bytes(session, page).await?;
            let picture = session.view.picture(page.picture);
            let picture = picture
                .ok_or_else(|| unreadable("no such picture"))?
                .clone();
            pages.push(SubmitPage { picture, jpeg });
        }
        let launch = &session.view.launch;
        Ok(SubmitRequest {
            facility: launch.facility.code.clone(),
            patient,
            provider: launch.provider.clone(),
            target,
            identifier: target.identifier(id),
            pages,
            correlation: correlation.to_owned(),
            lease_guard: LeaseGuard::always(),
        })
    }

    async fn same_bytes(&self, session: &Session, page: &Page) -> Result<Bytes, SubmitOutcome> {
        let uploads = session.uploads.get(&page.picture);
        let upload = uploads.and_then(|uploads| uploads.current.as_ref());
        let upload = upload.ok_or_else(|| unreadable("temporary copy gone"))?;
        let read = self
            .object_store
            .read(&upload.key, upload.expected.length)
            .await;
        let read = read.map_err(|fault| {
            tracing::warn!(%fault, "a picture to be filed cannot be read");
            later(FilingReason::CopyUnreadable, "picture store away")
        })?;
        let differs = || unreadable("temporary copy differs from what was committed");
        let jpeg = match read {
            Some(ObjectRead::Whole(jpeg)) => jpeg,
            Some(ObjectRead::TooLarge { .. }) => return Err(differs()),
            None => return Err(unreadable("temporary copy gone")),
        };
        if Sha256::of(&jpeg) != page.sha256 {
            return Err(differs());
        }
        // Without the slack that a buffer grew with: a hundred of these lie in memory at once.
        Ok(Bytes::from(jpeg.into_boxed_slice()))
    }
}

async fn same_patient(
    practice: &Practice,
    session: &Session,
    entry: &OutboxEntry,
) -> Result<Patient, SubmitOutcome> {
    let launch = &session.view.launch;
    let read = practice
        .ehr
        .patient(&launch.facility.code, &launch.patient.id);
    let patient = read.await.map_err(|fault| unread(&fault))?;
    if patient.fingerprint() != entry.patient {
        let technical = "patient differs from the one at the commit";
        return Err(failed(FilingReason::PatientChanged, technical));
    }
    Ok(patient)
}

fn failed(reason: FilingReason, technical: &str) -> SubmitOutcome {
    SubmitOutcome::Failed(FilingFailure {
        reason,
        technical: technical.to_owned(),
    })
}

fn unreadable(technical: &str) -> SubmitOutcome {
    failed(FilingReason::CopyUnreadable, technical)
}

fn later(reason: FilingReason, technical: &str) -> SubmitOutcome {
    SubmitOutcome::Later {
        failure: FilingFailure {
            reason,
            technical: technical.to_owned(),
        },
        after: None,
    }
}

/// The outcome for a picture when the patient could not be read again before it was sent.
fn unread(fault: &EhrFault) -> SubmitOutcome {
    let text = fault.to_string();
    match fault {
        EhrFault::Unavailable(_) | EhrFault::Protocol(_) => {
            later(FilingReason::AlexUnavailable, &text)
        }
        EhrFault::Refused(_) => failed(FilingReason::Forbidden, &text),
        EhrFault::NotFound(_) => failed(FilingReason::PatientChanged, &text),
    }
}
