//! What both surfaces ask for about pictures.

#![allow(
    missing_docs,
    reason = "the server macro turns every argument into a public field without a place for words"
)]

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::caller::caller;
use clinical_images::access::Scope;
use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
pub use clinical_images::picture::PresignedPut;
use clinical_images::picture::{DetailsChange, Picture};
#[cfg(feature = "ssr")]
use clinical_images::session::Command;
use clinical_images::session::{RevisionClaim, UploadClaim};
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

/// The address of a picture that has arrived. Each revision has an address of its own, so that no browser shows an
/// earlier one out of its cache.
#[must_use]
pub fn picture_path(scope: Scope, picture: &Picture) -> String {
    let version = picture.rendition.sha256.to_string();
    format!("{}?v={}", address_of(scope, picture.id), &version[..16])
}

/// Where the first bytes that arrived of a picture are to be read; every revision is made from them.
#[must_use]
pub fn original_path(scope: Scope, picture: &Picture) -> String {
    let version = picture.original().sha256.to_string();
    format!(
        "{}/original?v={}",
        address_of(scope, picture.id),
        &version[..16]
    )
}

/// Where a picture is to be seen, whichever revision of it is there.
#[must_use]
pub fn address_of(scope: Scope, picture: PictureId) -> String {
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

/// Keeps a place for a later revision of a picture and gives the permission to put its bytes; nothing when the picture
/// shows these very bytes already.
///
/// # Errors
/// When the picture is fixed by a commit, or shows other bytes by now than were edited.
#[server(endpoint = "pictures/revise", input = Json, output = Json)]
pub async fn revise(scope: Scope, claim: RevisionClaim) -> ApiResult<Option<PresignedPut>> {
    caller(scope).revise(claim).await
}

/// Says that the bytes of a revision were put; the server checks. `sha256` is the digest that was announced.
///
/// # Errors
/// When nothing arrived, something else than announced, or somebody else has announced another revision since.
#[server(endpoint = "pictures/revision-arrived", input = Json, output = Json)]
pub async fn revision_arrived(scope: Scope, picture: PictureId, sha256: Sha256) -> ApiResult<()> {
    caller(scope).arrive_revision(picture, sha256).await
}

/// Gives up the revision with this digest if it is still on its way; the picture stays as it is.
///
/// # Errors
/// When the picture is gone, or the session is over.
#[server(endpoint = "pictures/cancel-revision", input = Json, output = Json)]
pub async fn cancel_revision(scope: Scope, picture: PictureId, sha256: Sha256) -> ApiResult<()> {
    caller(scope)
        .run(Command::CancelRevision { picture, sha256 })
        .await
}

/// Brings the original of a picture back.
///
/// # Errors
/// When it is fixed by a commit, or gone.
#[server(endpoint = "pictures/revert", input = Json, output = Json)]
pub async fn revert(scope: Scope, picture: PictureId) -> ApiResult<()> {
    caller(scope).run(Command::Revert { picture }).await
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
