//! The port to the record system, spoken to ALEX.

use super::call::{Attempts, Budget, Call, Gateway, Reply};
use super::filing::{self, Resource};
use super::finding::{self, Likeness};
use super::settings::{AlexSettings, AlexSettingsFault, segment};
use super::{launch, local_time, reading};
use async_trait::async_trait;
use bytes::Bytes;
use clinical_images::fhir;
use clinical_images::fhir::document_reference::{DocumentReference, ScanParts};
use clinical_images::fhir::media::{Media, Parts};
use clinical_images::fhir::patient::Oddity;
use clinical_images::fhir::{FhirInstant, Misread, bundle};
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::nhi::NHI_SYSTEM;
use clinical_images::patient::{Patient, PatientId};
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::{Ehr, EhrFault, FilingOrder, LaunchTicket, OrderPage, SearchOrder};
use clinical_images::scan;
use clinical_images::session::{FilingOutcome, Finding, Target};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// ALEX, Medtech's FHIR interface. Goes through the proxy that the environment names
/// (`HTTPS_PROXY`, `NO_PROXY`), if it names one.
pub struct AlexEhr {
    settings: AlexSettings,
    gateway: Gateway,
    zone: TimeZone,
}

impl AlexEhr {
    /// Makes ready to talk to ALEX. Does not connect.
    ///
    /// # Errors
    /// With settings that could never work, and on a system without a trust store.
    pub fn new(settings: AlexSettings) -> Result<Self, AlexSettingsFault> {
        settings.check()?;
        let zone =
            local_time::zone().map_err(|error| AlexSettingsFault::System(error.to_string()))?;
        Ok(Self {
            gateway: Gateway::new(&settings)?,
            settings,
            zone,
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
        let will_pass = || {
            reply
                .outcome()
                .is_some_and(|outcome| outcome.is_transient())
        };
        if matches!(reply.status(), Some(400 | 422)) && !will_pass() {
            return Err(EhrFault::NotFound(reply.told()));
        }
        let body = reading::body(&reply)?;
        launch::read(body).map_err(|why| EhrFault::Broken(format!("{}, {why}", reply.told())))
    }

    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        let url = self.settings.fhir(&format!("/Patient/{}", id.as_str()));
        let reply = self.get("GET Patient", url, facility).await;
        let resource = reading::resource(&reply, "Patient")?;
        let read =
            fhir::patient::read(&resource).map_err(|misread| reading::broken(&reply, misread))?;
        if read.patient.id != *id {
            return Err(reading::broken(
                &reply,
                Misread::Lacks("id: it is another patient's"),
            ));
        }
        // A patient without an NHI is nothing odd; one whose number had to be left out is.
        if read
            .oddities
            .iter()
            .any(|oddity| *oddity != Oddity::NhiMissing)
        {
            tracing::warn!(
                ehr.correlation = reply.correlation,
                patient.oddities = ?read.oddities,
                "ALEX told of a patient in a way that could not be used in full"
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
        let found = found.map_err(|misread| reading::broken(&reply, misread))?;
        found.ok_or_else(|| EhrFault::NotFound(format!("{}, without this facility", reply.told())))
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
        fhir::practitioner::read(&resource).map_err(|misread| reading::broken(&reply, misread))
    }

    async fn file(&self, order: &FilingOrder) -> FilingOutcome {
        let Some(first) = order.pages.first() else {
            return not_sent(order.target, "there is no picture");
        };
        let Some(created) = local_time::on_the_wall(first.picture.taken_at, &self.zone) else {
            let why = "the picture was taken in no year of the calendar";
            return not_sent(order.target, why);
        };
        match (order.target, &order.pages[..]) {
            (Target::Media, [page]) => self.file_media(order, page, &created).await,
            (Target::Media, _) => not_sent(order.target, "several pictures are no one photo"),
            (Target::ScanTiff, _) => self.file_scan(order, TIFF, &created).await,
            (Target::ScanPdf, _) => self.file_scan(order, PDF, &created).await,
        }
    }

    async fn find(&self, order: &SearchOrder) -> Finding {
        let what = finding::call(order.target);
        let mut technical = format!("{what}: not sent, the patient has no NHI");
        let Some(nhi) = &order.patient.nhi else {
            return cannot_look(technical);
        };
        let kind = finding::kind(order.target);
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
            let reply = self.get(what, url, &order.facility).await;
            technical = reply.told();
            let page = match finding::page(&reply) {
                Ok(page) => page,
                Err(finding) => return finding,
            };
            let Ok(found) = bundle::searchset(&page, kind) else {
                return Finding::Away(FilingFailure {
                    reason: FilingReason::AlexAway,
                    technical,
                });
            };
            if let Some(finding) = self.judge(&found.resources, order, &technical).await {
                return finding;
            }
            match found.next {
                None => {}
                Some(url) if self.settings.is_own(url) => next = Some(url.to_owned()),
                Some(_) => return cannot_look(format!("{technical}, further pages elsewhere")),
            }
        }
        cannot_look(format!("{technical}, too many pages"))
    }
}

/// How pages become a document, and what FHIR calls it.
type Format = (
    for<'a> fn(&[scan::Page<'a>]) -> Result<scan::Document<'a>, scan::NoScan>,
    &'static str,
);
const TIFF: Format = (scan::tiff, "image/tiff");
const PDF: Format = (scan::pdf, "application/pdf");

/// Pages of a patient's record that are searched at most.
const MOST_PAGES: usize = 50;

impl AlexEhr {
    async fn file_media(
        &self,
        order: &FilingOrder,
        page: &OrderPage,
        created: &FhirInstant,
    ) -> FilingOutcome {
        let parts = Parts {
            picture: &page.picture,
            patient: &order.patient,
            provider: &order.provider,
            identifier: &order.identifier,
            created,
            jpeg: &page.jpeg,
        };
        let media = Resource::Media(Box::new(Media::of(&parts, self.settings.elements)));
        let errand = self.errand(order, "/Media");
        filing::post(&self.gateway, media, page.jpeg.clone().into(), errand).await
    }

    async fn file_scan(
        &self,
        order: &FilingOrder,
        (make, content_type): Format,
        created: &FhirInstant,
    ) -> FilingOutcome {
        let pages = order.pages.iter().map(|page| scan::Page {
            jpeg: &page.jpeg,
            width: page.picture.rendition.width,
            height: page.picture.rendition.height,
        });
        let pages: Vec<_> = pages.collect();
        let document = match make(&pages) {
            Ok(document) => document,
            Err(why) => return not_sent(order.target, &why.to_string()),
        };
        let pieces = document.into_pieces().into_iter().map(|piece| match piece {
            scan::Piece::Made(made) => Bytes::from(made),
            scan::Piece::Page { index, .. } => order.pages[index].jpeg.clone(),
        });
        let origin = self.settings.base_url.origin().ascii_serialization();
        let details: Vec<_> = order
            .pages
            .iter()
            .map(|page| &page.picture.details)
            .collect();
        let scan = DocumentReference::of(&ScanParts {
            origin: &origin,
            patient: &order.patient.id,
            provider: &order.provider,
            details: &details,
            identifier: &order.identifier,
            created,
            content_type,
        });
        let scan = Resource::Scan(Box::new(scan));
        let errand = self.errand(order, "/DocumentReference");
        filing::post(&self.gateway, scan, pieces.collect(), errand).await
    }

    fn errand<'a>(&self, order: &'a FilingOrder, path: &str) -> filing::Errand<'a> {
        let whole = self.settings.file_time_out;
        filing::Errand {
            url: self.settings.fhir(path),
            facility: &order.facility,
            identifier: &order.identifier,
            correlation: &order.correlation,
            // A refusal that is certain must not turn into an open question for want of a few
            // seconds.
            budget: Budget::of(whole, whole / 4),
            leave: &order.leave,
        }
    }

    /// Compares what bears the identifier with what was sent. A search need not show bytes; a read does.
    async fn judge(
        &self,
        resources: &[&Value],
        order: &SearchOrder,
        technical: &str,
    ) -> Option<Finding> {
        let bearing = resources
            .iter()
            .filter(|it| finding::bears(it, &order.identifier));
        let mut judged = Vec::new();
        for resource in bearing {
            let mut likeness = finding::compare(resource, order);
            if let (Likeness::NoBytes, Some(id)) = (likeness, fhir::id(resource)) {
                let kind = finding::kind(order.target);
                let url = self.settings.fhir(&format!("/{kind}/{id}"));
                let reply = self.get("GET what was found", url, &order.facility).await;
                if let Ok(whole) = reading::resource(&reply, kind) {
                    likeness = finding::compare(&whole, order);
                }
            }
            judged.push((*resource, likeness));
        }
        finding::judge(&judged, technical)
    }
}

/// Nothing went out.
fn not_sent(target: Target, why: &str) -> FilingOutcome {
    FilingOutcome::Failed(FilingFailure {
        reason: FilingReason::Rejected,
        technical: format!("POST {}: not sent, {why}", finding::kind(target)),
    })
}

fn cannot_look(technical: String) -> Finding {
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
