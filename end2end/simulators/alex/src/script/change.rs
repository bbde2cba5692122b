//! Ways to change a plain answer, so that it is told in another shape or is not true.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::outcome::outcome;
use crate::people::{NHI, Patient};
use crate::{Simulator, fhir, nondeterminism};

/// A way to change an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Status(StatusCode),
    /// That status with neither body nor headers.
    Nothing(StatusCode),
    NoBody,
    LowerCaseLocation,
    RelativeLocation,
    NoIdAtAll,
    NoIdInBody,
    OutcomeForBody,
    HalfTheBody,
    PlainText,
    TokenSpent,
    TokenRevoked,
    TokenMissing,
    TokenLifeAsText,
    FoundNothing,
    FoundForAnother,
    FoundOtherBytes,
    FoundWithoutData,
    FoundTwice,
    EmptyFirstPage,
    AnotherPatient,
    AnotherNhi,
}

/// An answer in the hand.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn edit(&mut self, edit: impl FnOnce(&mut Value)) {
        let mut body = self.json();
        edit(&mut body);
        self.body = body.to_string().into();
    }

    fn without_record_headers(&mut self) {
        self.headers.remove(header::LOCATION);
        self.headers.remove(header::ETAG);
    }

    fn without_body(&mut self) {
        self.body = Bytes::new();
        self.headers.remove(header::CONTENT_TYPE);
    }

    fn relocate(&mut self, change: impl FnOnce(&str) -> String) {
        let location = self.headers.get(header::LOCATION);
        let told = location.and_then(|value| value.to_str().ok()).map(change);
        if let Some(Ok(value)) = told.map(|told| HeaderValue::from_str(&told)) {
            self.headers.insert(header::LOCATION, value);
        }
    }
}

impl Change {
    /// Changes a success; `uri` and `base` are how it was asked for.
    pub(super) fn apply(self, simulator: &Simulator, uri: &Uri, base: &str, answer: &mut Answer) {
        match self {
            Self::Status(status) => answer.status = status,
            Self::Nothing(status) => {
                answer.status = status;
                answer.without_body();
                answer.without_record_headers();
            }
            Self::NoBody => answer.without_body(),
            Self::LowerCaseLocation => {
                answer.without_body();
                answer.relocate(str::to_ascii_lowercase);
            }
            Self::RelativeLocation => {
                answer.without_body();
                answer.relocate(|told| {
                    told.rsplit_once("/fhir/")
                        .map_or(told, |(_, end)| end)
                        .to_owned()
                });
            }
            Self::NoIdAtAll => {
                answer.without_record_headers();
                answer.edit(|body| take(body, "id"));
            }
            Self::NoIdInBody => answer.edit(|body| take(body, "id")),
            Self::OutcomeForBody => {
                let body = outcome("information", "informational", "The resource was created");
                answer.body = body.to_string().into();
            }
            Self::HalfTheBody => answer.body.truncate(answer.body.len() / 2),
            Self::PlainText => {
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                answer.headers.insert(header::CONTENT_TYPE, plain);
            }
            Self::TokenSpent | Self::TokenRevoked | Self::TokenMissing | Self::TokenLifeAsText => {
                answer.edit(|body| self.token(simulator, body));
            }
            Self::FoundNothing
            | Self::FoundForAnother
            | Self::FoundOtherBytes
            | Self::FoundWithoutData
            | Self::FoundTwice
            | Self::EmptyFirstPage => {
                answer.edit(|bundle| self.bundle(simulator, uri, base, bundle));
            }
            Self::AnotherPatient | Self::AnotherNhi => {
                answer
                    .edit(|body| each_resource(body, |found| self.patient(simulator, base, found)));
            }
        }
    }

    fn token(self, simulator: &Simulator, body: &mut Value) {
        if matches!(self, Self::TokenSpent | Self::TokenRevoked)
            && let Some(token) = body["access_token"].as_str()
        {
            simulator.tokens().revoke(token);
        }
        match self {
            Self::TokenSpent => body["expires_in"] = json!(0),
            Self::TokenMissing => take(body, "access_token"),
            Self::TokenLifeAsText => body["expires_in"] = json!(body["expires_in"].to_string()),
            _ => {}
        }
    }

    fn bundle(self, simulator: &Simulator, uri: &Uri, base: &str, bundle: &mut Value) {
        match self {
            Self::FoundNothing => *bundle = fhir::searchset("Media", base, Vec::new()),
            Self::FoundTwice => {
                let entries = bundle["entry"].as_array_mut();
                if let Some(entries) = entries.filter(|entries| is_match(&entries[0])) {
                    let twins: Vec<_> = entries.iter().cloned().map(twin).collect();
                    entries.extend(twins);
                    bundle["total"] = json!(entries.len());
                }
            }
            Self::EmptyFirstPage => {
                let whole = uri.path_and_query().map_or("", |asked| asked.as_str());
                let next = format!("{base}{}&_page=1", whole.replacen("/FHIR/", "/fhir/", 1));
                take(bundle, "entry");
                bundle["link"] = json!([{ "relation": "next", "url": next }]);
            }
            _ => each_resource(bundle, |found| self.found(simulator, base, found)),
        }
    }

    fn found(self, simulator: &Simulator, base: &str, found: &mut Value) {
        let held = if found["resourceType"] == "Media" {
            "/content"
        } else {
            "/content/0/attachment"
        };
        if matches!(self, Self::FoundForAnother) {
            let owner = found["subject"]["reference"].as_str().unwrap_or_default();
            let other = simulator
                .roster()
                .patients
                .iter()
                .find(|other| !owner.ends_with(other.id));
            if let Some(other) = other {
                found["subject"]["reference"] = json!(format!("{base}/fhir/Patient/{}", other.id));
            }
            return;
        }
        let Some(attachment) = found.pointer_mut(held) else {
            return;
        };
        let data = attachment["data"].as_str().unwrap_or_default();
        let mut bytes = STANDARD.decode(data).unwrap_or_default();
        for element in ["data", "size", "hash"] {
            take(attachment, element);
        }
        if matches!(self, Self::FoundOtherBytes) {
            bytes.push(0);
            attachment["size"] = json!(bytes.len());
            attachment["hash"] = json!(STANDARD.encode(Sha1::digest(&bytes)));
            if bytes.len() > 1 {
                attachment["data"] = json!(STANDARD.encode(&bytes));
            }
        }
    }

    fn patient(self, simulator: &Simulator, base: &str, found: &mut Value) {
        let id = found["id"].as_str().unwrap_or_default();
        let nhi = found["identifier"][0]["value"].as_str().unwrap_or_default();
        let differs = |other: &&Patient| other.id != id && other.nhi != nhi;
        let Some(other) = simulator.roster().patients.iter().find(differs) else {
            return;
        };
        *found = match self {
            Self::AnotherPatient => simulator.roster().patient_json(other, base),
            _ => {
                let mut same = found.take();
                same["identifier"][0] =
                    json!({ "use": "official", "system": NHI, "value": other.nhi });
                same
            }
        };
    }
}

/// The resources that a search found, or the one that was read.
fn each_resource(body: &mut Value, mut change: impl FnMut(&mut Value)) {
    if body["resourceType"] != "Bundle" {
        return change(body);
    }
    let entries = body["entry"].as_array_mut();
    for entry in entries
        .into_iter()
        .flatten()
        .filter(|entry| is_match(entry))
    {
        change(&mut entry["resource"]);
    }
}

fn is_match(entry: &Value) -> bool {
    entry["search"]["mode"] == "match"
}

/// The same record under another id.
fn twin(mut entry: Value) -> Value {
    let id = nondeterminism::id();
    if let Some((stem, _)) = entry["fullUrl"]
        .as_str()
        .and_then(|url| url.rsplit_once('/'))
    {
        entry["fullUrl"] = json!(format!("{stem}/{id}"));
    }
    entry["resource"]["id"] = json!(id);
    entry
}

fn take(body: &mut Value, element: &str) {
    if let Some(members) = body.as_object_mut() {
        members.remove(element);
    }
}
