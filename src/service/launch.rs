//! A launch from Medtech becomes a session. Each launch opens one session: its digest is the nonce of a replay guard.

use super::{Practice, Services, refused_by_ehr, retry_once};
use crate::digest::Sha256;
use crate::id::{RequestId, SessionId};
use crate::launch::LaunchContext;
use crate::patient::Patient;
use crate::ports::EhrFault;
use crate::refusal::Refusal;
use crate::session::{AccessToken, Session};
use std::time::Duration;

/// How old a launch may be. Also how long its use is remembered, twice over for clocks that differ.
const FRESH: Duration = Duration::from_secs(5 * 60);

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
        let patient = ticket.patient.ok_or(Refusal::NoPatient)?;
        let facility = ticket.facility;
        let patient = match ehr.patient(&facility, &patient).await {
            Ok(patient) => patient,
            Err(EhrFault::NotFound(_)) => return Err(Refusal::PatientNotFound),
            Err(fault) => return Err(refused_by_ehr(&fault)),
        };
        let provider = ehr
            .provider(&facility, &ticket.provider)
            .await
            .map_err(|fault| refused_by_ehr(&fault))?;
        let facility = ehr
            .facility(&facility)
            .await
            .map_err(|fault| refused_by_ehr(&fault))?;
        let nonce = Sha256::of(format!("{context}\u{0}{signature}").as_bytes());
        let by = RequestId::from_bits(self.entropy.bits());
        let claim = || {
            self.replay_guard
                .claim_once(nonce, by, now.plus(FRESH * 2), now)
        };
        if !retry_once(claim).await? {
            return Err(Refusal::LaunchUsed);
        }
        let demo = self.settings.demo_medtech.is_some();
        let launched_at = ticket.created;
        let launch = LaunchContext {
            patient,
            practice: practice.settings.id.clone(),
            facility,
            provider,
            launched_at,
            demo,
        };
        self.open_session(launch, &practice).await
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

    async fn open_session(
        &self,
        launch: LaunchContext,
        practice: &Practice,
    ) -> Result<Opened, Refusal> {
        let session = SessionId::from_bits(self.entropy.bits());
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
        retry_once(|| self.sessions.open(&opened)).await?;
        tracing::info!(session.id = %session, practice.id = %practice.settings.id, "session opened");
        Ok(Opened {
            session,
            is_framed: !practice.settings.frame_ancestors.is_empty(),
            token,
        })
    }
}
