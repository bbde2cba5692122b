//! What Vendor Forms says about a launch.

use super::local_time;
use clinical_images::launch::FacilityCode;
use clinical_images::patient::PatientId;
use clinical_images::ports::LaunchTicket;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    patient_id: Option<String>,
    facility_code: String,
    provider_id: String,
    created_time: String,
}

/// Reads the answer, or names the part that makes it unusable.
pub(super) fn read(body: &[u8]) -> Result<LaunchTicket, &'static str> {
    let context: Context =
        serde_json::from_slice(body).map_err(|_| "the body is not a launch context")?;
    let patient = context
        .patient_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let patient = patient
        .map(PatientId::parse)
        .transpose()
        .map_err(|_| "patientId has another shape")?;
    let facility = FacilityCode::parse(context.facility_code.trim());
    let facility = facility.map_err(|_| "facilityCode has another shape")?;
    let provider = context.provider_id.trim().to_owned();
    if provider.is_empty() {
        return Err("providerId is empty");
    }
    let created =
        local_time::moment(&context.created_time).ok_or("createdTime is no time with an offset")?;
    Ok(LaunchTicket {
        patient,
        facility,
        provider,
        created,
    })
}

#[cfg(test)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a JSON literal is given away where it is written"
)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn with(part: &str, value: Value) -> Result<LaunchTicket, &'static str> {
        let mut body = json!({
            "patientId": "14e52e16edb7a435bfa05e307afd008b",
            "facilityCode": "F2N060-E",
            "providerId": "7d1f0a3b",
            "createdTime": "2026-11-21T01:03:05.123Z",
        });
        body[part] = value;
        read(body.to_string().as_bytes())
    }

    #[test]
    fn a_launch_may_be_without_a_patient() {
        assert!(with("more", json!(1)).unwrap().patient.is_some());
        assert_eq!(with("patientId", json!(null)).unwrap().patient, None);
        assert_eq!(with("patientId", json!("")).unwrap().patient, None);
    }

    #[test]
    fn a_launch_with_anything_out_of_shape_is_refused_by_the_name_of_the_part() {
        for (part, value, told) in [
            ("patientId", json!("ZZZ0016"), "patientId has another shape"),
            (
                "facilityCode",
                json!("F2N060"),
                "facilityCode has another shape",
            ),
            (
                "facilityCode",
                json!(null),
                "the body is not a launch context",
            ),
            ("providerId", json!(" "), "providerId is empty"),
            (
                "createdTime",
                json!("2026-11-21T01:03:05"),
                "createdTime is no time with an offset",
            ),
        ] {
            assert_eq!(with(part, value), Err(told));
        }
    }
}
