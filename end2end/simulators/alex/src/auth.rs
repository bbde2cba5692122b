//! Authorization at the gateway: a valid bearer token for every call, and a known facility for FHIR. Whoever names a facility meets its
//! people and records, and nobody else's.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Simulator;
use crate::call::Circumstances;
use crate::outcome::Refusal;
use crate::people::Practice;

/// What a 401 asks for.
pub(crate) const CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// Middleware that requires a valid token and the header that names the facility.
pub(crate) async fn fhir(
    State(simulator): State<Simulator>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_admitted(&simulator, &request) {
        return unauthorized();
    }
    let facility = request.headers().get("mt-facilityid");
    let facilities = simulator.settings().facilities();
    let known = facility.and_then(|given| {
        let mut facilities = facilities.iter();
        facilities.position(|known| known.as_bytes() == given.as_bytes())
    });
    let Some(known) = known else {
        let text = "Practice Facility not found";
        return Refusal::new(StatusCode::FORBIDDEN, "forbidden", text).into_response();
    };
    request.extensions_mut().insert(Practice(known));
    next.run(request).await
}

/// Middleware that requires a valid token.
pub(crate) async fn bearer(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    if !is_admitted(&simulator, &request) {
        return unauthorized();
    }
    next.run(request).await
}

/// A call that is executed later was authorized when it came.
fn is_admitted(simulator: &Simulator, request: &Request) -> bool {
    let circumstances = request.extensions().get::<Circumstances>();
    circumstances.is_some_and(|known| known.admitted) || has_token(simulator, request.headers())
}

pub(crate) fn has_token(simulator: &Simulator, headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer")
                && simulator
                    .tokens()
                    .is_good(token.trim(), simulator.clock().now())
        })
}

fn unauthorized() -> Response {
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "login", "Authentication failed.");
    ([(header::WWW_AUTHENTICATE, CHALLENGE)], refusal).into_response()
}
