//! Viewing a picture: the access token is checked here, the bytes come straight from the store.

use super::{cookies, refuse};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use clinical_images::access::Scope;
use clinical_images::id::{PictureId, SessionId};
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use http::header::{CACHE_CONTROL, HeaderMap, LOCATION};
use http::{HeaderValue, StatusCode};

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

pub(crate) async fn for_phone(
    State(services): State<Services>,
    Path(picture): Path<String>,
    headers: HeaderMap,
) -> Response {
    view_picture(&services, Scope::Phone(None), &picture, &headers).await
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
        Ok(url) => {
            let private = HeaderValue::from_static("private, no-store");
            (
                StatusCode::SEE_OTHER,
                [(LOCATION, url), (CACHE_CONTROL, private)],
            )
                .into_response()
        }
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
