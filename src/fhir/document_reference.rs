//! FHIR's DocumentReference as Medtech takes it for a scanned document: pictures of one patient, as TIFF or PDF.
//!
//! What it must hold is Medtech's profile: an absolute, lower-case subject, an identifier with a value, an instant with
//! an offset, LOINC's code for an image document, exactly one attachment with a short title.

use super::envelope::JsonEnvelope;
use super::media::{PICTURE_SYSTEM, title};
use super::{CodeableConcept, Coding, FhirInstant, Identifier, Reference, is_id, wording};
use crate::launch::Provider;
use crate::patient::PatientId;
use crate::picture::Details;
use serde::Serialize;
use std::fmt;

/// Medtech's profile.
pub const PROFILE: &str = "https://fhir.medtechglobal.com/StructureDefinition/scanned-document";
/// Characters of a title at most.
const LONGEST_TITLE: usize = 50;

/// What a scanned document is made of.
#[derive(Clone, Copy, Debug)]
pub struct ScanParts<'a> {
    /// Origin of the record system, lower case, without a slash at the end.
    pub origin: &'a str,
    /// Whose it is.
    pub patient: &'a PatientId,
    /// Who files it.
    pub provider: &'a Provider,
    /// What is said about each of its pictures, in the order of pages.
    pub details: &'a [&'a Details],
    /// The value of its identifier.
    pub identifier: &'a str,
    /// When the first picture was taken, on the practice's wall clock.
    pub created: &'a FhirInstant,
    /// `image/tiff` or `application/pdf`.
    pub content_type: &'static str,
}

/// A DocumentReference ready to be written as JSON. Its `Debug` shows nothing.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentReference<'a> {
    resource_type: &'static str,
    meta: Meta,
    identifier: [Identifier<'a>; 1],
    status: &'static str,
    #[serde(rename = "type")]
    kind: CodeableConcept,
    subject: Reference<'a>,
    date: &'a FhirInstant,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<[Reference<'a>; 1]>,
    content: [Content; 1],
}

#[derive(Clone, Serialize)]
struct Meta {
    profile: [&'static str; 1],
}

#[derive(Clone, Serialize)]
struct Content {
    attachment: Attachment,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    content_type: &'static str,
    data: &'static str,
    title: String,
}

impl<'a> DocumentReference<'a> {
    /// Says what Medtech asks for.
    #[must_use]
    pub fn of(parts: &ScanParts<'a>) -> Self {
        let reference = format!("{}/fhir/Patient/{}", parts.origin, parts.patient.as_str());
        let author = is_id(&parts.provider.id).then(|| {
            let reference = format!("{}/fhir/Practitioner/{}", parts.origin, parts.provider.id);
            [Reference {
                reference: Some(reference),
                display: None,
            }]
        });
        let whole = title_of(parts.details, parts.created);
        Self {
            resource_type: "DocumentReference",
            meta: Meta { profile: [PROFILE] },
            identifier: [Identifier {
                system: PICTURE_SYSTEM,
                value: parts.identifier,
            }],
            status: "current",
            kind: CodeableConcept {
                coding: vec![Coding {
                    system: "http://loinc.org",
                    code: "72170-4",
                    display: None,
                }],
                text: None,
            },
            subject: Reference {
                reference: Some(reference),
                display: None,
            },
            date: parts.created,
            author,
            content: [Content {
                attachment: Attachment {
                    content_type: parts.content_type,
                    data: "",
                    title: whole.chars().take(LONGEST_TITLE).collect(),
                },
            }],
        }
    }

    /// The body around the attachment's base64.
    #[must_use]
    pub fn envelope(&self) -> JsonEnvelope {
        JsonEnvelope::of(self)
    }
}

/// What the Inbox shows. For several pages how many, and where they were taken if that is one place.
fn title_of(pages: &[&Details], created: &FhirInstant) -> String {
    let (first, others) = match pages {
        [] => return title(&Details::default(), created),
        [only] => return title(only, created),
        [first, others @ ..] => (first, others),
    };
    let place = wording::place(first).filter(|place| {
        let same = |other: &&Details| wording::place(other).as_ref() == Some(place);
        others.iter().all(same)
    });
    let place = place.unwrap_or_else(|| "Clinical images".to_owned());
    let (count, day) = (pages.len(), wording::day(created.day()));
    format!("{place}, {count} photos, {day}")
}

impl fmt::Debug for DocumentReference<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DocumentReference(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{BodySite, Laterality, View};
    use serde_json::{Value, json};

    #[test]
    fn a_document_of_several_says_how_many_and_where_if_that_is_one_place() {
        let of = |code, view| Details {
            site: BodySite::from_code(code),
            laterality: Some(Laterality::Left),
            view,
            ..Details::default()
        };
        let created = FhirInstant::parse("2026-11-21T14:03:05+13:00").unwrap();
        let (near, far) = (of("14975008", Some(View::CloseUp)), of("14975008", None));
        let elsewhere = of("7569003", None);
        for (pages, expected) in [
            (
                &[&near, &far, &far][..],
                "Left forearm, 3 photos, 21 Nov 2026",
            ),
            (
                &[&near, &elsewhere],
                "Clinical images, 2 photos, 21 Nov 2026",
            ),
            (&[&near], "Left forearm, close-up, 21 Nov 2026"),
        ] {
            assert_eq!(title_of(pages, &created), expected);
        }
    }

    #[test]
    fn a_scan_says_what_the_profile_asks_for_and_no_more() {
        let details = Details {
            site: BodySite::from_code("32361000"),
            laterality: Some(Laterality::Bilateral),
            view: Some(View::Dermoscopic),
            ..Details::default()
        };
        let parts = ScanParts {
            origin: "https://alex.example.test",
            patient: &PatientId::parse(&"a".repeat(32)).unwrap(),
            provider: &Provider {
                id: "7d1f0a3b".into(),
                name: "Dr Hinemoa Walker".into(),
            },
            details: &[&details],
            identifier: "2a-scan",
            created: &FhirInstant::parse("2026-11-21T14:03:05+13:00").unwrap(),
            content_type: "image/tiff",
        };
        let body = DocumentReference::of(&parts).envelope().with(b"II*");
        let written: Value = serde_json::from_slice(&body).unwrap();
        let attachment = &written["content"][0]["attachment"];
        assert!(attachment["title"].as_str().unwrap().chars().count() <= 50);
        let subject = format!("https://alex.example.test/fhir/Patient/{}", "a".repeat(32));
        let expected = json!({
            "resourceType": "DocumentReference",
            "meta": { "profile": [PROFILE] },
            "identifier": [{ "system": PICTURE_SYSTEM, "value": "2a-scan" }],
            "status": "current",
            "type": { "coding": [{
                "system": "http://loinc.org", "code": "72170-4",
            }] },
            "subject": { "reference": subject },
            "date": "2026-11-21T14:03:05+13:00",
            "author": [{ "reference": "https://alex.example.test/fhir/Practitioner/7d1f0a3b" }],
            "content": [{ "attachment": {
                "contentType": "image/tiff", "data": "SUkq", "title": attachment["title"],
            } }],
        });
        assert_eq!(written, expected);
    }
}
