//! What is said over HTTP beside pages and server functions.

pub(crate) mod analysis;
pub(crate) mod assets;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod language;
pub(crate) mod launch;
pub(crate) mod pictures;
pub(crate) mod request_log;
pub(crate) mod security;

use axum::Json;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use clinical_app::api::{AGAIN_AFTER, ApiError};
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use futures::StreamExt as _;
use futures::stream::Stream;
use http::StatusCode;
use http::header::{CACHE_CONTROL, COOKIE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use std::convert::Infallible;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Interval of the heartbeat on a quiet stream (the keep-alive of server-sent events).
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What routes need whose answers stay open.
#[derive(Clone)]
pub(crate) struct StreamState {
    pub(crate) services: Services,
    /// Open streams would otherwise keep the server from ending.
    pub(crate) shutdown: CancellationToken,
}

/// Server-sent events as an answer. On a quiet stream a comment every 15 seconds is the heartbeat: proxies keep the connection open, and
/// a connection that is gone is noticed.
pub(crate) fn event_stream(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let headers = [
        (
            CACHE_CONTROL,
            HeaderValue::from_static("no-store, no-transform"),
        ),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let stream = Sse::new(events.map(Ok::<_, Infallible>));
    let stream = stream.keep_alive(KeepAlive::new().interval(HEARTBEAT));
    (headers, stream).into_response()
}

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
