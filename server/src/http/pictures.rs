//! Viewing a picture: the access token is checked here, the bytes come straight from the store; those of an original by way of
//! this server, because a page may show what lies in the store, but not read it.

use super::{cookies, refuse};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use clinical_images::access::Scope;
use clinical_images::id::{PictureId, SessionId};
use clinical_images::picture::JPEG;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, LOCATION};
use http::{HeaderValue, StatusCode};

/// No copy of a picture or of the way to one stays in a cache.
const PRIVATE: &str = "private, no-store";

pub(crate) async fn for_desk(
    State(services): State<Services>,
    Path((session, picture)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else {
        return refuse(Refusal::SessionUnknown);
    };
    view_picture(&services, Scope::Desktop(session), &picture, &headers).await
}

/// The bytes of the original, for the editor: only the desktop has one.
pub(crate) async fn original_for_desk(
    State(services): State<Services>,
    Path((session, picture)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else {
        return refuse(Refusal::SessionUnknown);
    };
    let Ok(picture) = picture.parse::<PictureId>() else {
        return refuse(Refusal::PictureUnknown);
    };
    match original(&services, Scope::Desktop(session), picture, &headers).await {
        Ok(bytes) => ([(CONTENT_TYPE, JPEG), (CACHE_CONTROL, PRIVATE)], bytes).into_response(),
        Err(refusal) => refuse(refusal),
    }
}

pub(crate) async fn for_phone(
    State(services): State<Services>,
    Path(picture): Path<String>,
    headers: HeaderMap,
) -> Response {
    let scope = Scope::Phone(None);
    view_picture(&services, scope, &picture, &headers).await
}

async fn view_picture(
    services: &Services,
    scope: Scope,
    picture: &str,
    headers: &HeaderMap,
) -> Response {
    let Ok(picture) = picture.parse::<PictureId>() else {
        return refuse(Refusal::PictureUnknown);
    };
    match presigned(services, scope, picture, headers).await {
        Ok(url) => (
            StatusCode::SEE_OTHER,
            [
                (LOCATION, url),
                (CACHE_CONTROL, HeaderValue::from_static(PRIVATE)),
            ],
        )
            .into_response(),
        Err(refusal) => refuse(refusal),
    }
}

/// The signed address of a picture, for whoever holds the token of this scope.
async fn presigned(
    services: &Services,
    scope: Scope,
    picture: PictureId,
    headers: &HeaderMap,
) -> Result<HeaderValue, Refusal> {
    let token = services.token_among(scope, cookies(headers));
    let caller = services.authenticate(scope, token.as_ref()).await?;
    let signed = services.view_picture(caller, picture).await?;
    HeaderValue::from_str(&signed.url).map_err(|_| Refusal::ObjectStoreUnavailable)
}

/// The original's bytes, for whoever holds the token of this scope.
async fn original(
    services: &Services,
    scope: Scope,
    picture: PictureId,
    headers: &HeaderMap,
) -> Result<Vec<u8>, Refusal> {
    let token = services.token_among(scope, cookies(headers));
    let caller = services.authenticate(scope, token.as_ref()).await?;
    services.original(caller, picture).await
}
