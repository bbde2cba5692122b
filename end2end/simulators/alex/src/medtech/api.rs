//! The JSON interface for tests and the demo.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Simulator;
use crate::fault::Order;
use crate::fhir::picture_reply;
use crate::launch::{Minted, Wish, mint_launch};
use crate::outcome::Refusal;
use crate::record::{Filed, Received};

pub(super) async fn patients(State(sim): State<Simulator>) -> Json<Value> {
    let patients = sim.roster().patients.iter().map(|patient| {
        json!({
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

pub(super) async fn media(State(sim): State<Simulator>) -> Result<Json<Vec<Filed>>, Refusal> {
    Ok(Json(
        sim.ledger(|ledger| Ok(ledger.media().to_vec())).await?,
    ))
}

pub(super) async fn clear(State(sim): State<Simulator>) -> Result<StatusCode, Refusal> {
    sim.ledger(crate::ledger::Ledger::clear).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn picture(
    State(sim): State<Simulator>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let found = sim
        .ledger(move |ledger| {
            let filed = ledger.one_media(&id);
            filed
                .map(|filed| Ok((filed.content_type.clone(), ledger.bytes(filed)?)))
                .transpose()
        })
        .await?;
    let (content_type, bytes) = found.ok_or_else(|| Refusal::not_found("Picture"))?;
    Ok(picture_reply(&content_type, bytes))
}

pub(super) async fn order_fault(
    State(sim): State<Simulator>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order: Order = parsed(&body)?;
    sim.faults()
        .order(order.clone())
        .map_err(|text| Refusal::bad("invalid", text))?;
    Ok((StatusCode::CREATED, Json(order)).into_response())
}

pub(super) async fn faults(State(sim): State<Simulator>) -> Json<Vec<Order>> {
    Json(sim.faults().list())
}

pub(super) async fn clear_faults(State(sim): State<Simulator>) -> StatusCode {
    sim.faults().clear();
    StatusCode::NO_CONTENT
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad("structure", error.to_string()))
}
