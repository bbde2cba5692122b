//! What the desktop asks for.

#![allow(
    missing_docs,
    reason = "the server macro turns every argument into a public field without a place for words"
)]

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::caller::desktop;
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::moment::Moment;
use clinical_images::record::Target;
#[cfg(feature = "ssr")]
use clinical_images::session::{Command, CommitPrecondition};
use clinical_images::session::{EndOfSession, Scans, SessionView};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

/// A hand-off link as the desktop shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOffer {
    /// Its name in the session.
    pub link: LinkId,
    /// The address behind the QR code, to be copied.
    pub url: String,
    /// The QR code as SVG.
    pub svg: String,
    /// When it has to be renewed.
    pub expires_at: Moment,
}

/// Reads the session for the desktop.
///
/// # Errors
/// When the browser holds no access token for it, or it is gone.
#[server(endpoint = "desk/snapshot", input = Json, output = Json)]
pub async fn desk_snapshot(session: SessionId) -> ApiResult<SessionView> {
    desktop(session).view().await
}

/// Offers a new hand-off link; one that nobody claimed yet is replaced.
///
/// # Errors
/// When the browser holds no access token for the session, or it is over.
#[server(endpoint = "desk/offer-link", input = Json, output = Json)]
pub async fn offer_link(session: SessionId) -> ApiResult<LinkOffer> {
    let offered = desktop(session).offer_link().await?;
    let svg = super::qr::svg_of(&offered.url).unwrap_or_default();
    Ok(LinkOffer {
        link: offered.link,
        url: offered.url,
        svg,
        expires_at: offered.expires_at,
    })
}

/// Cuts a phone off.
///
/// # Errors
/// When the browser holds no access token for the session, or it is over.
#[server(endpoint = "desk/revoke-link", input = Json, output = Json)]
pub async fn revoke_link(session: SessionId, link: LinkId) -> ApiResult<()> {
    desktop(session).run(Command::RevokeLink { link }).await
}

/// Files pictures: exactly those named, for the patient whose fingerprint the GP's banner shows.
///
/// # Errors
/// When something changed since the GP looked, details are missing, or the session is over.
#[server(endpoint = "desk/commit", input = Json, output = Json)]
pub async fn commit(
    session: SessionId,
    pictures: Vec<PictureId>,
    patient: Sha256,
    revision: u64,
    scans: Scans,
) -> ApiResult<()> {
    let precondition = CommitPrecondition { patient, revision };
    desktop(session)
        .run(Command::Commit {
            pictures,
            precondition,
            scans,
        })
        .await
}

/// Says what a person found in Medtech for a picture whose fate was unknown.
///
/// # Errors
/// When its fate is known by now.
#[server(endpoint = "desk/settle", input = Json, output = Json)]
pub async fn resolve_manually(
    session: SessionId,
    picture: PictureId,
    target: Target,
    present: bool,
) -> ApiResult<()> {
    desktop(session)
        .run(Command::ResolveManually {
            picture,
            target,
            present,
        })
        .await
}

/// Ends the session.
///
/// # Errors
/// When pictures are on their way into the record, or `Finished` leaves some out.
#[server(endpoint = "desk/end", input = Json, output = Json)]
pub async fn end_session(session: SessionId, why: EndOfSession) -> ApiResult<()> {
    desktop(session).run(Command::End { why }).await
}
