//! The server's side of server functions: where the caller's access token is found and how an answer gets its status.

use super::{ApiError, ApiResult, DemoPatient, DemoPractice, DemoStart, Start};
use clinical_images::patient::Patient;
use clinical_images::practice::FrameAncestor;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use clinical_images::session::DeviceLabel;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE, USER_AGENT,
};
use http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;

/// Seconds after which it makes sense to ask again, when something behind the server is unavailable.
pub const AGAIN_AFTER: &str = "2";

/// The use cases, given by the server in its context closure.
#[must_use]
pub fn services() -> Services {
    expect_context::<Services>()
}

/// What the caller's device calls itself.
#[must_use]
pub fn device() -> DeviceLabel {
    DeviceLabel::from_user_agent(&header(USER_AGENT))
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

/// Sends an error's status along with the answer; Leptos says 500 otherwise.
pub(super) fn send_status(error: &ApiError) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(status) = http::StatusCode::from_u16(error.status()) {
        response.set_status(status);
    }
    if error.is_transient() {
        response.insert_header(RETRY_AFTER, HeaderValue::from_static(AGAIN_AFTER));
    }
}

/// Whether the patients are fictional.
#[must_use]
pub fn is_demo() -> bool {
    use_context::<Services>().is_some_and(|services| services.settings.demo_medtech.is_some())
}

/// What the start page shows: in the demo, the simulator's patients.
///
/// # Errors
/// `EhrUnavailable` when the simulator does not answer.
pub async fn demo_start(services: &Services) -> Result<Start, Refusal> {
    let Some(medtech) = &services.settings.demo_medtech else {
        return Ok(Start { demo: None });
    };
    let now = services.clock.now();
    let of_patient = |patient: &Patient| DemoPatient {
        name: crate::text::patient_name(patient),
        about: crate::text::patient_about(patient, now),
        open_url: format!("{medtech}/medtech/open/{}", patient.id.as_str()),
    };
    let practices = services.demo_patients().await?;
    let practices = practices.into_iter().map(|(name, patients)| DemoPractice {
        name,
        patients: patients.iter().map(of_patient).collect(),
    });
    let medtech_url = format!("{medtech}/medtech");
    Ok(Start {
        demo: Some(DemoStart {
            practices: practices.collect(),
            medtech_url,
        }),
    })
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
