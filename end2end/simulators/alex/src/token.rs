//! The OAuth2 token endpoint, answering as Azure AD does, and the tokens it has given out.
//!
//! Tokens live in memory only: after a restart callers get 401 and fetch a new one, as they must be
//! able to anyway.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::{Simulator, lock, nondeterminism};

pub(crate) fn routes() -> Router<Simulator> {
    Router::new().route("/{tenant}/oauth2/v2.0/token", post(give))
}

/// The access tokens that are good, each with its end.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, Instant>>);

impl Tokens {
    fn issue(&self, life: Duration, now: Instant) -> String {
        let token = nondeterminism::opaque_token();
        let mut tokens = lock(&self.0);
        tokens.retain(|_, end| *end > now);
        tokens.insert(token.clone(), now + life);
        token
    }

    pub(crate) fn is_good(&self, token: &str, now: Instant) -> bool {
        lock(&self.0).get(token).is_some_and(|end| *end > now)
    }

    /// Makes a token worthless before its time.
    pub(crate) fn revoke(&self, token: &str) {
        lock(&self.0).remove(token);
    }
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

async fn give(
    State(simulator): State<Simulator>,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Response {
    let Ok(Form(request)) = form else {
        return missing("grant_type");
    };
    let settings = simulator.settings();
    match request.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            let text = "The app requested an unsupported grant type.";
            return refuse(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                70003,
                text,
            );
        }
        None => return missing("grant_type"),
    }
    match request.client_id.as_deref() {
        Some(id) if id == settings.client_id => {}
        Some(_) => {
            let text = "Application with this identifier was not found in the directory.";
            return refuse(
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                700_016,
                text,
            );
        }
        None => return missing("client_id"),
    }
    match request.client_secret.as_deref() {
        Some(secret) if secret == settings.client_secret => {}
        Some(_) => {
            let text = "Invalid client secret provided.";
            return refuse(StatusCode::UNAUTHORIZED, "invalid_client", 7_000_215, text);
        }
        None => return missing("client_secret"),
    }
    match request.scope.as_deref() {
        Some(scope) if scope.ends_with("/.default") => {}
        Some(_) => {
            let text = "The provided value for the input parameter 'scope' is not valid.";
            return refuse(StatusCode::BAD_REQUEST, "invalid_scope", 1_002_012, text);
        }
        None => return missing("scope"),
    }
    let life = settings.token_life;
    let body = json!({
        "token_type": "Bearer",
        "expires_in": life.as_secs(),
        "ext_expires_in": life.as_secs(),
        "access_token": simulator.tokens().issue(life, simulator.clock().now()),
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn missing(parameter: &str) -> Response {
    let text = format!("The request body must contain the following parameter: '{parameter}'.");
    refuse(StatusCode::BAD_REQUEST, "invalid_request", 900_144, &text)
}

/// A refusal to order, in Azure AD's words.
pub(crate) fn scripted_refusal(status: StatusCode, text: &str) -> Response {
    match status.as_u16() {
        400 => refuse(status, "invalid_request", 900_144, text),
        401 => refuse(status, "invalid_client", 7_000_215, text),
        _ => refuse(status, "temporarily_unavailable", 90_033, text),
    }
}

/// Azure AD's error body.
fn refuse(status: StatusCode, error: &str, code: u32, text: &str) -> Response {
    let (trace, correlation, now) = (
        nondeterminism::id(),
        nondeterminism::id(),
        nondeterminism::now(),
    );
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}"),
        "error_codes": [code],
        "timestamp": now,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
