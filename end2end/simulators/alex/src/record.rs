//! What the simulator remembers, in the form the ledger and the JSON interface both use.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Entry {
    /// A request arrived.
    Request(Received),
    /// The request `seq` was answered, or hung up on.
    Answer { seq: u64, answer: Answer },
    /// A Media was created; its bytes are in `media/`.
    Media(Box<Filed>),
    /// A launch context was minted.
    Launch(Launch),
    /// Requests and Media so far are forgotten; launches stay.
    Cleared { time: String },
}

/// A request as it arrived. It holds no query values: they identify patients.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Received {
    /// Grows by one per request, never used twice.
    pub seq: u64,
    pub time: String,
    pub method: String,
    pub path: String,
    /// The names of the query parameters, in order.
    pub query: Vec<String>,
    pub correlation_id: Option<String>,
    pub facility: Option<String>,
    #[serde(flatten)]
    pub answer: Answer,
}

/// How a request ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    pub outcome: Ending,
    /// None unless answered.
    pub status: Option<u16>,
    /// The fault that was ordered for it, by the name it was ordered with.
    pub fault: Option<String>,
}

/// Whether a request got its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ending {
    /// Not (yet): still at work, or the sender left, or the simulator was stopped.
    #[default]
    Pending,
    /// With `status`.
    Answered,
    /// The connection was closed without a word, on purpose.
    HungUp,
}

/// A Media in the record: all of it but the picture's bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Filed {
    pub id: String,
    pub time: String,
    pub patient_id: String,
    /// The first with a value; the others are in `resource`.
    pub identifier: Identifier,
    pub title: Option<String>,
    pub content_type: String,
    /// Of the decoded bytes, in hex.
    pub sha256: String,
    /// Of the decoded bytes.
    pub size: u64,
    pub width: u32,
    pub height: u32,
    pub correlation_id: Option<String>,
    pub facility: Option<String>,
    /// What ALEX would let pass and a reviewer would not: a wrong hash, EXIF left in …
    pub advice: Vec<String>,
    /// As created, with `id` and `meta`, without `content.data`.
    pub resource: Value,
}

/// FHIR's Identifier, the slice used here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identifier {
    pub system: Option<String>,
    pub value: String,
}

/// A minted launch. Only hashes of what was handed out are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Launch {
    pub context_sha256: String,
    pub signature_sha256: String,
    pub patient_id: Option<String>,
    pub facility_code: String,
    pub provider_id: String,
    pub created_time: String,
}

/// The file name of a Media's bytes inside `media/`.
pub(crate) fn file_name(id: &str, content_type: &str) -> String {
    let ending = if content_type == "image/png" {
        "png"
    } else {
        "jpg"
    };
    format!("{id}.{ending}")
}
