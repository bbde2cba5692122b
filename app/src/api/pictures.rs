//! What both surfaces ask for about pictures.

#![allow(
    missing_docs,
    reason = "the server macro turns every argument into a public field without a place for words"
)]

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::caller::caller;
use clinical_images::access::Scope;
use clinical_images::id::PictureId;
use clinical_images::picture::DetailsChange;
pub use clinical_images::picture::PresignedPut;
#[cfg(feature = "ssr")]
use clinical_images::session::Command;
use clinical_images::session::UploadClaim;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The address of the session's event stream.
#[must_use]
pub fn events_path(scope: Scope) -> String {
    match scope {
        Scope::Desktop(session) => format!("/events/desk/{session}"),
        Scope::Phone(_) => "/events/phone".to_owned(),
    }
}

/// The address of a picture that has arrived.
#[must_use]
pub fn picture_path(scope: Scope, picture: PictureId) -> String {
    match scope {
        Scope::Desktop(session) => format!("/pictures/desk/{session}/{picture}"),
        Scope::Phone(_) => format!("/pictures/phone/{picture}"),
    }
}

/// Keeps a place for a picture and gives the presigned PUT of its bytes.
///
/// # Errors
/// When the session is full or over, or the announced picture breaks a limit.
#[server(endpoint = "pictures/reserve", input = Json, output = Json)]
pub async fn reserve(scope: Scope, claim: UploadClaim) -> ApiResult<PresignedPut> {
    caller(scope).reserve(claim).await
}

/// Says that the bytes were put; the server checks.
///
/// # Errors
/// When nothing arrived, or something else than announced.
#[server(endpoint = "pictures/arrived", input = Json, output = Json)]
pub async fn arrived(scope: Scope, picture: PictureId) -> ApiResult<()> {
    caller(scope).arrive(picture).await
}

/// Changes what is said about pictures.
///
/// # Errors
/// When one of them is fixed by a commit, or gone.
#[server(endpoint = "pictures/describe", input = Json, output = Json)]
pub async fn describe(
    scope: Scope,
    pictures: Vec<PictureId>,
    change: DetailsChange,
) -> ApiResult<()> {
    caller(scope)
        .run(Command::Describe { pictures, change })
        .await
}

/// Takes a picture away.
///
/// # Errors
/// When it is fixed by a commit.
#[server(endpoint = "pictures/remove", input = Json, output = Json)]
pub async fn remove(scope: Scope, picture: PictureId) -> ApiResult<()> {
    caller(scope).run(Command::Remove { picture }).await
}
