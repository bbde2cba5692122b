//! A launch from Medtech becomes a session, and each launch becomes one. Its digest is the nonce of the replay guard.
//!
//! The first opening claims the nonce for a session that is not stored yet. A later one, or one at the same time, gets the
//! name of that session and tries to store one of its own under it: the session store keeps the first and refuses the rest.
//! So a launch is used once its session is stored, and not before: whatever fails between the two, it can be opened again.
//! Only when the session was stored and both answers got lost is a launch used that showed nothing; the next one works.

use super::{Practice, Services, refused_by_ehr, retry_once};
use crate::digest::Sha256;
use crate::id::SessionId;
use crate::launch::{Facility, LaunchContext, Provider};
use crate::patient::{Patient, PatientId};
use crate::ports::{EhrFault, LaunchTicket, Opening};
use crate::refusal::Refusal;
use crate::session::{AccessToken, Session};
use futures::future::try_join3;
use std::time::Duration;

/// How old a launch may be.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// How long its session's name is remembered: twice as long, for clocks that differ. A session is kept for longer, also when
/// it ends at once, so that its name stays taken.
const CLAIMED: Duration = FRESH.saturating_mul(2);

/// A session that was just opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its name, for the address.
    pub session: SessionId,
    /// Whether the practice shows the product in a frame of its own pages.
    pub is_framed: bool,
    /// The desktop's access token, for the cookie.
    pub token: AccessToken,
}

impl Services {
    /// Redeems what Medtech put into the launch address, in the name of the practice whose address it is, and opens a session
    /// for it. An address that names no practice is the only practice's.
    ///
    /// # Errors
    /// `PracticeUnknown`, `PracticeClosed`, `LaunchUnknown`, `LaunchExpired`, `LaunchUsed`, `WrongFacility`, `NoPatient`, `PatientNotFound`, or a store
    /// or ALEX being away. A launch counts as used only when a session was opened for it.
    pub async fn open_launch(
        &self,
        practice: Option<&str>,
        context: &str,
        signature: &str,
    ) -> Result<Opened, Refusal> {
        let practice = self.practice_to_launch(practice)?;
        let ehr = &practice.ehr;
        let now = self.clock.now();
        let ticket = match ehr.redeem_launch(context, signature).await {
            Ok(ticket) => ticket,
            Err(EhrFault::NotFound(_)) => return Err(Refusal::LaunchUnknown),
            Err(fault) => return Err(refused_by_ehr(&fault)),
        };
        // A practice's clock may run a little ahead; more than the allowance is no launch of today.
        if now.since(ticket.created) > FRESH || ticket.created.since(now) > FRESH {
            return Err(Refusal::LaunchExpired);
        }
        if ticket.facility != practice.settings.facility {
            return Err(Refusal::WrongFacility);
        }
        let patient = ticket.patient.as_ref().ok_or(Refusal::NoPatient)?;
        let (patient, provider, facility) = read_record(&practice, &ticket, patient).await?;
        let launch = LaunchContext {
            patient,
            practice: practice.settings.id.clone(),
            facility,
            provider,
            launched_at: ticket.created,
            demo: self.settings.demo_medtech.is_some(),
        };
        let nonce = Sha256::of(format!("{context}\u{0}{signature}").as_bytes());
        let proposed = SessionId::from_bits(self.entropy.bits());
        let until = now.plus(CLAIMED);
        let claim = || self.replay_guard.claim_once(nonce, proposed, until, now);
        let session = retry_once(claim).await?;
        self.open_session(session, launch, &practice).await
    }

    /// The patients whom the demo's start page offers, by the name of their practice.
    ///
    /// # Errors
    /// `EhrUnavailable` when the simulator does not answer.
    pub async fn demo_patients(&self) -> Result<Vec<(String, Vec<Patient>)>, Refusal> {
        let mut practices = Vec::new();
        let open = self.practices.all().into_iter();
        for practice in open.filter(|it| !it.settings.closed) {
            let settings = &practice.settings;
            let patients = practice.ehr.demo_patients(&settings.facility).await;
            let patients = patients.map_err(|fault| refused_by_ehr(&fault))?;
            practices.push((settings.name.as_str().to_owned(), patients));
        }
        Ok(practices)
    }

    /// Stores a session of this name for a launch; refuses the launch as used when there is one already.
    async fn open_session(
        &self,
        session: SessionId,
        launch: LaunchContext,
        practice: &Practice,
    ) -> Result<Opened, Refusal> {
        let token = AccessToken {
            session,
            secret: self.secret(2),
        };
        let epoch = u32::try_from(self.entropy.bits() % (1 << 31)).unwrap_or(0);
        let key_prefix = self.entropy.bits();
        let limits = practice.settings.limits.clone();
        let opened = Session::open(
            session,
            epoch,
            key_prefix,
            launch,
            token.digest(),
            limits,
            self.clock.now(),
        );
        match retry_once(|| self.sessions.open(&opened)).await? {
            Opening::Done => {}
            Opening::NameTaken => return Err(Refusal::LaunchUsed),
        }
        tracing::info!(session.id = %session, practice.id = %practice.settings.id, "session opened");
        Ok(Opened {
            session,
            is_framed: !practice.settings.frame_ancestors.is_empty(),
            token,
        })
    }
}

/// What the record says of a launch: its patient, who launched it, and the practice. The three are read at the same time;
/// the first failure is the answer.
async fn read_record(
    practice: &Practice,
    ticket: &LaunchTicket,
    patient: &PatientId,
) -> Result<(Patient, Provider, Facility), Refusal> {
    let (ehr, code) = (&practice.ehr, &ticket.facility);
    let patient = async {
        ehr.patient(code, patient)
            .await
            .map_err(|fault| match fault {
                EhrFault::NotFound(_) => Refusal::PatientNotFound,
                fault => refused_by_ehr(&fault),
            })
    };
    let provider = async {
        let read = ehr.provider(code, &ticket.provider).await;
        read.map_err(|fault| refused_by_ehr(&fault))
    };
    let facility = async {
        let read = ehr.facility(code).await;
        read.map_err(|fault| refused_by_ehr(&fault))
    };
    try_join3(patient, provider, facility).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Limits;

    #[test]
    fn a_session_that_ends_at_once_is_kept_for_longer_than_its_launch_is_remembered() {
        assert!(Limits::default().keep_ended > CLAIMED);
    }
}
