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
    /// A Media or a DocumentReference was created; its bytes are in `media/`.
    #[serde(rename = "media")]
    Record(Box<Filed>),
    /// A launch context was minted.
    Launch(Launch),
    /// Requests and records so far are forgotten; launches stay.
    Cleared { time: String },
    /// The simulator's clock was put so far ahead of the machine's, in milliseconds.
    Clock { ahead_ms: u64 },
}

/// What can be created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Resource {
    /// A picture in the Inbox.
    #[default]
    Media,
    /// A scan in the Inbox.
    DocumentReference,
}

impl Resource {
    /// FHIR's name of it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Media => "Media",
            Self::DocumentReference => "DocumentReference",
        }
    }
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
    /// The scripted reply it got, by its name in the catalogue.
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

/// A Media or DocumentReference in the record: all of it but its bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Filed {
    #[serde(default)]
    pub resource_type: Resource,
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
    /// Of the first picture in it, in pixels; None when none can be read.
    pub width: Option<u32>,
    /// As `width`.
    pub height: Option<u32>,
    /// The pictures in it: of a Media itself, of a scan the JPEG of each page that holds one.
    #[serde(default)]
    pub pages: Vec<Page>,
    pub correlation_id: Option<String>,
    /// The `seq` of the request that created it.
    #[serde(default)]
    pub request: Option<u64>,
    pub facility: Option<String>,
    /// Searches find it from then on, on the simulator's clock; None is at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_from: Option<String>,
    /// What ALEX would let pass and a reviewer would not: a wrong hash, EXIF left in …
    pub advice: Vec<String>,
    /// As created, with `id` and `meta`, without the attachment's data.
    pub resource: Value,
}

impl Filed {
    /// The name of the file that holds its bytes.
    pub(crate) fn file_name(&self) -> String {
        let ending = match self.content_type.as_str() {
            "image/png" => "png",
            "image/tiff" => "tiff",
            "application/pdf" => "pdf",
            _ => "jpg",
        };
        format!("{}.{ending}", self.id)
    }
}

/// A picture inside a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// Of its own bytes, in hex.
    pub sha256: String,
    /// In bytes.
    pub size: u64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
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
