//! FHIR R4 under FHIR's own names: the slice that ALEX is spoken to in, written and read.
//!
//! Owns the shape of resources and how they map to the clinic's words. Knows no address, no token
//! and no clock; what it reads may be wrong in any way, so readers look at plain JSON and take what
//! is there.

pub mod audit_event;
pub mod bundle;
pub mod document_reference;
pub mod envelope;
pub mod location;
pub mod media;
mod name;
pub mod outcome;
pub mod patient;
pub mod practitioner;
mod wording;

use crate::patient::Day;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

/// The identifier system of facilities in the Health Provider Index.
pub const HPI_FACILITY: &str = "https://standards.digital.health.nz/ns/hpi-facility-id";
/// The identifier system of persons in the Health Provider Index.
pub const HPI_PERSON: &str = "https://standards.digital.health.nz/ns/hpi-person-id";
/// The media type of every request and reply.
pub const FHIR_JSON: &str = "application/fhir+json";

/// Why a body is not the resource that was asked for. Repeats nothing of what the body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not JSON at all: HTML, cut off, empty.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON, but another resource or none.
    #[error("the body is not a {0}")]
    NotA(&'static str),
    /// An element is missing or unusable without which the resource means nothing here.
    #[error("the resource has no usable {0}")]
    Lacks(&'static str),
}

/// Reads a body as a resource of this type.
///
/// # Errors
/// `NotJson` or `NotA`.
pub fn resource(body: &[u8], kind: &'static str) -> Result<Value, ParseError> {
    let resource: Value = serde_json::from_slice(body).map_err(|_| ParseError::NotJson)?;
    is(&resource, kind).map(|()| resource)
}

fn is(resource: &Value, kind: &'static str) -> Result<(), ParseError> {
    if resource["resourceType"] == kind {
        Ok(())
    } else {
        Err(ParseError::NotA(kind))
    }
}

/// The logical id of a resource, when it has one that FHIR allows: 1 to 64 letters, digits, hyphens
/// and dots.
#[must_use]
pub fn id(resource: &Value) -> Option<&str> {
    resource["id"].as_str().filter(|id| is_id(id))
}

fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The values of the identifiers of this system that are in use, official ones first.
fn identifiers<'a>(resource: &'a Value, system: &str) -> Vec<&'a str> {
    let mut found: Vec<&Value> = items(&resource["identifier"])
        .filter(|identifier| identifier["system"] == system && identifier["use"] != "old")
        .collect();
    found.sort_by_key(|identifier| identifier["use"] != "official");
    found
        .into_iter()
        .filter_map(|identifier| text(&identifier["value"]))
        .collect()
}

/// The members of a list; none of anything else.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text with something in it, trimmed.
fn text(value: &Value) -> Option<&str> {
    value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// A date and time with seconds and an offset from UTC, as FHIR's `instant` and a full `dateTime`
/// write it: `2026-11-21T14:03:05+13:00`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FhirInstant {
    text: String,
    day: Day,
}

/// Text that is not an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an instant is written 2026-11-21T14:03:05+13:00")]
pub struct NotAnInstant;

impl FhirInstant {
    /// Checks the shape, and that the day is one.
    ///
    /// # Errors
    /// When the text has no such day, no seconds or no offset.
    pub fn parse(text: &str) -> Result<Self, NotAnInstant> {
        let (day, rest) = text.split_once('T').ok_or(NotAnInstant)?;
        let day = Day::parse(day).map_err(|_| NotAnInstant)?;
        let (time, zone) = match rest.find(['Z', '+', '-']) {
            Some(at) => rest.split_at(at),
            None => return Err(NotAnInstant),
        };
        let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let exact = clock(whole, 3) && is_digits(fraction);
        let offset = zone == "Z" || zone.get(1..).is_some_and(|offset| clock(offset, 2));
        if exact && offset {
            Ok(Self {
                text: text.to_owned(),
                day,
            })
        } else {
            Err(NotAnInstant)
        }
    }

    /// The day on that wall clock.
    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Serialize for FhirInstant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

/// Whether the text is `parts` pairs of digits with colons between that a clock could show.
fn clock(text: &str, parts: usize) -> bool {
    let limits = ["23", "59", "60"];
    let pairs: Vec<&str> = text.split(':').collect();
    let fits =
        |(pair, limit): (&&str, &&str)| pair.len() == 2 && is_digits(pair) && *pair <= *limit;
    pairs.len() == parts && pairs.iter().zip(&limits).all(fits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A code of a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coding {
    /// Which system.
    pub system: &'static str,
    /// The code in it.
    pub code: &'static str,
    /// The system's own words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<&'static str>,
}

/// A concept: codes, and words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeableConcept {
    /// Codes that mean it.
    pub coding: Vec<Coding>,
    /// What a person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Cow<'static, str>>,
}

/// A business identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identifier<'a> {
    /// Which system of identifiers.
    pub system: &'static str,
    /// The value in it.
    pub value: &'a str,
}

/// A pointer to another resource. Its `Debug` shows nothing: it may name a patient.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Reference<'a> {
    /// `Patient/{id}`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What a person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<&'a str>,
}

impl std::fmt::Debug for Reference<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Reference(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instant_has_a_day_seconds_and_an_offset() {
        for right in [
            "2026-11-21T14:03:05+13:00",
            "2026-06-01T00:00:00.123Z",
            "2026-06-01T00:00:00-09:30",
        ] {
            assert!(FhirInstant::parse(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "2026-11-21",
            "2026-11-21T14:03:05",
            "2026-11-21T14:03+13:00",
            "2026-02-30T14:03:05+13:00",
            "2026-11-21T24:03:05+13:00",
            "2026-11-21T14:03:05+1300",
            "2026-11-21T14:03:05.+13:00",
            "2026-11-21 14:03:05+13:00",
            "2026-11-21T14:03:05+13:00 ",
        ] {
            assert_eq!(FhirInstant::parse(wrong), Err(NotAnInstant), "{wrong}");
        }
        let instant = FhirInstant::parse("2026-11-21T14:03:05+13:00").unwrap();
        assert_eq!(wording::day(instant.day()), "21 Nov 2026");
    }

    #[test]
    fn a_body_is_only_taken_for_what_it_says_it_is() {
        assert_eq!(resource(b"<html>", "Media"), Err(ParseError::NotJson));
        assert_eq!(
            resource(br#"{"resourceType":"Patient"}"#, "Media"),
            Err(ParseError::NotA("Media"))
        );
        assert!(resource(br#"{"resourceType":"Media"}"#, "Media").is_ok());
    }

    #[test]
    fn only_an_id_that_fhir_allows_is_an_id() {
        for wrong in ["", "a/b", "a b", &"a".repeat(65)] {
            assert_eq!(id(&serde_json::json!({ "id": wrong })), None, "{wrong}");
        }
        assert_eq!(id(&serde_json::json!({ "id": 7 })), None);
        assert_eq!(id(&serde_json::json!({ "id": "a-1.b" })), Some("a-1.b"));
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in ".{0,30}") {
            let _ = FhirInstant::parse(&text);
        }
    }
}
