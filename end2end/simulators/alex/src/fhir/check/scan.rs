//! DocumentReference: a scan, under Medtech's profile `scanned-document`.
//!
//! The profile asks for less than 8 MB and does not say which megabyte; the smaller one is taken
//! here, so that who passes here passes there.

use jiff::Timestamp;
use serde_json::Value;

use super::{Accepted, Rule, attachment, attachment_advice, elements, identifier, is_blank};
use super::{not_of_its_type, required, take_data, texts};
use crate::outcome::Refusal;
use crate::scan;

const LIMIT: usize = 8_000_000;
const RULE: Rule = Rule {
    path: "DocumentReference.content.attachment",
    content_types: &["image/tiff", "application/pdf"],
    limit: LIMIT,
    encoded_limit: LIMIT,
    too_large: "The attachment must be smaller than 8 MB, as base64 too",
};
/// The most characters of a title.
const TITLE: usize = 50;
const PROFILE: &str = "https://fhir.medtechglobal.com/StructureDefinition/scanned-document";
const LOINC: &str = "http://loinc.org";
/// The LOINC code that the profile demands.
const TYPE: &str = "72170-4";

pub(super) fn check(mut resource: Value) -> Result<Accepted, Refusal> {
    let identifier = identifier(&resource)?;
    at_most_one(&resource["identifier"], "DocumentReference.identifier")?;
    elements::check(&resource, &elements::DOCUMENT_REFERENCE)?;
    status(&resource)?;
    type_of_document(&resource)?;
    let patient_id = subject(&resource)?;
    date(&resource)?;
    at_most_one(&resource["content"], "DocumentReference.content")?;
    let title = title(&resource["content"][0]["attachment"])?;
    let sent = attachment(&resource["content"][0]["attachment"], &RULE)?;
    if scan::content_type(&sent.bytes) != Some(sent.content_type.as_str()) {
        return Err(not_of_its_type(&RULE));
    }
    let pages = scan::pictures(&sent.bytes)
        .into_iter()
        .map(scan::page)
        .collect::<Vec<_>>();
    let advice = advise(&resource, &sent.bytes, pages.len());
    take_data(&mut resource["content"][0]["attachment"]);
    Ok(Accepted {
        patient_id,
        identifier,
        title,
        content_type: sent.content_type,
        bytes: sent.bytes,
        pages,
        advice,
        resource,
    })
}

fn at_most_one(list: &Value, element: &str) -> Result<(), Refusal> {
    match list.as_array() {
        Some(list) if list.len() > 1 => {
            let text = format!("The element '{element}' may be there once");
            Err(Refusal::bad("business-rule", text).at(element))
        }
        _ => Ok(()),
    }
}

fn status(resource: &Value) -> Result<(), Refusal> {
    let refuse = |code, text| Err(Refusal::bad(code, text).at("DocumentReference.status"));
    match resource["status"].as_str() {
        None => Err(required("DocumentReference.status")),
        Some("current") => Ok(()),
        Some("superseded" | "entered-in-error") => {
            refuse("business-rule", "The status must be current")
        }
        Some(_) => refuse("code-invalid", "Unknown status"),
    }
}

fn type_of_document(resource: &Value) -> Result<(), Refusal> {
    let element = "DocumentReference.type";
    if resource["type"].is_null() {
        return Err(required(element));
    }
    let codings = resource["type"]["coding"].as_array();
    let is_scan = |coding: &Value| coding["system"] == LOINC && coding["code"] == TYPE;
    if codings.into_iter().flatten().any(is_scan) {
        return Ok(());
    }
    let text = format!("The type must be {LOINC} {TYPE}");
    Err(Refusal::bad("code-invalid", text).at(element))
}

/// The id at the end of an absolute reference, `/fhir/` in lower case.
fn subject(resource: &Value) -> Result<String, Refusal> {
    let reference = resource["subject"]["reference"]
        .as_str()
        .ok_or_else(|| required("DocumentReference.subject"))?;
    let absolute = reference.starts_with("https://") || reference.starts_with("http://");
    match reference.rsplit_once("/fhir/Patient/") {
        Some((_, id)) if absolute && !id.is_empty() && !id.contains('/') => Ok(id.to_owned()),
        _ => {
            let text = "The subject must be an absolute reference with /fhir/Patient/";
            Err(Refusal::bad("value", text).at("DocumentReference.subject.reference"))
        }
    }
}

/// FHIR's instant: a date, a time with seconds, an offset.
fn date(resource: &Value) -> Result<(), Refusal> {
    let element = "DocumentReference.date";
    let date = resource["date"].as_str().ok_or_else(|| required(element))?;
    let has_seconds =
        date.as_bytes().get(10) == Some(&b'T') && date.as_bytes().get(16) == Some(&b':');
    if has_seconds && date.parse::<Timestamp>().is_ok() {
        Ok(())
    } else {
        let text = "The date must be an instant with an offset";
        Err(Refusal::bad("value", text).at(element))
    }
}

fn title(attachment: &Value) -> Result<Option<String>, Refusal> {
    let title = attachment["title"].as_str();
    if title.is_some_and(|title| title.chars().count() > TITLE) {
        let text = format!("The title may have {TITLE} characters");
        let element = "DocumentReference.content.attachment.title";
        return Err(Refusal::bad("too-long", text).at(element));
    }
    Ok(title.map(str::to_owned))
}

fn advise(resource: &Value, bytes: &[u8], pages: usize) -> Vec<String> {
    let attachment = &resource["content"][0]["attachment"];
    let profiles = resource["meta"]["profile"].as_array();
    let more = [
        (
            is_blank(&attachment["title"]),
            "content.attachment.title is missing",
        ),
        (resource["author"][0].is_null(), "author is missing"),
        (
            !profiles.is_some_and(|profiles| profiles.iter().any(|profile| profile == PROFILE)),
            "meta.profile does not name Medtech's profile",
        ),
        (pages == 0, "no JPEG can be found in the scan"),
    ];
    texts(attachment_advice(attachment, bytes).into_iter().chain(more))
}
