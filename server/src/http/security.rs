//! What every answer says about itself, and which requests are let in.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use clinical_app::api::server::FramedBy;
use clinical_images::service::{PageOf, Services};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, StatusCode};

/// Headers for every answer, errors too. Those that an answer set itself stay.
pub(crate) async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Pages bring their own policy with a nonce; what is no page needs nothing at all.
    let strictest = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, strictest),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
        ),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Turns away what another site's page could send: a foreign or missing origin, or anything but JSON.
pub(crate) async fn same_origin(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let headers = request.headers();
    if !is_own_origin(headers, &services.settings.public_url) {
        return foreign();
    }
    let json = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !json {
        return (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "this server function takes JSON\n",
        )
            .into_response();
    }
    next.run(request).await
}

/// Turns away a form that another site's page has sent. Our pages withhold their address (`Referrer-Policy`), so their forms have
/// the origin `null`; browsers say by `Sec-Fetch-Site`, which no page can set, that it is our own all the same.
pub(crate) async fn own_form(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let site = headers.get("sec-fetch-site");
    let says_own = site.is_some_and(|site| site.as_bytes() == b"same-origin");
    if request.method() != Method::POST
        || says_own
        || is_own_origin(headers, &services.settings.public_url)
    {
        return next.run(request).await;
    }
    foreign()
}

fn foreign() -> Response {
    tracing::warn!("request from another origin refused");
    (
        StatusCode::FORBIDDEN,
        "this request comes from another site\n",
    )
        .into_response()
}

/// Works out who may show a page in a frame, and puts it beside the request for whoever writes the page's policy.
pub(crate) async fn framing(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        let page = page_of(request.uri().path());
        let cookies = super::cookies(request.headers());
        let origins = services.frame_ancestors(page, cookies).await;
        request.extensions_mut().insert(FramedBy(origins));
    }
    next.run(request).await
}

fn page_of(path: &str) -> PageOf {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["desk", session] => session.parse().map_or(PageOf::Nobody, PageOf::Session),
        ["launch-problem", _, practice] => {
            practice.parse().map_or(PageOf::Nobody, PageOf::Practice)
        }
        _ => PageOf::Nobody,
    }
}

/// A browser tells the origin of every POST. It must be the public address, or the very host the request went to (the
/// demo answers to `localhost` and to `127.0.0.1`).
fn is_own_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = text(ORIGIN) else {
        return false;
    };
    let host = text(HOST).unwrap_or_default();
    let plain = public_url.starts_with("http://");
    origin == public_url || plain && origin.strip_prefix("http://") == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_the_own_origin_may_post() {
        let public = "https://images.clinic.example";
        let own = [
            ("origin", "https://images.clinic.example"),
            ("host", "images.clinic.example"),
        ];
        assert!(is_own_origin(&headers(&own), public));
        for foreign in [
            &[
                ("origin", "https://evil.example"),
                ("host", "images.clinic.example"),
            ][..],
            &[
                ("origin", "http://images.clinic.example"),
                ("host", "images.clinic.example"),
            ],
            &[("host", "images.clinic.example")],
            &[("origin", "null"), ("host", "images.clinic.example")],
            &[
                ("origin", "https://images.clinic.example"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            assert!(!is_own_origin(&headers(foreign), public), "{foreign:?}");
        }
    }

    #[test]
    fn the_plain_demo_answers_to_each_of_its_own_names() {
        let by_number = headers(&[
            ("origin", "http://127.0.0.1:3000"),
            ("host", "127.0.0.1:3000"),
        ]);
        assert!(is_own_origin(&by_number, "http://localhost:3000"));
    }
}
