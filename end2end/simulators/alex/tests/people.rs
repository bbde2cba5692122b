//! Patients, practitioners, the facility; launches.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Alex, FIRST, NHI, dir, json_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Letters count without I and O; written from REFERENCE §1, for both forms.
fn is_nhi(nhi: &str) -> bool {
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let value = |c: char| {
        let letter = letters.find(c).map(|index| index + 1);
        letter.or_else(|| c.to_digit(10).map(|digit| digit as usize))
    };
    let Some(values) = nhi.chars().map(value).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let sum: usize = values
        .iter()
        .zip([7, 6, 5, 4, 3, 2])
        .map(|(value, weight)| value * weight)
        .sum();
    let last = nhi.chars().last().unwrap_or(' ');
    values.len() == 7
        && if last.is_ascii_digit() {
            !sum.is_multiple_of(11) && (11 - sum % 11) % 10 == values[6]
        } else {
            23 - sum % 23 == values[6]
        }
}

#[tokio::test]
async fn the_first_patient_is_the_test_environments_and_all_nhis_are_valid_test_numbers() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let patients = alex.own("patients").await;
    let patients = patients.as_array().unwrap();
    assert_eq!(patients[0]["id"], FIRST);
    assert_eq!(patients[0]["nhi"], "ZZZ0016");
    assert!(patients.len() >= 8);
    for patient in patients {
        let nhi = patient["nhi"].as_str().unwrap();
        assert!(nhi.starts_with('Z') && is_nhi(nhi), "{nhi}");
    }
}

#[tokio::test]
async fn a_patient_is_read_with_name_birth_date_sex_and_nhi() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let (status, patient) = alex.get(&format!("/FHIR/Patient/{FIRST}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(patient["resourceType"], "Patient");
    assert_eq!(
        patient["identifier"][0],
        json!({ "use": "official", "system": NHI, "value": "ZZZ0016" })
    );
    assert_eq!(patient["name"][0]["family"], "Ngātai");
    assert_eq!(patient["name"][0]["use"], "official");
    assert_eq!(patient["gender"], "female");
    assert_eq!(patient["birthDate"], "1971-03-18");
    let gp = patient["generalPractitioner"][0]["reference"]
        .as_str()
        .unwrap();
    assert!(
        gp.starts_with(&format!("{}/fhir/Practitioner/", alex.base)),
        "{gp}"
    );
    let (status, body) = alex
        .get("/FHIR/Patient/00000000000000000000000000000000")
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["issue"][0]["code"], "not-found");
}

#[tokio::test]
async fn a_search_by_nhi_finds_one_none_or_several() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for (nhi, count) in [("ZZZ0016", 1), ("ZZZ0008", 2), ("ZZZ0032", 0)] {
        let (status, bundle) = alex
            .get(&format!("/FHIR/Patient?identifier={NHI}%7C{nhi}"))
            .await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(bundle["type"], "searchset");
        assert_eq!(bundle["total"], count, "{nhi}");
        if count == 0 {
            let only = &bundle["entry"][0];
            assert_eq!(only["search"]["mode"], "outcome");
            assert_eq!(only["resource"]["resourceType"], "OperationOutcome");
        }
    }
    let (_, bundle) = alex
        .get("/FHIR/Patient?identifier=http://else%7CZZZ0016")
        .await;
    assert_eq!(bundle["total"], 0);
}

#[tokio::test]
async fn practitioners_and_the_facility_are_told() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let (_, all) = alex.get("/FHIR/Practitioner").await;
    assert_eq!(all["total"], 2);
    let one = &all["entry"][0]["resource"];
    let (_, read) = alex
        .get(&format!(
            "/FHIR/Practitioner/{}",
            one["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(&read, one);
    let hpi = one["identifier"][0]["value"].as_str().unwrap();
    let (_, found) = alex
        .get(&format!("/FHIR/Practitioner?identifier=%7C{hpi}"))
        .await;
    assert_eq!(found["total"], 0, "an empty system is no system");
    let (_, found) = alex
        .get(&format!("/FHIR/Practitioner?identifier={hpi}"))
        .await;
    assert_eq!(found["total"], 1);
    let (_, places) = alex.get("/FHIR/Location").await;
    let place = &places["entry"][0]["resource"];
    assert_eq!(place["identifier"][0]["value"], "F2N060-E");
    assert!(place["name"].as_str().unwrap().contains("Kōwhai"));
    assert!(
        place["extension"][0]["valueString"]
            .as_str()
            .unwrap()
            .contains("Medtech Evolution")
    );
}

async fn launch(alex: &Alex, wish: Value) -> Value {
    json_of(
        alex.plain(Method::POST, "/medtech/api/launches")
            .json(&wish)
            .send()
            .await
            .unwrap(),
    )
    .await
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn resolve(alex: &Alex, context: &str, signature: &str) -> (StatusCode, Value) {
    let (context, signature) = (encoded(context), encoded(signature));
    let path = format!("/vendorforms/api/getlaunchcontextstring/{context}/{signature}");
    let reply = alex
        .plain(Method::GET, &path)
        .bearer_auth(&alex.token)
        .send()
        .await
        .unwrap();
    (reply.status(), json_of(reply).await)
}

#[tokio::test]
async fn a_minted_launch_resolves_to_its_patient_and_survives_a_restart() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let minted = launch(&alex, json!({ "patientId": FIRST })).await;
    let (context, signature) = (
        minted["context"].as_str().unwrap(),
        minted["signature"].as_str().unwrap(),
    );
    assert!(
        context.contains('+') && context.contains('/'),
        "base64_with_reserved on purpose: {context}"
    );
    let url = minted["launchUrl"].as_str().unwrap();
    assert!(url.starts_with("http://app.test/launch?context="), "{url}");
    assert!(!url.contains('+'));
    alex.stop();
    let alex = Alex::start(dir.path()).await;
    let (status, body) = resolve(&alex, context, signature).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["patientId"], FIRST);
    assert_eq!(body["facilityCode"], "F2N060-E");
    assert!(body["providerId"].is_string() && body["createdTime"].is_string());
    let ledger = std::fs::read_to_string(dir.path().join("ledger.jsonl")).unwrap();
    assert!(!ledger.contains(context) && !ledger.contains(signature));
}

#[tokio::test]
async fn a_launch_can_be_without_patient_old_or_for_another_facility() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let wish = json!({ "patientId": null, "createdTime": "2020-01-01T00:00:00Z", "facilityCode": "F9Z999-Z" });
    let minted = launch(&alex, wish).await;
    let part = |name: &str| minted[name].as_str().unwrap().to_owned();
    let (_, body) = resolve(&alex, &part("context"), &part("signature")).await;
    assert_eq!(body["patientId"], Value::Null);
    assert_eq!(body["createdTime"], "2020-01-01T00:00:00Z");
    assert_eq!(body["facilityCode"], "F9Z999-Z");
}

#[tokio::test]
async fn an_unknown_or_forged_launch_is_refused() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let (status, body) = resolve(&alex, "unknown", "x").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["resourceType"], "OperationOutcome");
    let minted = launch(&alex, json!({ "patientId": FIRST })).await;
    let (status, body) = resolve(&alex, minted["context"].as_str().unwrap(), "forged").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["resourceType"], "OperationOutcome");
    let naked = alex.plain(Method::GET, "/vendorforms/api/getlaunchcontextstring/a/b");
    assert_eq!(
        naked.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let stranger = alex.plain(Method::POST, "/medtech/api/launches");
    let stranger = stranger
        .json(&json!({ "patientId": "nobody" }))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_click_on_the_pages_link_mints_a_new_launch() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let mut seen = Vec::new();
    for path in [
        format!("/medtech/open/{FIRST}"),
        format!("/medtech/open/{FIRST}"),
        "/medtech/open".into(),
    ] {
        let reply = alex.plain(Method::GET, &path).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::SEE_OTHER);
        let location = reply.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with("http://app.test/launch?context="));
        assert!(!seen.contains(&location));
        seen.push(location);
    }
    let reply = alex
        .plain(Method::GET, "/medtech/open/nobody")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
}
