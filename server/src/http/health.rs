//! Whether the server lives, and whether it can serve.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use clinical_images::service::Services;
use http::StatusCode;

/// 200 as long as the process answers at all.
pub(crate) async fn live() -> &'static str {
    "alive\n"
}

/// 200 when sessions can be stored, 503 otherwise.
pub(crate) async fn ready(State(services): State<Services>) -> Response {
    match services.sessions.probe().await {
        Ok(()) => "ready\n".into_response(),
        Err(fault) => {
            tracing::error!(%fault, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the session store does not answer\n",
            )
                .into_response()
        }
    }
}
