//! Whether the server lives, and whether it can serve.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use clinical_images::ports::PortFault;
use clinical_images::service::Services;
use http::StatusCode;

/// 200 as long as the process answers at all.
pub(crate) async fn live() -> &'static str {
    "alive\n"
}

/// 200 when sessions can be stored and the store keeps them; 503 otherwise, with the reason where an operator can do
/// something about it.
pub(crate) async fn ready(State(services): State<Services>) -> Response {
    match services.sessions.probe().await {
        Ok(()) => "ready\n".into_response(),
        Err(fault) => {
            tracing::error!(%fault, "not ready");
            let why = match fault {
                PortFault::Unavailable { .. } => "the session store does not answer\n".to_owned(),
                PortFault::Protocol { detail, .. } => format!("{detail}\n"),
            };
            (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
        }
    }
}
