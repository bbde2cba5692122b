//! The record system that launches sessions and takes pictures: ALEX, or anything that behaves like it.

use crate::digest::Sha256;
use crate::launch::{Facility, FacilityCode, Provider};
use crate::moment::Moment;
use crate::patient::{Patient, PatientId};
use crate::picture::Picture;
use crate::record::Target;
use crate::session::{Finding, SubmitOutcome};
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

/// What ALEX says about a launch.
#[derive(Clone, PartialEq, Eq)]
pub struct LaunchTicket {
    /// The patient who was open in Medtech, if one was.
    pub patient: Option<PatientId>,
    /// The practice it came from.
    pub facility: FacilityCode,
    /// ALEX's id of the clinician.
    pub provider: String,
    /// When Medtech made it.
    pub created: Moment,
}

impl fmt::Debug for LaunchTicket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LaunchTicket({}, …)", self.facility.as_str())
    }
}

/// Why a read from ALEX came to nothing. Details hold status, issue codes and correlation id, and no patient data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EhrFault {
    /// No answer, an overloaded gateway, or a practice computer that sleeps.
    #[error("ALEX unavailable: {0}")]
    Unavailable(String),
    /// ALEX knows nothing by that name.
    #[error("ALEX does not know it: {0}")]
    NotFound(String),
    /// ALEX refuses: credentials, role or facility.
    #[error("ALEX refuses: {0}")]
    Refused(String),
    /// The answer makes no sense.
    #[error("ALEX violated its protocol: {0}")]
    Protocol(String),
}

/// A request to file a picture, or a document of several, for one patient.
#[derive(Clone, Debug)]
pub struct SubmitRequest {
    /// The practice whose record it goes into.
    pub facility: FacilityCode,
    /// The patient whose record it goes into.
    pub patient: Patient,
    /// The clinician who commits it.
    pub provider: Provider,
    /// Where in the record.
    pub target: Target,
    /// The pictures in the order of pages; never none, and one for a target that takes no pages.
    pub pages: Vec<SubmitPage>,
    /// Its identifier, the idempotency key: fixed before the first attempt and the same at every one.
    pub identifier: String,
    /// Names this attempt in ALEX's logs and in ours.
    pub correlation: String,
    /// Whether the lease still holds. Asked before the last bytes go out: a request that is not complete cannot have an
    /// effect.
    pub lease_guard: LeaseGuard,
}

/// A picture to be filed.
#[derive(Clone, Debug)]
pub struct SubmitPage {
    /// The picture with its details.
    pub picture: Picture,
    /// The JPEG, byte for byte as the GP saw it.
    pub jpeg: Bytes,
}

/// Says whether the lease under which something is done still holds.
#[derive(Clone)]
pub struct LeaseGuard(Arc<dyn Fn() -> bool + Send + Sync>);

impl LeaseGuard {
    /// A guard that holds as long as `still` says so.
    pub fn valid_while(still: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(still))
    }

    /// A guard that always holds.
    #[must_use]
    pub fn always() -> Self {
        Self::valid_while(|| true)
    }

    /// Whether it holds now.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for LeaseGuard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LeaseGuard({})", self.holds())
    }
}

/// A request to look up whether something is in the record.
#[derive(Clone, Debug)]
pub struct LookupRequest {
    /// The practice in whose record.
    pub facility: FacilityCode,
    /// The patient whose record is searched.
    pub patient: Patient,
    /// Where in the record to look.
    pub target: Target,
    /// The value of its identifier.
    pub identifier: String,
    /// Digests of the JPEGs that were sent, in the order of pages.
    pub pages: Vec<Sha256>,
}

/// A record system.
#[async_trait]
pub trait Ehr: Send + Sync {
    /// Redeems what Medtech put into the launch address.
    ///
    /// # Errors
    /// `NotFound` for a launch that ALEX did not make; otherwise as [`EhrFault`] says.
    async fn redeem_launch(&self, context: &str, signature: &str)
    -> Result<LaunchTicket, EhrFault>;

    /// Reads a patient.
    ///
    /// # Errors
    /// See [`EhrFault`].
    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault>;

    /// Reads the practice's own name.
    ///
    /// # Errors
    /// See [`EhrFault`].
    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault>;

    /// Reads a clinician's name.
    ///
    /// # Errors
    /// See [`EhrFault`].
    async fn provider(&self, facility: &FacilityCode, id: &str) -> Result<Provider, EhrFault>;

    /// Posts the request once, and says what is known afterwards: `Failed` and `Later` only when it certainly was not
    /// created, `Unknown` for everything that is not certain.
    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome;

    /// Looks up whether it is in the record: `Found` only when patient and bytes agree, `Absent` only when the whole
    /// record of the patient was searched and it was not there.
    async fn lookup(&self, request: &LookupRequest) -> Finding;

    /// Some patients of a practice to begin with, where the record system is a simulator that offers them. Production offers
    /// none.
    ///
    /// # Errors
    /// See [`EhrFault`].
    async fn demo_patients(&self, _: &FacilityCode) -> Result<Vec<Patient>, EhrFault> {
        Ok(Vec::new())
    }
}
