//! Looking at a picture: the key is checked here, the bytes come straight from the store.

use super::{cookies, refuse};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use clinical_images::id::{PictureId, SessionId};
use clinical_images::refusal::Refusal;
use clinical_images::service::{Door, Services};
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
    look(&services, Door::Desk { session }, &picture, &headers).await
}

pub(crate) async fn for_phone(
    State(services): State<Services>,
    Path(picture): Path<String>,
    headers: HeaderMap,
) -> Response {
    look(&services, Door::Phone { link: None }, &picture, &headers).await
}

async fn look(services: &Services, door: Door, picture: &str, headers: &HeaderMap) -> Response {
    let Ok(picture) = picture.parse::<PictureId>() else {
        return refuse(Refusal::PictureUnknown);
    };
    let key = services.key_among(door, cookies(headers));
    match services
        .look(door, key.as_ref(), picture)
        .await
        .map(|look| HeaderValue::from_str(&look.url))
    {
        Ok(Ok(url)) => {
            let private = HeaderValue::from_static("private, no-store");
            (
                StatusCode::SEE_OTHER,
                [(LOCATION, url), (CACHE_CONTROL, private)],
            )
                .into_response()
        }
        Ok(Err(_)) => refuse(Refusal::VaultAway),
        Err(refusal) => refuse(refusal),
    }
}
