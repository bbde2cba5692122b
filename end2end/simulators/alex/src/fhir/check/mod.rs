//! What ALEX refuses in a body that shall become a record, in the order it is looked at, and what only
//! earns advice. Here is what both kinds of record have in common.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::outcome::Refusal;
use crate::record::{Identifier, Page, Resource};

mod elements;
mod media;
mod scan;

/// A body that may become a record.
#[derive(Debug)]
pub(super) struct Accepted {
    pub patient_id: String,
    pub identifier: Identifier,
    pub title: Option<String>,
    pub content_type: String,
    pub bytes: Vec<u8>,
    pub pages: Vec<Page>,
    pub advice: Vec<String>,
    /// As sent, without the attachment's data.
    pub resource: Value,
}

/// Checks a body as ALEX would.
pub(super) fn check(
    kind: Resource,
    body: Value,
    knows_patient: impl Fn(&str) -> bool,
) -> Result<Accepted, Refusal> {
    if body["resourceType"] != kind.name() {
        let text = format!("The resource is not a {}", kind.name());
        return Err(Refusal::bad("structure", text).at(kind.name()));
    }
    let accepted = match kind {
        Resource::Media => media::check(body)?,
        Resource::DocumentReference => scan::check(body)?,
    };
    if knows_patient(&accepted.patient_id) {
        Ok(accepted)
    } else {
        let subject = format!("{}.subject", kind.name());
        Err(Refusal::bad("not-found", "The subject was not found").at(subject))
    }
}

/// The first identifier with a value.
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
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        Refusal::bad("business-rule", text).at(format!("{kind}.identifier"))
    })
}

fn required(element: &str) -> Refusal {
    Refusal::bad("required", format!("The element '{element}' is mandatory")).at(element)
}

/// An attachment: its bytes, and what it says of them.
struct Attachment {
    content_type: String,
    bytes: Vec<u8>,
}

/// What an attachment must be.
struct Rule {
    /// Its place, e.g. `Media.content`.
    path: &'static str,
    content_types: &'static [&'static str],
    /// Bytes before encoding, and characters of base64, that are too many already.
    limit: usize,
    encoded_limit: usize,
    too_large: &'static str,
}

fn attachment(given: &Value, rule: &Rule) -> Result<Attachment, Refusal> {
    let place = |element: &str| format!("{}.{element}", rule.path);
    if !given.is_object() {
        return Err(required(rule.path));
    }
    let content_type = given["contentType"].as_str();
    let content_type = content_type.ok_or_else(|| required(&place("contentType")))?;
    if !rule.content_types.contains(&content_type) {
        let text = format!(
            "The content type must be {}",
            rule.content_types.join(" or ")
        );
        return Err(Refusal::bad("not-supported", text).at(place("contentType")));
    }
    let data = given["data"].as_str().filter(|data| !data.is_empty());
    let data = data.ok_or_else(|| required(&place("data")))?;
    let too_large = || {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Refusal::new(status, "too-long", rule.too_large).at(place("data"))
    };
    if data.len() >= rule.encoded_limit {
        return Err(too_large());
    }
    let bytes = STANDARD
        .decode(data)
        .map_err(|_| Refusal::bad("value", "The data is not valid base64").at(place("data")))?;
    if bytes.len() >= rule.limit {
        return Err(too_large());
    }
    Ok(Attachment {
        content_type: content_type.to_owned(),
        bytes,
    })
}

fn not_of_its_type(rule: &Rule) -> Refusal {
    let text = "The data is not of the content type given";
    Refusal::bad("value", text).at(format!("{}.data", rule.path))
}

/// What is wrong with an attachment's own words about its bytes.
fn attachment_advice(given: &Value, bytes: &[u8]) -> [(bool, &'static str); 2] {
    let sha1 = STANDARD.encode(Sha1::digest(bytes));
    [
        (
            given["hash"].as_str().is_some_and(|hash| hash != sha1),
            "content.hash is not the SHA-1 of the data",
        ),
        (
            !is(&given["size"], bytes.len() as u64),
            "content.size is not the size of the data",
        ),
    ]
}

/// Whether an optional number is absent or that one.
fn is(given: &Value, wanted: u64) -> bool {
    given.is_null() || given.as_u64() == Some(wanted)
}

fn is_blank(text: &Value) -> bool {
    text.as_str().is_none_or(|text| text.trim().is_empty())
}

fn texts(findings: impl IntoIterator<Item = (bool, &'static str)>) -> Vec<String> {
    let found = findings.into_iter().filter(|(found, _)| *found);
    found.map(|(_, text)| text.to_owned()).collect()
}

fn take_data(attachment: &mut Value) {
    if let Some(members) = attachment.as_object_mut() {
        members.remove("data");
    }
}
