//! The JSON interface for tests and the demo: launches, and what was received and created.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fhir::picture_reply;
use crate::launch::{Minted, Wish, mint_launch};
use crate::outcome::Refusal;
use crate::record::{Filed, Received, Resource};
use crate::{Simulator, scan};

pub(super) async fn patients(State(sim): State<Simulator>) -> Json<Value> {
    let patients = sim.roster().patients.iter().map(|patient| {
        json!({
            "facility": sim.settings().facilities()[patient.practice.0],
            "id": patient.id,
            "nhi": patient.nhi,
            "family": patient.family,
            "given": patient.given,
            "nickname": patient.nickname,
            "gender": patient.gender,
            "birthDate": patient.born.to_string(),
        })
    });
    Json(patients.collect())
}

/// An absent or empty body is a launch without a patient.
pub(super) async fn launch(
    State(sim): State<Simulator>,
    body: Bytes,
) -> Result<(StatusCode, Json<Minted>), Refusal> {
    let wish: Wish = if body.is_empty() {
        Wish::default()
    } else {
        parsed(&body)?
    };
    Ok((StatusCode::CREATED, Json(mint_launch(&sim, wish).await?)))
}

pub(super) async fn received(State(sim): State<Simulator>) -> Result<Json<Vec<Received>>, Refusal> {
    Ok(Json(
        sim.ledger(|ledger| Ok(ledger.requests().to_vec())).await?,
    ))
}

/// Everything created of that kind, oldest first.
pub(super) async fn created(kind: Resource, sim: Simulator) -> Result<Json<Vec<Filed>>, Refusal> {
    let of_kind = move |filed: &&Filed| filed.resource_type == kind;
    let found =
        sim.ledger(move |ledger| Ok(ledger.records().iter().filter(of_kind).cloned().collect()));
    Ok(Json(found.await?))
}

/// Everything created, and which identifiers were created more than once.
pub(super) async fn ledger(State(sim): State<Simulator>) -> Result<Json<Value>, Refusal> {
    let records = sim.ledger(|ledger| Ok(ledger.records().to_vec())).await?;
    let rows: Vec<_> = records
        .iter()
        .map(|filed| {
            json!({
                "resourceType": filed.resource_type,
                "id": filed.id,
                "identifier": filed.identifier,
                "patientId": filed.patient_id,
                "contentType": filed.content_type,
                "sha256": filed.sha256,
                "size": filed.size,
                "pages": filed.pages,
                "receivedAt": filed.time,
                "correlationId": filed.correlation_id,
                "request": filed.request,
            })
        })
        .collect();
    let duplicates: Vec<_> = duplicates(&records)
        .into_iter()
        .map(|twins| {
            let ids: Vec<_> = twins.iter().map(|filed| &filed.id).collect();
            json!({ "identifier": twins[0].identifier, "ids": ids })
        })
        .collect();
    let late = sim.deferred().left().await;
    Ok(Json(
        json!({ "records": rows, "duplicates": duplicates, "late": late }),
    ))
}

/// Records that share an identifier within their kind, in groups, in the order of the first.
pub(super) fn duplicates(records: &[Filed]) -> Vec<Vec<&Filed>> {
    let mut groups: Vec<Vec<&Filed>> = Vec::new();
    let mut places = HashMap::new();
    for filed in records {
        let (system, value) = (&filed.identifier.system, &filed.identifier.value);
        let place = *places
            .entry((filed.resource_type.name(), system, value))
            .or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(filed),
            None => groups.push(vec![filed]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

pub(super) async fn clear(State(sim): State<Simulator>) -> Result<StatusCode, Refusal> {
    sim.forget().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bytes of a record, as they were sent; a scan is for downloading.
pub(super) async fn file(
    State(sim): State<Simulator>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (filed, bytes) = one(&sim, id).await?;
    let mut reply = picture_reply(&filed.content_type, bytes);
    if filed.resource_type == Resource::DocumentReference {
        let name = format!("attachment; filename=\"{}\"", filed.file_name());
        let name = HeaderValue::from_str(&name).map_err(std::io::Error::other)?;
        reply
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(reply)
}

/// The JPEG of one page of a scan, counted from 1.
pub(super) async fn page(
    State(sim): State<Simulator>,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Refusal> {
    let (_, bytes) = one(&sim, id).await?;
    let pictures = scan::pictures(&bytes);
    let picture = number.checked_sub(1).and_then(|index| pictures.get(index));
    let picture = picture.ok_or_else(|| Refusal::not_found("Page"))?;
    Ok(picture_reply("image/jpeg", picture.to_vec()))
}

async fn one(sim: &Simulator, id: String) -> Result<(Filed, Vec<u8>), Refusal> {
    let found = sim
        .ledger(move |ledger| Ok(ledger.record(&id).cloned()))
        .await?;
    let filed = found.ok_or_else(|| Refusal::not_found("Record"))?;
    let bytes = sim.bytes_of(filed.clone()).await?;
    Ok((filed, bytes))
}

pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad("structure", error.to_string()))
}
