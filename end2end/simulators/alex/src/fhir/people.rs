//! Patients, practitioners and the facility: read and found.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Pairs, Token, base_url, searchset, value_of};
use crate::Simulator;
use crate::outcome::{Refusal, fhir};
use crate::people::{HPI_PERSON, NHI, Practice, location_json};

pub(super) type Found = Result<Response, Refusal>;
pub(super) type Id = Result<Path<String>, PathRejection>;
pub(super) type Search = Result<Query<Pairs>, QueryRejection>;

pub(super) fn id_of(id: Id) -> Result<String, Refusal> {
    id.map(|Path(id)| id)
        .map_err(|_| Refusal::bad("invalid", "The id cannot be read"))
}

pub(super) fn pairs_of(search: Search) -> Result<Pairs, Refusal> {
    search
        .map(|Query(pairs)| pairs)
        .map_err(|_| Refusal::bad("invalid", "Unreadable query"))
}

pub(super) async fn patient(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    id: Id,
    headers: HeaderMap,
) -> Found {
    let id = id_of(id)?;
    let patient = sim
        .roster()
        .patient_of(practice, &id)
        .ok_or_else(|| Refusal::not_found("Patient"))?;
    Ok(fhir(
        StatusCode::OK,
        &sim.roster().patient_json(patient, &base_url(&headers)),
    ))
}

/// Only by NHI. May answer with several.
pub(super) async fn find_patients(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    search: Search,
    headers: HeaderMap,
) -> Found {
    let pairs = pairs_of(search)?;
    let Some(identifier) = value_of(&pairs, "identifier") else {
        return Err(Refusal::bad(
            "required",
            "The search parameter 'identifier' is missing",
        ));
    };
    let (token, base) = (Token::of(identifier), base_url(&headers));
    let mut found = Vec::new();
    if token.is_of(NHI) {
        let patients = sim.roster().with_nhi(practice, token.value);
        found.extend(patients.map(|patient| sim.roster().patient_json(patient, &base)));
    }
    Ok(fhir(StatusCode::OK, &searchset("Patient", &base, found)))
}

pub(super) async fn practitioner(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    id: Id,
) -> Found {
    let id = id_of(id)?;
    let known = sim.roster().practitioners_of(practice);
    let found = known.into_iter().find(|practitioner| practitioner.id == id);
    let practitioner = found.ok_or_else(|| Refusal::not_found("Practitioner"))?;
    Ok(fhir(StatusCode::OK, &practitioner.json()))
}

/// All, or by `identifier` (HPI person) and `name` (the start of the family name).
pub(super) async fn find_practitioners(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    search: Search,
    headers: HeaderMap,
) -> Found {
    let pairs = pairs_of(search)?;
    let token = value_of(&pairs, "identifier").map(Token::of);
    let name = value_of(&pairs, "name").unwrap_or_default().to_lowercase();
    let known = sim.roster().practitioners_of(practice);
    let found = known.into_iter().filter(|practitioner| {
        let numbered = token
            .as_ref()
            .is_none_or(|token| token.is_of(HPI_PERSON) && token.value == practitioner.hpi);
        numbered && practitioner.family.to_lowercase().starts_with(&name)
    });
    let found = found.map(crate::people::Practitioner::json).collect();
    Ok(fhir(
        StatusCode::OK,
        &searchset("Practitioner", &base_url(&headers), found),
    ))
}

pub(super) async fn locations(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    headers: HeaderMap,
) -> Found {
    let found = vec![location_of(&sim, practice)];
    Ok(fhir(
        StatusCode::OK,
        &searchset("Location", &base_url(&headers), found),
    ))
}

pub(super) async fn location(
    State(sim): State<Simulator>,
    Extension(practice): Extension<Practice>,
    id: Id,
) -> Found {
    if id_of(id)? != practice.location_id() {
        return Err(Refusal::not_found("Location"));
    }
    Ok(fhir(StatusCode::OK, &location_of(&sim, practice)))
}

fn location_of(sim: &Simulator, practice: Practice) -> serde_json::Value {
    location_json(practice, sim.settings().facilities()[practice.0])
}
