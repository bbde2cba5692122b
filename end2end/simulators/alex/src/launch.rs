//! Launch contexts: Medtech mints one when the icon is clicked, ALEX tells what it stands for.
//!
//! ALEX answers as often as it is asked; that each is used once and not too late is for the product
//! to see to.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::outcome::Refusal;
use crate::people::Practice;
use crate::record::Launch;
use crate::{Simulator, auth, nondeterminism};

pub(crate) fn vendor_forms(simulator: &Simulator) -> Router<Simulator> {
    Router::new()
        .route(
            "/vendorforms/api/getlaunchcontextstring/{context}/{signature}",
            get(resolve),
        )
        .layer(middleware::from_fn_with_state(
            simulator.clone(),
            auth::bearer,
        ))
}

/// What a launch shall be for; absent parts are those of the patient's practice.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wish {
    pub patient_id: Option<String>,
    pub created_time: Option<String>,
    pub facility_code: Option<String>,
    pub provider_id: Option<String>,
}

/// What Medtech hands to the browser.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Minted {
    pub context: String,
    pub signature: String,
    pub launch_url: String,
}

/// Mints a launch and remembers it for good.
pub(crate) async fn mint_launch(simulator: &Simulator, wish: Wish) -> Result<Minted, Refusal> {
    let settings = simulator.settings();
    let practice = match &wish.patient_id {
        None => {
            let wished = wish.facility_code.as_deref();
            let mut facilities = settings.facilities().into_iter();
            let known = facilities.position(|known| Some(known) == wished);
            Practice(known.unwrap_or_default())
        }
        Some(id) => {
            let patient = simulator.roster().patient(id);
            let patient = patient.ok_or_else(|| Refusal::not_found("Patient"))?;
            patient.practice
        }
    };
    let (context, signature) = (
        nondeterminism::base64_with_reserved(),
        nondeterminism::base64_with_reserved(),
    );
    let launch = Launch {
        context_sha256: nondeterminism::sha256(context.as_bytes()),
        signature_sha256: nondeterminism::sha256(signature.as_bytes()),
        patient_id: wish.patient_id,
        facility_code: wish
            .facility_code
            .unwrap_or_else(|| settings.facilities()[practice.0].to_owned()),
        provider_id: wish.provider_id.unwrap_or_else(|| {
            simulator.roster().practitioners_of(practice)[0]
                .id
                .to_owned()
        }),
        created_time: wish.created_time.unwrap_or_else(nondeterminism::now),
    };
    simulator
        .ledger(move |ledger| ledger.launched(launch))
        .await?;
    let launch_url = format!(
        "{}{}?context={}&signature={}",
        settings.app_url.trim_end_matches('/'),
        settings.launch_path_of(settings.facilities()[practice.0]),
        percent(&context),
        percent(&signature)
    );
    Ok(Minted {
        context,
        signature,
        launch_url,
    })
}

async fn resolve(
    State(simulator): State<Simulator>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Refusal> {
    let Ok(Path((context, signature))) = path else {
        return Err(Refusal::bad("invalid", "The launch context cannot be read"));
    };
    let key = nondeterminism::sha256(context.as_bytes());
    let launch = simulator
        .ledger(move |ledger| Ok(ledger.launch(&key).cloned()))
        .await?;
    let launch = launch.ok_or_else(|| Refusal::not_found("Launch context"))?;
    if launch.signature_sha256 != nondeterminism::sha256(signature.as_bytes()) {
        let text = "The signature does not belong to the launch context";
        return Err(Refusal::bad("security", text));
    }
    let body = json!({
        "patientId": launch.patient_id,
        "facilityCode": launch.facility_code,
        "providerId": launch.provider_id,
        "createdTime": launch.created_time,
    });
    Ok((StatusCode::OK, Json(body)).into_response())
}

/// Percent-encodes all but what RFC 3986 calls unreserved.
pub(crate) fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let _ = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
}
