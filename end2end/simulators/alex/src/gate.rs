//! The gateway's door: a good bearer token for everything, a known facility for FHIR.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Simulator;
use crate::outcome::Refusal;

/// Lets through who has a good token and names the facility.
pub(crate) async fn fhir(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    if !has_token(&simulator, request.headers()) {
        return unauthorized();
    }
    let facility = request.headers().get("mt-facilityid");
    if facility.is_none_or(|given| given.as_bytes() != simulator.settings().facility.as_bytes()) {
        let text = "Practice Facility not found";
        return Refusal::new(StatusCode::FORBIDDEN, "forbidden", text).into_response();
    }
    next.run(request).await
}

/// Lets through who has a good token.
pub(crate) async fn bearer(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    if !has_token(&simulator, request.headers()) {
        return unauthorized();
    }
    next.run(request).await
}

fn has_token(simulator: &Simulator, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && simulator.tokens().is_good(token.trim())
        })
}

pub(crate) fn unauthorized() -> Response {
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "login", "Authentication failed.");
    let challenge = "Bearer error=\"invalid_token\"";
    ([(header::WWW_AUTHENTICATE, challenge)], refusal).into_response()
}
