//! Who may come in from a browser: preflights are answered, and what pages may read is marked.
//!
//! Two sources of rules: the origins that the store was started with, for every bucket, and the rules that were set on
//! a bucket over the protocol.

use super::shelf::Shelf;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use s3s::dto::CORSRule;
use std::sync::Arc;

/// How long a browser may remember a preflight's answer, in seconds.
const PREFLIGHT: i32 = 3600;

/// What decides at the door.
#[derive(Debug)]
pub(super) struct Door {
    /// For the origins that the store was started with.
    first: CORSRule,
    shelf: Arc<Shelf>,
}

impl Door {
    pub fn new(origins: Vec<String>, shelf: Arc<Shelf>) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let headers = owned(&["content-type", "if-none-match", "x-amz-checksum-sha256"]);
        let first = CORSRule {
            allowed_origins: origins,
            allowed_methods: owned(&["PUT", "GET", "HEAD"]),
            allowed_headers: Some(headers),
            max_age_seconds: Some(PREFLIGHT),
            ..CORSRule::default()
        };
        Self { first, shelf }
    }

    /// The first rule that lets `method` with `headers` in from `origin`.
    fn rule(&self, path: &str, origin: &str, method: &str, headers: &str) -> Option<CORSRule> {
        if origin.is_empty() {
            return None;
        }
        let bucket = path.trim_start_matches('/').split('/').next()?;
        let set = self.shelf.rules(bucket).cors;
        let mut rules = std::iter::once(self.first.clone()).chain(set);
        rules.find(|rule| {
            let allowed = rule.allowed_headers.as_deref().unwrap_or_default();
            let mut wanted = headers
                .split(',')
                .map(str::trim)
                .filter(|it| !it.is_empty());
            is_one_of(&rule.allowed_origins, origin)
                && rule.allowed_methods.iter().any(|known| known == method)
                && wanted.all(|header| is_one_of(allowed, header))
        })
    }
}

fn is_one_of(allowed: &[String], text: &str) -> bool {
    let mut allowed = allowed.iter();
    allowed.any(|known| known == "*" || known.eq_ignore_ascii_case(text))
}

/// Turns away what nobody here needs: form uploads and the like, and preflights of strangers, which Amazon answers
/// with 403 too.
pub(super) async fn at_the_door(
    State(door): State<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let origin = text(headers, &ORIGIN).unwrap_or_default();
    let path = request.uri().path();
    match *request.method() {
        Method::GET | Method::HEAD | Method::PUT | Method::DELETE => {
            let method = request.method().as_str();
            let rule = door.rule(path, &origin, method, "");
            let mut response = next.run(request).await;
            if let Some(rule) = rule {
                let expose = rule.expose_headers.unwrap_or_default().join(",");
                let headers = response.headers_mut();
                mark(headers, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
                mark(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &expose);
                mark(headers, VARY, "origin");
            }
            response
        }
        Method::OPTIONS => {
            let Some(method) = text(headers, &ACCESS_CONTROL_REQUEST_METHOD) else {
                return StatusCode::METHOD_NOT_ALLOWED.into_response();
            };
            let wanted = text(headers, &ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
            match door.rule(path, &origin, &method, &wanted) {
                Some(rule) => allowed(&rule, &origin).into_response(),
                None => StatusCode::FORBIDDEN.into_response(),
            }
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn allowed(rule: &CORSRule, origin: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let allowed = rule.allowed_headers.as_deref().unwrap_or_default();
    mark(&mut headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    mark(
        &mut headers,
        ACCESS_CONTROL_ALLOW_METHODS,
        &rule.allowed_methods.join(","),
    );
    mark(
        &mut headers,
        ACCESS_CONTROL_ALLOW_HEADERS,
        &allowed.join(","),
    );
    if let Some(age) = rule.max_age_seconds {
        mark(&mut headers, ACCESS_CONTROL_MAX_AGE, &age.to_string());
    }
    mark(&mut headers, VARY, "origin");
    headers
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn mark(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // An origin and a rule came in as text once; whatever is no header value is not told.
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.append(name, value);
    }
}
