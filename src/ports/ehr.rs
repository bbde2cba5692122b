//! The record system that launches sessions and takes pictures: ALEX, or anything that behaves like it.

use crate::digest::Sha256;
use crate::launch::{Facility, FacilityCode, Provider};
use crate::moment::Moment;
use crate::patient::{Patient, PatientId};
use crate::picture::Picture;
use crate::session::{FilingOutcome, Finding, Target};
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
    #[error("ALEX is away: {0}")]
    Away(String),
    /// ALEX knows nothing by that name.
    #[error("ALEX does not know it: {0}")]
    NotFound(String),
    /// ALEX refuses: credentials, role or facility.
    #[error("ALEX refuses: {0}")]
    Refused(String),
    /// The answer makes no sense.
    #[error("ALEX answered out of contract: {0}")]
    Broken(String),
}

/// What is to be filed for one patient: a picture, or a document of several.
#[derive(Clone, Debug)]
pub struct FilingOrder {
    /// The practice whose record it goes into.
    pub facility: FacilityCode,
    /// Whose record.
    pub patient: Patient,
    /// Who commits it.
    pub provider: Provider,
    /// Where in the record.
    pub target: Target,
    /// The pictures in the order of pages; never none, and one for a target that takes no pages.
    pub pages: Vec<OrderPage>,
    /// The value of the identifier that goes with it: fixed before the first attempt, the same for ever.
    pub identifier: String,
    /// Names this attempt in ALEX's logs and in ours.
    pub correlation: String,
    /// Whether the claim on the picture still holds. Asked last of all before the request is complete: a request
    /// that is not allowed to end cannot have an effect.
    pub leave: Leave,
}

/// A picture to be filed.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// The picture with its details.
    pub picture: Picture,
    /// The JPEG, byte for byte as the GP saw it.
    pub jpeg: Bytes,
}

/// Says whether something may still be done.
#[derive(Clone)]
pub struct Leave(Arc<dyn Fn() -> bool + Send + Sync>);

impl Leave {
    /// As long as `still` says so.
    pub fn while_so(still: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(still))
    }

    /// Always.
    #[must_use]
    pub fn always() -> Self {
        Self::while_so(|| true)
    }

    /// Whether it holds now.
    #[must_use]
    pub fn holds(&self) -> bool {
        (self.0)()
    }
}

impl fmt::Debug for Leave {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Leave({})", self.holds())
    }
}

/// What is to be looked for in the record.
#[derive(Clone, Debug)]
pub struct SearchOrder {
    /// The practice in whose record.
    pub facility: FacilityCode,
    /// Whose record.
    pub patient: Patient,
    /// Where in the record.
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

    /// Posts what is ordered, once, and says what is known about it afterwards: `Failed` and `Later` only when it
    /// certainly was not created, `Unknown` for everything that is not certain.
    async fn file(&self, order: &FilingOrder) -> FilingOutcome;

    /// Looks whether it is in the record: `Found` only when patient and bytes agree, `Absent` only when the
    /// whole record of the patient was searched and it was not there.
    async fn find(&self, order: &SearchOrder) -> Finding;

    /// Some patients to begin with, where the record system is a simulator that offers them. Production offers none.
    ///
    /// # Errors
    /// See [`EhrFault`].
    async fn demo_patients(&self) -> Result<Vec<Patient>, EhrFault> {
        Ok(Vec::new())
    }
}
