//! What the start page asks for: in the demo, the practices and their fictional patients.

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::server::{answer, services};
#[cfg(feature = "ssr")]
use clinical_images::{patient::Patient, refusal::Refusal, service::Services};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

/// A patient of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPatient {
    /// `NGATA, Aroha`.
    pub name: String,
    /// `born 21 Mar 1984 · 42 y · female · NHI ZZZ0016`.
    pub about: String,
    /// Where the simulated Medtech opens this product for the patient.
    pub open_url: String,
}

/// What the start page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The demo's patients; nothing in production.
    pub demo: Option<DemoStart>,
}

/// A practice of the demo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPractice {
    /// Its name.
    pub name: String,
    /// Its fictional patients in the simulator.
    pub patients: Vec<DemoPatient>,
}

/// The demo's part of the start page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStart {
    /// The practices that open sessions.
    pub practices: Vec<DemoPractice>,
    /// The simulated Medtech's own page.
    pub medtech_url: String,
}

/// Reads what the start page shows.
///
/// # Errors
/// In the demo, when the simulator does not answer.
#[server(endpoint = "start", input = Json, output = Json)]
pub async fn read_start() -> ApiResult<Start> {
    answer(demo_start(&services()).await)
}

/// What the start page shows. `EhrUnavailable` when the simulator of the demo does not answer.
#[cfg(feature = "ssr")]
async fn demo_start(services: &Services) -> Result<Start, Refusal> {
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
