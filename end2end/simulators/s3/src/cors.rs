//! CORS: preflights are answered, and answers get the headers that let a page read them.
//!
//! Two sources of rules: the origins that the store was started with, for every bucket, and the rules that were set on
//! a bucket over the protocol.

use super::disk::DiskStore;
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

/// Decides which origins may send which requests.
#[derive(Debug)]
pub(super) struct CorsPolicy {
    /// The rule for the origins that the store was started with, valid for every bucket.
    first: CORSRule,
    disk: Arc<DiskStore>,
}

impl CorsPolicy {
    pub fn new(origins: Vec<String>, disk: Arc<DiskStore>) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let headers = owned(&["content-type", "if-none-match", "x-amz-checksum-sha256"]);
        let first = CORSRule {
            allowed_origins: origins,
            allowed_methods: owned(&["PUT", "GET", "HEAD"]),
            allowed_headers: Some(headers),
            max_age_seconds: Some(PREFLIGHT),
            ..CORSRule::default()
        };
        Self { first, disk }
    }

    /// The first rule that lets `method` with `headers` in from `origin`.
    fn rule(&self, path: &str, origin: &str, method: &str, headers: &str) -> Option<CORSRule> {
        if origin.is_empty() {
            return None;
        }
        let bucket = path.trim_start_matches('/').split('/').next()?;
        let set = self.disk.rules(bucket).cors;
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

/// Middleware that applies the policy. Refuses methods that this store does not serve (form uploads and the like), and
/// preflights from origins without a rule, with 403 as Amazon does.
pub(super) async fn apply_cors(
    State(cors): State<Arc<CorsPolicy>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let origin = text(headers, &ORIGIN).unwrap_or_default();
    let path = request.uri().path();
    match *request.method() {
        Method::GET | Method::HEAD | Method::PUT | Method::DELETE => {
            let method = request.method().as_str();
            let rule = cors.rule(path, &origin, method, "");
            let mut response = next.run(request).await;
            if let Some(rule) = rule {
                let expose = rule.expose_headers.unwrap_or_default().join(",");
                let headers = response.headers_mut();
                append_header(headers, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
                append_header(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &expose);
                append_header(headers, VARY, "origin");
            }
            response
        }
        Method::OPTIONS => {
            let Some(method) = text(headers, &ACCESS_CONTROL_REQUEST_METHOD) else {
                return StatusCode::METHOD_NOT_ALLOWED.into_response();
            };
            let wanted = text(headers, &ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
            match cors.rule(path, &origin, &method, &wanted) {
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
    append_header(&mut headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    append_header(
        &mut headers,
        ACCESS_CONTROL_ALLOW_METHODS,
        &rule.allowed_methods.join(","),
    );
    append_header(
        &mut headers,
        ACCESS_CONTROL_ALLOW_HEADERS,
        &allowed.join(","),
    );
    if let Some(age) = rule.max_age_seconds {
        append_header(&mut headers, ACCESS_CONTROL_MAX_AGE, &age.to_string());
    }
    append_header(&mut headers, VARY, "origin");
    headers
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn append_header(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // An origin and a rule came in as text once; whatever is no header value is not told.
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.append(name, value);
    }
}
