//! What ALEX refuses in a Media, in the order it is looked at, and what only earns advice.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::elements;
use crate::outcome::Refusal;
use crate::picture::{self, Picture};
use crate::record::Identifier;

/// Decoded pictures are smaller than this.
const SIZE_LIMIT: usize = 1_048_576;
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

/// A Media that may be created.
#[derive(Debug)]
pub(super) struct Accepted {
    pub patient_id: String,
    pub identifier: Identifier,
    pub title: Option<String>,
    pub picture: Picture,
    pub bytes: Vec<u8>,
    pub advice: Vec<String>,
    /// As sent, without `content.data`.
    pub resource: Value,
}

/// Checks a body as ALEX would.
pub(super) fn media(
    mut resource: Value,
    knows_patient: impl Fn(&str) -> bool,
) -> Result<Accepted, Refusal> {
    if resource["resourceType"] != "Media" {
        return Err(Refusal::bad("structure", "The resource is not a Media").at("Media"));
    }
    let identifier = identifier(&resource)?;
    elements::check(&resource)?;
    status(&resource)?;
    let patient_id = subject(&resource)?;
    if !knows_patient(&patient_id) {
        return Err(Refusal::bad("not-found", "The subject was not found").at("Media.subject"));
    }
    let (picture, bytes) = content(&resource["content"])?;
    let advice = advise(&resource, picture, &bytes);
    if let Some(content) = resource["content"].as_object_mut() {
        content.remove("data");
    }
    let title = resource["content"]["title"].as_str().map(str::to_owned);
    Ok(Accepted {
        patient_id,
        identifier,
        title,
        picture,
        bytes,
        advice,
        resource,
    })
}

fn identifier(resource: &Value) -> Result<Identifier, Refusal> {
    let identifiers = resource["identifier"].as_array();
    let first = identifiers.into_iter().flatten().find_map(|identifier| {
        let value = identifier["value"]
            .as_str()
            .filter(|value| !value.trim().is_empty())?;
        let system = identifier["system"].as_str().map(str::to_owned);
        Some(Identifier {
            system,
            value: value.to_owned(),
        })
    });
    first.ok_or_else(|| {
        let text = "The mandatory Identifier.value with the reference number is missing";
        Refusal::bad("business-rule", text).at("Media.identifier")
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

fn content(content: &Value) -> Result<(Picture, Vec<u8>), Refusal> {
    if !content.is_object() {
        return Err(required("Media.content"));
    }
    let kind = content["contentType"].as_str();
    let kind = kind.ok_or_else(|| required("Media.content.contentType"))?;
    if kind != "image/jpeg" && kind != "image/png" {
        let text = "The content type must be image/jpeg or image/png";
        return Err(Refusal::bad("not-supported", text).at("Media.content.contentType"));
    }
    let data = content["data"].as_str().filter(|data| !data.is_empty());
    let data = data.ok_or_else(|| required("Media.content.data"))?;
    let bytes = STANDARD.decode(data).map_err(|_| {
        Refusal::bad("value", "The data is not valid base64").at("Media.content.data")
    })?;
    if bytes.len() >= SIZE_LIMIT {
        let text = "The attachment must be smaller than 1 MB";
        return Err(
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", text).at("Media.content.data"),
        );
    }
    match picture::look(&bytes) {
        Some(picture) if picture.content_type == kind => Ok((picture, bytes)),
        _ => {
            let text = "The data is not a picture of the content type given";
            Err(Refusal::bad("value", text).at("Media.content.data"))
        }
    }
}

fn required(element: &str) -> Refusal {
    Refusal::bad("required", format!("The element '{element}' is mandatory")).at(element)
}

/// What ALEX would accept in silence and we would rather not send.
fn advise(resource: &Value, picture: Picture, bytes: &[u8]) -> Vec<String> {
    let content = &resource["content"];
    let is = |value: &Value, wanted: u64| value.is_null() || value.as_u64() == Some(wanted);
    let sha1 = STANDARD.encode(Sha1::digest(bytes));
    let dated = resource["createdDateTime"].as_str().unwrap_or_default();
    let zone = dated.get(19..).unwrap_or_default();
    let offset = zone.ends_with('Z') || zone.contains('+') || zone.contains('-');
    let findings = [
        (
            content["hash"].as_str().is_some_and(|hash| hash != sha1),
            "content.hash is not the SHA-1 of the data",
        ),
        (
            !is(&content["size"], bytes.len() as u64),
            "content.size is not the size of the data",
        ),
        (
            !is(&resource["width"], picture.width.into()),
            "width is not the picture's",
        ),
        (
            !is(&resource["height"], picture.height.into()),
            "height is not the picture's",
        ),
        (picture.has_exif, "the picture still holds EXIF"),
        (
            content["title"]
                .as_str()
                .is_none_or(|title| title.trim().is_empty()),
            "content.title is missing",
        ),
        (!offset, "createdDateTime has no time with an offset"),
    ];
    findings
        .iter()
        .filter(|(found, _)| *found)
        .map(|(_, text)| (*text).to_owned())
        .collect()
}
