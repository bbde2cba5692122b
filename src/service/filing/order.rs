//! What is to be sent: the patient read again and the bytes read again, and both compared with what the GP saw.

use crate::digest::Sha256;
use crate::id::FilingId;
use crate::patient::Patient;
use crate::picture::{FilingFailure, FilingReason};
use crate::ports::{EhrFault, FilingOrder, Leave, OrderPage};
use crate::service::Services;
use crate::session::{Filing, FilingOutcome, Page, Session, Target};
use bytes::Bytes;

impl Services {
    /// What is to be sent, or the reason why nothing certainly was.
    pub(super) async fn order(
        &self,
        session: &Session,
        id: FilingId,
        (filing, target): (&Filing, Target),
        correlation: &str,
    ) -> Result<FilingOrder, FilingOutcome> {
        let patient = self.same_patient(session, filing).await?;
        let mut pages = Vec::with_capacity(filing.pages.len());
        for page in &filing.pages {
            let jpeg = self.same_bytes(session, page).await?;
            let picture = session.view.picture(page.picture);
            let picture = picture
                .ok_or_else(|| unreadable("no such picture"))?
                .clone();
            pages.push(OrderPage { picture, jpeg });
        }
        let launch = &session.view.launch;
        Ok(FilingOrder {
            facility: launch.facility.code.clone(),
            patient,
            provider: launch.provider.clone(),
            target,
            identifier: target.identifier(id),
            pages,
            correlation: correlation.to_owned(),
            leave: Leave::always(),
        })
    }

    async fn same_patient(
        &self,
        session: &Session,
        filing: &Filing,
    ) -> Result<Patient, FilingOutcome> {
        let launch = &session.view.launch;
        let read = self
            .ehr
            .patient(&launch.facility.code, &launch.patient.id)
            .await;
        let patient = read.map_err(|fault| unread(&fault))?;
        if patient.fingerprint() != filing.patient {
            let technical = "patient differs from the one at the commit";
            return Err(failed(FilingReason::PatientChanged, technical));
        }
        Ok(patient)
    }

    async fn same_bytes(&self, session: &Session, page: &Page) -> Result<Bytes, FilingOutcome> {
        let upload = session.uploads.get(&page.picture);
        let upload = upload.ok_or_else(|| unreadable("temporary copy gone"))?;
        let read = self.vault.read(&upload.key, upload.expected.length).await;
        let read = read.map_err(|fault| {
            tracing::warn!(%fault, "a picture to be filed cannot be read");
            later(FilingReason::CopyUnreadable, "picture store away")
        })?;
        let jpeg = read.ok_or_else(|| unreadable("temporary copy gone"))?;
        if Sha256::of(&jpeg) != page.sha256 {
            return Err(unreadable("temporary copy differs from what was committed"));
        }
        // Without the slack that a buffer grew with: a hundred of these lie in memory at once.
        Ok(Bytes::from(jpeg.into_boxed_slice()))
    }
}

fn failed(reason: FilingReason, technical: &str) -> FilingOutcome {
    FilingOutcome::Failed(FilingFailure {
        reason,
        technical: technical.to_owned(),
    })
}

fn unreadable(technical: &str) -> FilingOutcome {
    failed(FilingReason::CopyUnreadable, technical)
}

fn later(reason: FilingReason, technical: &str) -> FilingOutcome {
    FilingOutcome::Later {
        failure: FilingFailure {
            reason,
            technical: technical.to_owned(),
        },
        after: None,
    }
}

/// What it means for a picture that the patient could not be read again before it was sent.
fn unread(fault: &EhrFault) -> FilingOutcome {
    let told = fault.to_string();
    match fault {
        EhrFault::Away(_) | EhrFault::Broken(_) => later(FilingReason::AlexAway, &told),
        EhrFault::Refused(_) => failed(FilingReason::Forbidden, &told),
        EhrFault::NotFound(_) => failed(FilingReason::PatientChanged, &told),
    }
}
