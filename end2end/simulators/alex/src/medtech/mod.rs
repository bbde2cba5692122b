//! Medtech as the GP would see it, and the JSON interface with which tests and the demo steer and
//! question the simulator. None of this exists at the real ALEX.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{delete, get, post};

use crate::Simulator;
use crate::launch::{Wish, mint_launch};
use crate::outcome::Refusal;
use crate::record::Resource;

mod api;
mod html;
mod inbox;
mod page;
mod patients;
mod received;
mod script;
mod steering;

pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/medtech") }))
        .route("/medtech", get(patients::show))
        .route("/medtech/patient/{id}", get(inbox::show))
        .route("/medtech/open", get(open_without_patient))
        .route("/medtech/open/{id}", get(open))
        .route("/medtech/media/{id}", get(api::file))
        .route("/medtech/media/{id}/page/{number}", get(api::page))
        .route("/medtech/ledger", get(received::show))
        .route("/medtech/script", get(script::show).post(script::add))
        .route("/medtech/script/clear", post(script::clear))
        .merge(json_interface())
}

fn json_interface() -> Router<Simulator> {
    let created = |kind| get(move |State(sim): State<Simulator>| api::created(kind, sim));
    Router::new()
        .route("/medtech/api/patients", get(api::patients))
        .route("/medtech/api/launches", post(api::launch))
        .route(
            "/medtech/api/received",
            delete(api::clear).get(api::received),
        )
        .route("/medtech/api/media", created(Resource::Media))
        .route(
            "/medtech/api/documentreference",
            created(Resource::DocumentReference),
        )
        .route("/medtech/api/ledger", get(api::ledger))
        .route("/medtech/api/catalogue", get(steering::catalogue))
        .route(
            "/medtech/api/clock",
            get(steering::clock).post(steering::advance),
        )
        .route(
            "/medtech/api/script",
            post(steering::add)
                .get(steering::left)
                .delete(steering::clear),
        )
        .route(
            "/medtech/api/faults",
            post(steering::add_fault)
                .get(steering::left)
                .delete(steering::clear),
        )
}

/// The icon in Medtech, clicked with this patient open.
async fn open(State(sim): State<Simulator>, Path(id): Path<String>) -> Result<Response, Refusal> {
    launch(&sim, Some(id)).await
}

/// The icon, clicked with no patient open.
async fn open_without_patient(State(sim): State<Simulator>) -> Result<Response, Refusal> {
    launch(&sim, None).await
}

async fn launch(sim: &Simulator, patient_id: Option<String>) -> Result<Response, Refusal> {
    let minted = mint_launch(
        sim,
        Wish {
            patient_id,
            ..Wish::default()
        },
    )
    .await?;
    let headers = [
        (header::LOCATION, minted.launch_url.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
