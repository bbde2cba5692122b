//! FHIR's Media as it is posted to ALEX: one picture of one patient.
//!
//! The elements of [`Elements::Minimal`] are known to be accepted; the others are R4's own, and not
//! known to be, so each can be taken back. `content.hash` is left out on purpose: FHIR wants SHA-1
//! there, which nothing else here needs, ALEX is not known to look at it, and what was sent is
//! proven by our own SHA-256.

use super::envelope::JsonEnvelope;
use super::{CodeableConcept, Coding, FhirInstant, Identifier, Reference, is_id, wording};
use crate::launch::Provider;
use crate::patient::Patient;
use crate::picture::{Details, JPEG, Laterality, Picture, SNOMED, View};
use serde::Serialize;
use std::fmt;

/// The identifier system of pictures that this product files. The value in it is fixed before the
/// first attempt.
pub const PICTURE_SYSTEM: &str = "https://clinicpro.co.nz/fhir/ns/clinical-image";
/// The code system of views: no agreed codes exist.
pub const VIEW_SYSTEM: &str = "https://clinicpro.co.nz/fhir/ns/image-view";
const MEDIA_TYPE: &str = "http://terminology.hl7.org/CodeSystem/media-type";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// How much is said about a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elements {
    /// What ALEX is known to accept: identifier, status, type, subject, time, and the picture with
    /// its title.
    Minimal,
    /// That, and body site, view, modality, operator, note, width, height and the number of bytes.
    #[default]
    Full,
}

/// An element that a picture can be filed without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optional {
    /// `Media.modality`
    Modality,
    /// `Media.view`
    View,
    /// `Media.operator`
    Operator,
    /// `Media.bodySite`
    BodySite,
    /// `Media.height`
    Height,
    /// `Media.width`
    Width,
    /// `Media.content.size`
    Size,
    /// `Media.note`
    Note,
}

impl Optional {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Modality,
        Self::View,
        Self::Operator,
        Self::BodySite,
        Self::Height,
        Self::Width,
        Self::Size,
        Self::Note,
    ];

    /// Its path below `Media`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Modality => "modality",
            Self::View => "view",
            Self::Operator => "operator",
            Self::BodySite => "bodySite",
            Self::Height => "height",
            Self::Width => "width",
            Self::Size => "content.size",
            Self::Note => "note",
        }
    }
}

/// What a Media is made of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The picture with its details.
    pub picture: &'a Picture,
    /// Whose it is.
    pub patient: &'a Patient,
    /// Who files it.
    pub provider: &'a Provider,
    /// The value of its identifier.
    pub identifier: &'a str,
    /// When it was taken, on the practice's wall clock.
    pub created: &'a FhirInstant,
    /// The JPEG.
    pub jpeg: &'a [u8],
}

/// A Media ready to be written as JSON. Its `Debug` shows nothing.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Media<'a> {
    resource_type: &'static str,
    identifier: [Identifier<'a>; 1],
    status: &'static str,
    #[serde(rename = "type")]
    kind: CodeableConcept,
    #[serde(skip_serializing_if = "Option::is_none")]
    modality: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<CodeableConcept>,
    subject: Reference<'a>,
    created_date_time: &'a FhirInstant,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_site: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    content: Attachment,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<[Annotation<'a>; 1]>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    content_type: &'static str,
    data: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<usize>,
    title: String,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Annotation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    author_string: Option<&'a str>,
    text: &'a str,
}

impl<'a> Media<'a> {
    /// Says this much about a picture.
    #[must_use]
    pub fn of(parts: &Parts<'a>, elements: Elements) -> Self {
        let details = &parts.picture.details;
        let content = Attachment {
            content_type: JPEG,
            data: "",
            size: None,
            title: title(details, parts.created),
        };
        let media = Self {
            resource_type: "Media",
            identifier: [Identifier {
                system: PICTURE_SYSTEM,
                value: parts.identifier,
            }],
            status: "completed",
            kind: CodeableConcept {
                coding: vec![coding(MEDIA_TYPE, "image", None)],
                text: None,
            },
            modality: None,
            view: None,
            subject: Reference {
                reference: Some(format!("Patient/{}", parts.patient.id.as_str())),
                display: None,
            },
            created_date_time: parts.created,
            operator: None,
            body_site: None,
            height: None,
            width: None,
            content,
            note: None,
        };
        match elements {
            Elements::Minimal => media,
            Elements::Full => media.with_all(parts),
        }
    }

    fn with_all(mut self, parts: &Parts<'a>) -> Self {
        let Picture {
            details, rendition, ..
        } = parts.picture;
        self.modality = Some(modality());
        self.view = details.view.map(view);
        self.operator = operator(parts.provider);
        self.body_site = body_site(details);
        self.height = positive(rendition.height);
        self.width = positive(rendition.width);
        self.content.size = Some(parts.jpeg.len());
        let author_string =
            Some(parts.provider.name.as_str()).filter(|name| !name.trim().is_empty());
        let note = Annotation {
            author_string,
            text: details.note.as_str(),
        };
        self.note = (!details.note.is_blank()).then_some([note]);
        self
    }

    /// Takes an optional element back; says whether it was there.
    pub fn leave_out(&mut self, element: Optional) -> bool {
        match element {
            Optional::Modality => self.modality.take().is_some(),
            Optional::View => self.view.take().is_some(),
            Optional::Operator => self.operator.take().is_some(),
            Optional::BodySite => self.body_site.take().is_some(),
            Optional::Height => self.height.take().is_some(),
            Optional::Width => self.width.take().is_some(),
            Optional::Size => self.content.size.take().is_some(),
            Optional::Note => self.note.take().is_some(),
        }
    }

    /// The body around the picture's base64.
    #[must_use]
    pub fn envelope(&self) -> JsonEnvelope {
        JsonEnvelope::of(self)
    }
}

impl fmt::Debug for Media<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Media(…)")
    }
}

/// What the Inbox shows: `Left forearm, close-up, 21 Nov 2026`. Never anything about the patient as
/// a person.
#[must_use]
pub fn title(details: &Details, created: &FhirInstant) -> String {
    let place = wording::place(details).unwrap_or_else(|| "Clinical image".to_owned());
    let view = details
        .view
        .filter(|view| *view != View::Other)
        .map(|view| words(view).to_lowercase());
    let parts = [Some(place), view, Some(wording::day(created.day()))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const fn coding(system: &'static str, code: &'static str, display: Option<&'static str>) -> Coding {
    Coding {
        system,
        code,
        display,
    }
}

fn modality() -> CodeableConcept {
    let display = "External-camera Photography";
    CodeableConcept {
        coding: vec![coding(DICOM, "XC", Some(display))],
        text: None,
    }
}

fn view(view: View) -> CodeableConcept {
    let display = words(view);
    CodeableConcept {
        coding: vec![coding(VIEW_SYSTEM, view.code(), Some(display))],
        text: Some(display.into()),
    }
}

const fn words(view: View) -> &'static str {
    match view {
        View::Regional => "Regional view",
        View::CloseUp => "Close-up",
        View::Dermoscopic => "Dermoscopic",
        View::Comparison => "Comparison",
        View::Other => "Other view",
    }
}

/// Media has no element for the side: it goes as a second coding, and into the words.
fn body_site(details: &Details) -> Option<CodeableConcept> {
    let site = details.site?;
    let side = details.laterality.and_then(Laterality::coding);
    let side = side.map(|(code, display)| coding(SNOMED, code, Some(display)));
    let site = coding(SNOMED, site.code(), Some(site.name()));
    let coding = [Some(site), side].into_iter().flatten().collect();
    Some(CodeableConcept {
        coding,
        text: wording::place(details).map(Into::into),
    })
}

fn operator(provider: &Provider) -> Option<Reference<'_>> {
    let reference = is_id(&provider.id).then(|| format!("Practitioner/{}", provider.id));
    let display = Some(provider.name.as_str()).filter(|name| !name.trim().is_empty());
    (reference.is_some() || display.is_some()).then_some(Reference { reference, display })
}

/// FHIR's `positiveInt`.
fn positive(pixels: u32) -> Option<u32> {
    (1..=0x7fff_ffff).contains(&pixels).then_some(pixels)
}

#[cfg(test)]
mod tests;
