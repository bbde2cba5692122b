//! Replies that do not come from the plain answer: refusals, strange bodies, redirects.

use axum::body::Body;
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::reply::Refused;
use super::timing::huge;
use crate::call::{Call, Kind};
use crate::outcome::{FHIR_JSON, Refusal, outcome};
use crate::token;

/// A refusal in the words of who is called.
pub(super) fn refused(refused: &Refused, expression: Option<String>, kind: Kind) -> Response {
    let Refused {
        status,
        code,
        text,
        retry_after,
        dislikes,
    } = *refused;
    let mut response = if kind == Kind::Token {
        token::scripted_refusal(status, text)
    } else {
        let expression = expression.or_else(|| dislikes.then(|| optional_element(kind).to_owned()));
        match expression {
            Some(element) => {
                let text = format!("{element} is not supported");
                Refusal::new(status, "not-supported", text)
                    .at(element)
                    .into_response()
            }
            None => Refusal::new(status, code, text).into_response(),
        }
    };
    let headers = response.headers_mut();
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
    }
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(crate::auth::CHALLENGE);
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

/// An element that a client can do without.
fn optional_element(kind: Kind) -> &'static str {
    match kind {
        Kind::DocumentReference => "DocumentReference.author",
        _ => "Media.bodySite",
    }
}

pub(super) fn strange(
    status: StatusCode,
    content_type: &'static str,
    body: &'static str,
) -> Response {
    (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// A redirect to `address`, or to where the call went.
pub(super) fn redirect(status: StatusCode, address: Option<&str>, call: &Call) -> Response {
    let asked = || {
        call.parts
            .uri
            .path_and_query()
            .map_or("/", |asked| asked.as_str())
    };
    (status, [(header::LOCATION, address.unwrap_or_else(asked))]).into_response()
}

/// 100 MB around the resource of the plain answer, or around an OperationOutcome.
pub(super) fn huge_body(status: StatusCode, told: Option<&[u8]>) -> Response {
    let told = told.and_then(|told| serde_json::from_slice::<Value>(told).ok());
    let told =
        told.unwrap_or_else(|| outcome("error", "exception", "An unexpected error occurred"));
    let head = format!(
        "{{\"resourceType\":{},\"implicitRules\":\"",
        told["resourceType"]
    );
    let tail = format!("\",\"id\":{}}}", told["id"]);
    let mut response = HttpResponse::new(huge(head, tail));
    *response.status_mut() = status;
    let fhir = HeaderValue::from_static(FHIR_JSON);
    response.headers_mut().insert(header::CONTENT_TYPE, fhir);
    response
}

/// An answer with its body read into memory.
pub(super) async fn buffered(response: Response) -> super::change::Answer {
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    super::change::Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// The buffered answer as a response again.
pub(super) fn into_response(answer: super::change::Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
