//! Media and DocumentReference: created once, read, found by the patient's NHI, never changed.
//!
//! Posting the same identifier twice makes two records, as on ALEX: `If-None-Exist` is ignored unless
//! a setting says otherwise. That DocumentReference is searched for as Media is is assumed; only Media
//! was measured.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::check::{self, Accepted};
use super::people::{Found, Id, Search, id_of, pairs_of};
use super::{Pairs, Token, base_url, paged_searchset, value_of};
use crate::call::Circumstances;
use crate::observe::header_text;
use crate::outcome::{Refusal, fhir};
use crate::people::{NHI, Practice};
use crate::record::{Filed, Resource};
use crate::{Simulator, nondeterminism};

/// The simulator, and whose records are meant.
type At = (State<Simulator>, Extension<Practice>);

pub(super) async fn create(
    kind: Resource,
    (State(sim), Extension(practice)): At,
    Extension(circumstances): Extension<Circumstances>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Found {
    if !is_fhir_json(&headers) {
        let text = "The Content-Type must be application/fhir+json";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "not-supported", text));
    }
    let body = body.map_err(|_| Refusal::bad("incomplete", "The body cannot be read"))?;
    let resource: Value = serde_json::from_slice(&body)
        .map_err(|error| Refusal::bad("structure", format!("The body is not JSON: {error}")))?;
    let accepted = check::check(kind, resource, |id| {
        sim.roster().patient_of(practice, id).is_some()
    })?;
    if let Some(answer) = if_none_exists(&sim, kind, &headers).await? {
        return Ok(answer);
    }
    let found_from = circumstances.found_after.map(|time| {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        sim.clock()
            .calendar()
            .saturating_add(time)
            .unwrap_or(Timestamp::MAX)
    });
    let (mut filed, bytes) = file(kind, accepted, &headers);
    filed.request = Some(circumstances.seq);
    filed.found_from = found_from.map(|time| time.to_string());
    let filed = sim.keep(filed, bytes).await?;
    Ok(told(&sim, &filed, &headers, StatusCode::CREATED).await?)
}

/// What is there already, when the setting says that `If-None-Exist` is heeded: the one record, or a
/// refusal for several. Nothing stops another create in between, as nothing does in the server
/// behind ALEX.
async fn if_none_exists(
    sim: &Simulator,
    kind: Resource,
    headers: &HeaderMap,
) -> Result<Option<Response>, Refusal> {
    let asked =
        header_text(headers, "if-none-exist").filter(|_| sim.settings().heeds_if_none_exist);
    let Some(token) = asked
        .as_deref()
        .and_then(|asked| asked.strip_prefix("identifier="))
    else {
        return Ok(None);
    };
    let token = token.to_owned();
    let there: Vec<_> = sim
        .ledger(move |ledger| {
            let token = Token::of(&token);
            let alike =
                |filed: &&Filed| filed.resource_type == kind && bears(&filed.resource, &token);
            Ok(ledger.records().iter().filter(alike).cloned().collect())
        })
        .await?;
    match there.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(told(sim, one, headers, StatusCode::OK).await?)),
        _ => {
            let status = StatusCode::PRECONDITION_FAILED;
            let text = "The condition matches more than one resource";
            Err(Refusal::new(status, "multiple-matches", text))
        }
    }
}

/// The reply to a create.
async fn told(
    sim: &Simulator,
    filed: &Filed,
    headers: &HeaderMap,
    status: StatusCode,
) -> std::io::Result<Response> {
    let base = base_url(headers);
    let bytes = sim.bytes_of(filed.clone()).await?;
    let (kind, id) = (filed.resource_type.name(), &filed.id);
    let extra = [
        (
            header::LOCATION,
            format!("{base}/fhir/{kind}/{id}/_history/1"),
        ),
        (header::ETAG, "W/\"1\"".to_owned()),
    ];
    Ok((extra, fhir(status, &rendered(filed, &base, Some(&bytes)))).into_response())
}

pub(super) async fn read(
    kind: Resource,
    (State(sim), Extension(practice)): At,
    id: Id,
    headers: HeaderMap,
) -> Found {
    let id = id_of(id)?;
    let found = sim
        .ledger(move |ledger| Ok(ledger.record(&id).cloned()))
        .await?;
    let found = found.filter(|filed| {
        let own = sim.roster().patient_of(practice, &filed.patient_id);
        filed.resource_type == kind && own.is_some()
    });
    let filed = found.ok_or_else(|| Refusal::not_found(kind.name()))?;
    let bytes = sim.bytes_of(filed.clone()).await?;
    let body = rendered(&filed, &base_url(&headers), Some(&bytes));
    Ok(([(header::ETAG, "W/\"1\"")], fhir(StatusCode::OK, &body)).into_response())
}

/// Works with `patient.identifier` only, narrowed by `identifier` if given; newest first. `_count`
/// says how many a page has; without it all are on one.
pub(super) async fn find(
    kind: Resource,
    (State(sim), Extension(practice)): At,
    search: Search,
    headers: HeaderMap,
) -> Found {
    let pairs = pairs_of(search)?;
    let patients = patients_meant(&sim, practice, &pairs)?;
    let narrowed = value_of(&pairs, "identifier").map(str::to_owned);
    let now = sim.clock().calendar();
    let found: Vec<_> = sim
        .ledger(move |ledger| {
            let wanted = narrowed.as_deref().map(Token::of);
            let matches = |filed: &&Filed| {
                filed.resource_type == kind
                    && patients.contains(&filed.patient_id.as_str())
                    && wanted
                        .as_ref()
                        .is_none_or(|token| bears(&filed.resource, token))
                    && can_be_found(filed, now)
            };
            Ok(ledger
                .records()
                .iter()
                .rev()
                .filter(matches)
                .cloned()
                .collect())
        })
        .await?;
    let base = base_url(&headers);
    let mut resources = Vec::with_capacity(found.len());
    for filed in found {
        let bytes = match sim.settings().search_includes_data {
            true => Some(sim.bytes_of(filed.clone()).await?),
            false => None,
        };
        resources.push(rendered(&filed, &base, bytes.as_deref()));
    }
    let bundle = paged_searchset(kind.name(), &base, &pairs, resources);
    Ok(fhir(StatusCode::OK, &bundle))
}

fn can_be_found(filed: &Filed, now: Timestamp) -> bool {
    let from = filed
        .found_from
        .as_ref()
        .and_then(|from| from.parse::<Timestamp>().ok());
    from.is_none_or(|from| from <= now)
}

/// The ids of the patients a search is for. The obvious parameters are forbidden.
fn patients_meant(
    sim: &Simulator,
    practice: Practice,
    pairs: &Pairs,
) -> Result<Vec<&'static str>, Refusal> {
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
                .with_nhi(practice, token.value)
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
fn file(kind: Resource, accepted: Accepted, headers: &HeaderMap) -> (Filed, Vec<u8>) {
    let (id, time) = (nondeterminism::id(), nondeterminism::now());
    let mut resource = accepted.resource;
    resource["id"] = json!(id);
    resource["meta"]["versionId"] = json!("1");
    resource["meta"]["lastUpdated"] = json!(time);
    let first = accepted.pages.first();
    let filed = Filed {
        resource_type: kind,
        id,
        time,
        patient_id: accepted.patient_id,
        identifier: accepted.identifier,
        title: accepted.title,
        content_type: accepted.content_type,
        sha256: nondeterminism::sha256(&accepted.bytes),
        size: accepted.bytes.len() as u64,
        width: first.map(|page| page.width),
        height: first.map(|page| page.height),
        pages: accepted.pages,
        correlation_id: header_text(headers, "mt-correlationid"),
        request: None,
        facility: header_text(headers, "mt-facilityid"),
        found_from: None,
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
        let attachment = match filed.resource_type {
            Resource::Media => &mut resource["content"],
            Resource::DocumentReference => &mut resource["content"][0]["attachment"],
        };
        attachment["data"] = json!(STANDARD.encode(bytes));
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
