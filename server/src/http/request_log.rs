//! The request log: one line a request, and the request's id on every line that is logged while it is answered.
//!
//! Owns what a line may say of a request: its method and its route, as the router writes it. Never the address: a path names a
//! session or whatever somebody typed, a query may hold a launch. Headers and bodies are not looked at.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::map_request;
use axum::response::Response;
use http::HeaderValue;
use std::time::Duration;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use tracing::Span;

const REQUEST_ID: &str = "x-request-id";

/// Bytes of a request id that somebody else gave, at most.
const LONGEST_ID: usize = 64;

/// Logs every request to this router, and answers with its id in `x-request-id`. The id is the one that a proxy gave, or a
/// random one.
pub(crate) fn logged(router: Router) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(answered)
        .on_body_chunk(())
        .on_eos(())
        .on_failure(());
    // The last layer is the first to see a request.
    router
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(trace)
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(map_request(drop_odd_id))
}

/// An id goes into the log and into the answer: what is too long for one, or is not made of letters, digits, `-`, `_` and `.`, is
/// replaced.
async fn drop_odd_id(mut request: Request) -> Request {
    let given = request.headers().get(REQUEST_ID);
    if given.is_some_and(|id| !is_plain(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

fn is_plain(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(plain)
}

/// Encloses all that is logged about a request, whatever the level.
fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    let route = request.extensions().get::<MatchedPath>();
    tracing::error_span!(
        "request",
        request.id = id.unwrap_or_default(),
        http.method = %request.method(),
        http.route = route.map_or("none", MatchedPath::as_str),
    )
}

fn answered(response: &Response, took: Duration, _: &Span) {
    let status = response.status();
    if status.is_server_error() {
        tracing::error!(
            http.status = status.as_u16(),
            took.ms = took.as_millis(),
            "request failed"
        );
    } else {
        tracing::debug!(
            http.status = status.as_u16(),
            took.ms = took.as_millis(),
            "request answered"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_somebody_gave_is_kept_when_it_is_short_and_plain() {
        let longest = "a".repeat(LONGEST_ID);
        for kept in [
            "7",
            "d3adb33f-0000-4000-8000-000000000000",
            "a_b.C",
            &longest,
        ] {
            assert!(is_plain(&HeaderValue::from_str(kept).unwrap()), "{kept}");
        }
        let too_long = "a".repeat(LONGEST_ID + 1);
        for dropped in ["", "a b", "a=b", "a\"b", "\u{e4}", &too_long] {
            let id = HeaderValue::from_bytes(dropped.as_bytes()).unwrap();
            assert!(!is_plain(&id), "{dropped}");
        }
    }
}
