//! Media: a JPEG or PNG under 1 MB.

use serde_json::Value;

use super::{Accepted, Rule, attachment, attachment_advice, elements, identifier, is, is_blank};
use super::{not_of_its_type, required, take_data, texts};
use crate::nondeterminism;
use crate::outcome::Refusal;
use crate::picture::{self, Picture};
use crate::record::Page;

const RULE: Rule = Rule {
    path: "Media.content",
    content_types: &["image/jpeg", "image/png"],
    limit: 1_048_576,
    encoded_limit: usize::MAX,
    too_large: "The attachment must be smaller than 1 MB",
};
/// FHIR's EventStatus.
const STATUSES: [&str; 8] = [
    "preparation",
    "in-progress",
    "not-done",
    "on-hold",
    "stopped",
    "completed",
    "entered-in-error",
    "unknown",
];

pub(super) fn check(mut resource: Value) -> Result<Accepted, Refusal> {
    let identifier = identifier(&resource)?;
    elements::check(&resource, &elements::MEDIA)?;
    status(&resource)?;
    let patient_id = subject(&resource)?;
    let sent = attachment(&resource["content"], &RULE)?;
    let picture = picture::look(&sent.bytes)
        .filter(|picture| picture.content_type == sent.content_type)
        .ok_or_else(|| not_of_its_type(&RULE))?;
    let advice = advise(&resource, picture, &sent.bytes);
    take_data(&mut resource["content"]);
    Ok(Accepted {
        patient_id,
        identifier,
        title: resource["content"]["title"].as_str().map(str::to_owned),
        content_type: sent.content_type,
        pages: vec![Page {
            sha256: nondeterminism::sha256(&sent.bytes),
            size: sent.bytes.len() as u64,
            width: picture.width,
            height: picture.height,
        }],
        bytes: sent.bytes,
        advice,
        resource,
    })
}

fn status(resource: &Value) -> Result<(), Refusal> {
    match resource["status"].as_str() {
        None => Err(required("Media.status")),
        Some(status) if STATUSES.contains(&status) => Ok(()),
        Some(_) => Err(Refusal::bad("code-invalid", "Unknown status").at("Media.status")),
    }
}

/// The id in `Patient/{id}`, relative or under some FHIR base.
fn subject(resource: &Value) -> Result<String, Refusal> {
    let reference = resource["subject"]["reference"]
        .as_str()
        .ok_or_else(|| required("Media.subject"))?;
    let malformed = || {
        let text = "The subject is not a reference to a Patient";
        Refusal::bad("value", text).at("Media.subject.reference")
    };
    let (before, id) = reference.rsplit_once('/').ok_or_else(malformed)?;
    let base = before.strip_suffix("Patient").ok_or_else(malformed)?;
    let absolute = base.starts_with("http") && base.to_ascii_lowercase().ends_with("/fhir/");
    if id.is_empty() || !(base.is_empty() || absolute) {
        return Err(malformed());
    }
    Ok(id.to_owned())
}

/// What ALEX would accept in silence and we would rather not send.
fn advise(resource: &Value, picture: Picture, bytes: &[u8]) -> Vec<String> {
    let content = &resource["content"];
    let dated = resource["createdDateTime"].as_str().unwrap_or_default();
    let zone = dated.get(19..).unwrap_or_default();
    let offset = zone.ends_with('Z') || zone.contains('+') || zone.contains('-');
    let more = [
        (
            !is(&resource["width"], picture.width.into()),
            "width is not the picture's",
        ),
        (
            !is(&resource["height"], picture.height.into()),
            "height is not the picture's",
        ),
        (picture.has_exif, "the picture still holds EXIF"),
        (is_blank(&content["title"]), "content.title is missing"),
        (!offset, "createdDateTime has no time with an offset"),
    ];
    texts(attachment_advice(content, bytes).into_iter().chain(more))
}
