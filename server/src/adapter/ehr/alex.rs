//! The port to the record system, spoken to ALEX.

mod submission;

use super::call::{Attempts, Budget, Call, Gateway, Reply};
use super::lookup::{self, MatchResult};
use super::settings::{AlexSettings, AlexSettingsFault, segment};
use super::{launch, local_time, reading};
use async_trait::async_trait;
use clinical_images::fhir;
use clinical_images::fhir::patient::ReadWarning;
use clinical_images::fhir::{ParseError, bundle};
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::nhi::NHI_SYSTEM;
use clinical_images::patient::{Patient, PatientId};
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::{Ehr, EhrFault, LaunchTicket, LookupRequest, SubmitRequest};
use clinical_images::practice::PracticeSettings;
use clinical_images::session::{Finding, SubmitOutcome};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// ALEX, Medtech's FHIR interface. Goes through the proxy that the environment names
/// (`HTTPS_PROXY`, `NO_PROXY`), if it names one.
pub struct AlexEhr {
    settings: AlexSettings,
    gateway: Arc<Gateway>,
    zone: TimeZone,
}

impl AlexEhr {
    /// Makes ready to talk to ALEX. Does not connect.
    ///
    /// # Errors
    /// With settings that could never work, and on a system without a trust store.
    pub fn new(settings: AlexSettings) -> Result<Self, AlexSettingsFault> {
        settings.check()?;
        Ok(Self {
            gateway: Arc::new(Gateway::new(&settings)?),
            zone: zone(&settings)?,
            settings,
        })
    }

    /// The same ALEX, opened with the same credentials, in the name of a practice and by its settings. Connections and
    /// tokens are shared.
    ///
    /// # Errors
    /// When no calendar knows the practice's time zone.
    pub fn for_practice(&self, practice: &PracticeSettings) -> Result<Self, AlexSettingsFault> {
        let settings = AlexSettings {
            facility: practice.facility.clone(),
            time_zone: practice.time_zone.clone(),
            elements: practice.elements,
            submit_time_out: practice.submit_time_out,
            ..self.settings.clone()
        };
        Ok(Self {
            gateway: Arc::clone(&self.gateway),
            zone: zone(&settings)?,
            settings,
        })
    }

    async fn get(&self, what: &'static str, url: String, facility: &FacilityCode) -> Reply {
        let correlation = correlation();
        let mut attempts = Attempts::of(&correlation);
        let budget = Budget::of(self.settings.read_time_out, Duration::ZERO);
        self.gateway
            .send(
                &Call {
                    what,
                    url,
                    facility,
                    body: None,
                },
                &mut attempts,
                budget,
            )
            .await
    }
}

#[async_trait]
impl Ehr for AlexEhr {
    async fn redeem_launch(
        &self,
        context: &str,
        signature: &str,
    ) -> Result<LaunchTicket, EhrFault> {
        let Some(url) = self.settings.launch(context, signature) else {
            return Err(EhrFault::NotFound(
                "GET launch: not sent, the context is none".to_owned(),
            ));
        };
        let reply = self.get("GET launch", url, &self.settings.facility).await;
        // What ALEX finds fault with here came from an address bar: it is no launch of ALEX's.
        let transient = || {
            reply
                .outcome()
                .is_some_and(|outcome| outcome.is_transient())
        };
        if matches!(reply.status(), Some(400 | 422)) && !transient() {
            return Err(EhrFault::NotFound(reply.support_text()));
        }
        let body = reading::body(&reply)?;
        launch::read(body)
            .map_err(|why| EhrFault::Protocol(format!("{}, {why}", reply.support_text())))
    }

    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        let url = self.settings.fhir(&format!("/Patient/{}", id.as_str()));
        let reply = self.get("GET Patient", url, facility).await;
        let resource = reading::resource(&reply, "Patient")?;
        let read = fhir::patient::read(&resource)
            .map_err(|error| reading::protocol_fault(&reply, error))?;
        if read.patient.id != *id {
            return Err(reading::protocol_fault(
                &reply,
                ParseError::Lacks("id: it is another patient's"),
            ));
        }
        // A patient without an NHI needs no warning; one whose number had to be left out does.
        if read
            .warnings
            .iter()
            .any(|warning| *warning != ReadWarning::NhiMissing)
        {
            tracing::warn!(
                ehr.correlation = reply.correlation,
                patient.warnings = ?read.warnings,
                "a patient from ALEX could not be used in full"
            );
        }
        Ok(read.patient)
    }

    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault> {
        let reply = self
            .get("GET Location", self.settings.fhir("/Location"), code)
            .await;
        let bundle = reading::resource(&reply, "Bundle")?;
        let found = fhir::location::facility(&bundle, code);
        let found = found.map_err(|error| reading::protocol_fault(&reply, error))?;
        found.ok_or_else(|| {
            EhrFault::NotFound(format!("{}, without this facility", reply.support_text()))
        })
    }

    async fn provider(&self, facility: &FacilityCode, id: &str) -> Result<Provider, EhrFault> {
        let Some(id) = segment(id) else {
            return Err(EhrFault::NotFound(
                "GET Practitioner: not sent, the id is none".to_owned(),
            ));
        };
        let url = self.settings.fhir(&format!("/Practitioner/{id}"));
        let reply = self.get("GET Practitioner", url, facility).await;
        let resource = reading::resource(&reply, "Practitioner")?;
        fhir::practitioner::read(&resource).map_err(|error| reading::protocol_fault(&reply, error))
    }

    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome {
        self.submit_as_resource(request).await
    }

    async fn lookup(&self, request: &LookupRequest) -> Finding {
        let what = lookup::call(request.target);
        let mut technical = format!("{what}: not sent, the patient has no NHI");
        let Some(nhi) = &request.patient.nhi else {
            return cannot_tell(technical);
        };
        let kind = lookup::kind(request.target);
        let token = segment(&format!("{NHI_SYSTEM}|{}", nhi.as_str())).unwrap_or_default();
        let mut next = Some(
            self.settings
                .fhir(&format!("/{kind}?patient.identifier={token}")),
        );
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else {
                return Finding::Absent(FilingFailure {
                    reason: FilingReason::NotArrived,
                    technical,
                });
            };
            let reply = self.get(what, url, &request.facility).await;
            technical = reply.support_text();
            let page = match lookup::page(&reply) {
                Ok(page) => page,
                Err(finding) => return finding,
            };
            let Ok(found) = bundle::searchset(&page, kind) else {
                return Finding::Unavailable(FilingFailure {
                    reason: FilingReason::AlexUnavailable,
                    technical,
                });
            };
            if let Some(finding) = self.evaluate(&found.resources, request, &technical).await {
                return finding;
            }
            match found.next {
                None => {}
                Some(url) if self.settings.is_own(url) => next = Some(url.to_owned()),
                Some(_) => return cannot_tell(format!("{technical}, further pages elsewhere")),
            }
        }
        cannot_tell(format!("{technical}, too many pages"))
    }
}

fn zone(settings: &AlexSettings) -> Result<TimeZone, AlexSettingsFault> {
    let zone = local_time::zone(&settings.time_zone);
    zone.ok_or_else(|| AlexSettingsFault::TimeZone(settings.time_zone.clone()))
}

/// Pages of a patient's record that are searched at most.
const MOST_PAGES: usize = 50;

impl AlexEhr {
    /// Compares resources that have the identifier with what was sent. A search need not return bytes; a read does.
    async fn evaluate(
        &self,
        resources: &[&Value],
        request: &LookupRequest,
        technical: &str,
    ) -> Option<Finding> {
        let candidates = resources
            .iter()
            .filter(|it| lookup::has_identifier(it, &request.identifier));
        let mut evaluated = Vec::new();
        for resource in candidates {
            let mut result = lookup::compare(resource, request);
            if let (MatchResult::NoBytes, Some(id)) = (result, fhir::id(resource)) {
                let kind = lookup::kind(request.target);
                let url = self.settings.fhir(&format!("/{kind}/{id}"));
                let reply = self.get("GET what was found", url, &request.facility).await;
                if let Ok(whole) = reading::resource(&reply, kind) {
                    result = lookup::compare(&whole, request);
                }
            }
            evaluated.push((*resource, result));
        }
        lookup::evaluate(&evaluated, technical)
    }
}

fn cannot_tell(technical: String) -> Finding {
    Finding::CannotTell(FilingFailure {
        reason: FilingReason::CannotLook,
        technical,
    })
}

/// Shows nothing but where ALEX is.
impl fmt::Debug for AlexEhr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "AlexEhr({}, …)",
            self.settings.base_url.host_str().unwrap_or_default()
        )
    }
}

/// 128 random bits as 32 hexadecimal digits.
fn correlation() -> String {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).expect("the operating system gives random bytes");
    format!("{:032x}", u128::from_be_bytes(bits))
}
