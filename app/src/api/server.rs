//! The server's side of server functions: where the caller's access token is found and how an answer gets its status.

use super::error::send_status;
use super::{ApiError, ApiResult};
use crate::language::{Language, negotiate};
use clinical_images::practice::FrameAncestor;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use clinical_images::session::DeviceKind;
use http::header::{
    ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, COOKIE, HeaderName, HeaderValue, SET_COOKIE,
    USER_AGENT,
};
use http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// The use cases, given by the server in its context closure.
#[must_use]
pub fn services() -> Services {
    expect_context::<Services>()
}

/// What the caller's device calls itself.
#[must_use]
pub fn device() -> DeviceKind {
    DeviceKind::from_user_agent(&header(USER_AGENT))
}

/// The value of a request header; empty when it is missing or not text.
pub(super) fn header(name: HeaderName) -> String {
    let parts = use_context::<Parts>();
    let value = parts.and_then(|parts| Some(parts.headers.get(name)?.to_str().ok()?.to_owned()));
    value.unwrap_or_default()
}

/// Sends a cookie along with the answer.
pub fn send_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        response.append_header(SET_COOKIE, value);
    }
}

/// Gives a use case's answer its HTTP status.
///
/// # Errors
/// The refusal that came in.
pub fn answer<T>(result: Result<T, Refusal>) -> ApiResult<T> {
    result.map_err(|refusal| {
        let error = ApiError::from(refusal);
        send_status(&error);
        error
    })
}

/// The path of the page that is asked for.
#[must_use]
pub fn page_path() -> String {
    use_context::<Parts>().map_or_else(|| "/".to_owned(), |parts| parts.uri.path().to_owned())
}

/// The language of the page that is asked for: what its reader chose, or else what the browser asks for.
#[must_use]
pub fn wanted_language() -> Language {
    let cookies = header(COOKIE);
    let services = use_context::<Services>();
    let chosen = services
        .as_ref()
        .and_then(|services| services.language_among(&cookies));
    negotiate(chosen.as_deref(), &header(ACCEPT_LANGUAGE))
}

/// Whether the patients are fictional.
#[must_use]
pub fn is_demo() -> bool {
    use_context::<Services>().is_some_and(|services| services.settings.demo_medtech.is_some())
}

/// Origins that may show the page that is asked for in a frame. The server works them out and puts them beside the request.
#[derive(Clone, Debug, Default)]
pub struct FramedBy(pub Vec<FrameAncestor>);

impl FramedBy {
    /// As the directive `frame-ancestors` wants it.
    fn sources(&self) -> String {
        let origins: Vec<&str> = self.0.iter().map(FrameAncestor::as_str).collect();
        match origins[..] {
            [] => "'none'".to_owned(),
            _ => origins.join(" "),
        }
    }
}

/// Tells the browser what the page may do (Content Security Policy), with this answer's own nonce.
pub fn send_policy() {
    let (Some(services), Some(nonce)) = (use_context::<Services>(), use_nonce()) else {
        return;
    };
    let objects = &services.settings.object_store_origin;
    let framed =
        use_context::<Parts>().and_then(|parts| parts.extensions.get::<FramedBy>().cloned());
    let frames = framed.unwrap_or_default().sources();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; worker-src 'self'; \
         style-src 'self'; img-src 'self' blob: data: {objects}; connect-src 'self' {objects}; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
    );
    if let (Some(response), Ok(policy)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&policy),
    ) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
