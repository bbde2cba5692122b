//! What is said over HTTP beside pages and server functions.

pub(crate) mod assets;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod language;
pub(crate) mod launch;
pub(crate) mod pictures;
pub(crate) mod request_log;
pub(crate) mod security;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use clinical_app::api::{AGAIN_AFTER, ApiError};
use clinical_images::refusal::Refusal;
use http::StatusCode;
use http::header::{COOKIE, HeaderMap, RETRY_AFTER};

/// A refusal as an answer, with the status that server functions give it.
pub(crate) fn refuse(refusal: Refusal) -> Response {
    let error = ApiError::from(refusal);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let again = error.is_transient().then_some([(RETRY_AFTER, AGAIN_AFTER)]);
    (status, again, Json(error)).into_response()
}

/// The request's `Cookie` header.
pub(crate) fn cookies(headers: &HeaderMap) -> &str {
    headers
        .get(COOKIE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
