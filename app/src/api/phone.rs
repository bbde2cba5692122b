//! What the phone asks for.

#![allow(
    missing_docs,
    reason = "the server macro turns every argument into a public field without a place for words"
)]

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::caller::phone;
#[cfg(feature = "ssr")]
use super::server::{answer, device, send_cookie, services};
use clinical_images::id::LinkId;
#[cfg(feature = "ssr")]
use clinical_images::session::Command;
use clinical_images::session::SessionView;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Claims the link whose code the phone shows. The phone holds a cookie afterwards.
///
/// # Errors
/// When the code is unknown, used, expired, replaced or cut off, or the session is over.
#[server(endpoint = "phone/claim", input = Json, output = Json)]
pub async fn claim_link(code: String) -> ApiResult<SessionView> {
    let services = services();
    let claimed = answer(services.claim_link(&code, device()).await)?;
    send_cookie(&services.set_phone_cookie(&claimed.token));
    Ok(claimed.view)
}

/// Reads the session for the phone.
///
/// # Errors
/// When the phone holds no link, or it is over.
#[server(endpoint = "phone/snapshot", input = Json, output = Json)]
pub async fn phone_snapshot() -> ApiResult<SessionView> {
    phone(None).view().await
}

/// Says that patient and number are right.
///
/// # Errors
/// When the link is over.
#[server(endpoint = "phone/confirm-patient", input = Json, output = Json)]
pub async fn confirm_patient(link: LinkId) -> ApiResult<()> {
    phone(link).run(Command::ConfirmPatient).await
}

/// Says that it is the wrong patient, and ends the link.
///
/// # Errors
/// When the link is over already.
#[server(endpoint = "phone/decline-patient", input = Json, output = Json)]
pub async fn decline_patient(link: LinkId) -> ApiResult<()> {
    phone(link).run(Command::DeclinePatient).await
}

/// Finishes and ends the link.
///
/// # Errors
/// When the link is over already.
#[server(endpoint = "phone/leave", input = Json, output = Json)]
pub async fn leave_link(link: LinkId) -> ApiResult<()> {
    let caller = phone(link);
    caller.run(Command::LeaveLink).await?;
    caller.forget_phone();
    Ok(())
}
