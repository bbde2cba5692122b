//! Media: created once, read, found by the patient's NHI, never changed.
//!
//! Posting the same identifier twice makes two records, as on ALEX: `If-None-Exist` is ignored.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::check::{self, Accepted};
use super::people::{Found, Id, Search, id_of, pairs_of};
use super::{Pairs, Token, base_url, searchset, value_of};
use crate::observe::header_text;
use crate::outcome::{Refusal, fhir};
use crate::people::NHI;
use crate::record::Filed;
use crate::{Simulator, mint};

pub(super) async fn create(
    State(sim): State<Simulator>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Found {
    if !is_fhir_json(&headers) {
        let text = "The Content-Type must be application/fhir+json";
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            text,
        ));
    }
    let body = body.map_err(|_| Refusal::bad("incomplete", "The body cannot be read"))?;
    let resource: Value = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad("structure", format!("The body is not JSON: {error}")))?;
    let accepted = check::media(resource, |id| sim.roster().patient(id).is_some())?;
    let (filed, bytes) = file(accepted, &headers);
    let base = base_url(&headers);
    let reply = rendered(&filed, &base, Some(&bytes));
    let location = format!("{base}/fhir/Media/{}/_history/1", filed.id);
    sim.ledger(move |ledger| ledger.file_media(filed, &bytes))
        .await?;
    let extra = [
        (header::LOCATION, location),
        (header::ETAG, "W/\"1\"".to_owned()),
    ];
    Ok((extra, fhir(StatusCode::CREATED, &reply)).into_response())
}

pub(super) async fn read(State(sim): State<Simulator>, id: Id, headers: HeaderMap) -> Found {
    let id = id_of(id)?;
    let found = sim
        .ledger(move |ledger| {
            let filed = ledger.one_media(&id);
            filed
                .map(|filed| Ok((filed.clone(), ledger.bytes(filed)?)))
                .transpose()
        })
        .await?;
    let (filed, bytes) = found.ok_or_else(|| Refusal::not_found("Media"))?;
    let body = rendered(&filed, &base_url(&headers), Some(&bytes));
    Ok(([(header::ETAG, "W/\"1\"")], fhir(StatusCode::OK, &body)).into_response())
}

/// Works with `patient.identifier` only, narrowed by `identifier` if given; newest first.
pub(super) async fn find(
    State(sim): State<Simulator>,
    search: Search,
    headers: HeaderMap,
) -> Found {
    let pairs = pairs_of(search)?;
    let with_data = sim.settings().search_includes_data;
    let patients = patients_meant(&sim, &pairs)?;
    let found = sim
        .ledger(move |ledger| {
            let wanted = value_of(&pairs, "identifier").map(Token::of);
            let matching = ledger.media().iter().rev().filter(|filed| {
                patients.iter().any(|id| *id == filed.patient_id)
                    && wanted
                        .as_ref()
                        .is_none_or(|token| bears(&filed.resource, token))
            });
            matching
                .map(|filed| {
                    let bytes = with_data.then(|| ledger.bytes(filed)).transpose()?;
                    Ok((filed.clone(), bytes))
                })
                .collect::<std::io::Result<Vec<_>>>()
        })
        .await?;
    let base = base_url(&headers);
    let found = found
        .iter()
        .map(|(filed, bytes)| rendered(filed, &base, bytes.as_deref()));
    Ok(fhir(
        StatusCode::OK,
        &searchset("Media", &base, found.collect()),
    ))
}

/// The ids of the patients a search is for. The obvious parameters are forbidden.
fn patients_meant(sim: &Simulator, pairs: &Pairs) -> Result<Vec<&'static str>, Refusal> {
    let forbidden = |name: &String| {
        let name = name.split(':').next().unwrap_or_default();
        name == "patient" || name == "subject"
    };
    let identifier = value_of(pairs, "patient.identifier");
    match identifier {
        Some(identifier) if !pairs.iter().any(|(name, _)| forbidden(name)) => {
            let token = Token::of(identifier);
            let patients = sim
                .roster()
                .with_nhi(token.value)
                .filter(|_| token.is_of(NHI));
            Ok(patients.map(|patient| patient.id).collect())
        }
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Authorization failed.",
        )),
    }
}

fn bears(resource: &Value, token: &Token<'_>) -> bool {
    resource["identifier"]
        .as_array()
        .is_some_and(|identifiers| {
            identifiers.iter().any(|identifier| {
                identifier["value"] == token.value
                    && token.is_of(identifier["system"].as_str().unwrap_or_default())
            })
        })
}

fn is_fhir_json(headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = given
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/fhir+json")
}

/// Gives what was accepted its id and time.
fn file(accepted: Accepted, headers: &HeaderMap) -> (Filed, Vec<u8>) {
    let (id, time) = (mint::id(), mint::now());
    let mut resource = accepted.resource;
    resource["id"] = json!(id);
    resource["meta"]["versionId"] = json!("1");
    resource["meta"]["lastUpdated"] = json!(time);
    let filed = Filed {
        id,
        time,
        patient_id: accepted.patient_id,
        identifier: accepted.identifier,
        title: accepted.title,
        content_type: accepted.picture.content_type.to_owned(),
        sha256: mint::sha256(&accepted.bytes),
        size: accepted.bytes.len() as u64,
        width: accepted.picture.width,
        height: accepted.picture.height,
        correlation_id: header_text(headers, "mt-correlationid"),
        facility: header_text(headers, "mt-facilityid"),
        advice: accepted.advice,
        resource,
    };
    (filed, accepted.bytes)
}

/// The resource as ALEX gives it out: references absolute and lower-case.
fn rendered(filed: &Filed, base: &str, bytes: Option<&[u8]>) -> Value {
    let mut resource = filed.resource.clone();
    resource["subject"]["reference"] = json!(format!("{base}/fhir/Patient/{}", filed.patient_id));
    if let Some(bytes) = bytes {
        resource["content"]["data"] = json!(STANDARD.encode(bytes));
    }
    resource
}

/// Bytes of a picture for the page; they are what was sent, so a browser must not run them.
pub(crate) fn picture_reply(content_type: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    (headers, bytes).into_response()
}
