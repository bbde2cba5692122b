//! Tokens, facility, correlation ids: what stands before every call.

mod common;

use common::{Alex, FIRST, dir, json_of};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn the_right_secret_gets_a_token_of_3599_seconds() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let reply = alex.ask_token(&[]).await;
    assert_eq!(reply.status(), StatusCode::OK);
    let body = json_of(reply).await;
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3599);
    assert_ne!(body["access_token"], alex.token.as_str());
}

#[tokio::test]
async fn a_wrong_secret_is_refused_as_azure_does() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let cases = [
        ("client_secret", "wrong", 401, "invalid_client"),
        ("client_id", "stranger", 400, "unauthorized_client"),
        ("grant_type", "password", 400, "unsupported_grant_type"),
        ("scope", "openid", 400, "invalid_scope"),
    ];
    for (name, value, status, error) in cases {
        let reply = alex.ask_token(&[(name, value)]).await;
        assert_eq!(reply.status().as_u16(), status, "{name}");
        let body = json_of(reply).await;
        assert_eq!(body["error"], error);
        assert!(
            body["error_description"]
                .as_str()
                .unwrap()
                .starts_with("AADSTS")
        );
    }
    let unshaped = alex
        .plain(Method::POST, common::TOKEN_PATH)
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(unshaped.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn no_token_a_strange_token_and_an_old_token_are_401() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let path = format!("/FHIR/Patient/{FIRST}");
    let naked = alex
        .plain(Method::GET, &path)
        .header("mt-facilityid", "F2N060-E");
    assert_eq!(
        naked.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let strange = alex.plain(Method::GET, &path).bearer_auth("x");
    assert_eq!(
        strange.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(alex.get(&path).await.0, StatusCode::OK);
    alex.advance(3599, 0).await;
    let (status, body) = alex.get(&path).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(body["resourceType"], "OperationOutcome");
}

#[tokio::test]
async fn a_missing_or_wrong_facility_is_403_practice_facility_not_found() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for facility in [None, Some("F0X000-A")] {
        let mut call = alex
            .plain(Method::GET, "/FHIR/Location")
            .bearer_auth(&alex.token);
        if let Some(facility) = facility {
            call = call.header("mt-facilityid", facility);
        }
        let reply = call.send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        let body = json_of(reply).await;
        assert_eq!(
            body["issue"][0]["details"]["text"],
            "Practice Facility not found"
        );
    }
}

#[tokio::test]
async fn the_correlation_id_is_echoed_and_recorded() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let call = alex.call(Method::GET, "/FHIR/Patient?identifier=secret%7CZZZ0016");
    let reply = call
        .header("mt-correlationid", "abc-123")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.headers()["mt-correlationid"], "abc-123");
    let received = alex.own("received").await;
    let last = received.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["correlationId"], "abc-123");
    assert_eq!(last["method"], "GET");
    assert_eq!(last["path"], "/FHIR/Patient");
    assert_eq!(last["query"], serde_json::json!(["identifier"]));
    assert_eq!(last["facility"], "F2N060-E");
    assert_eq!(last["status"], 200);
    let ledger = std::fs::read_to_string(dir.path().join("ledger.jsonl")).unwrap();
    assert!(!ledger.contains("ZZZ0016") && !ledger.contains(&alex.token));
}

#[tokio::test]
async fn a_body_over_12_megabytes_is_413() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let body = vec![b'x'; alex_simulator::BODY_LIMIT + 1];
    let call = alex.call(Method::POST, "/FHIR/Media").body(body);
    let reply = call.send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(json_of(reply).await["issue"][0]["code"], "too-long");
}

#[tokio::test]
async fn encounter_is_a_404_that_is_not_fhir() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let (status, body) = alex.get("/FHIR/Encounter").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body,
        serde_json::json!({ "statusCode": 404, "message": "Resource not found" })
    );
}

#[tokio::test]
async fn hostile_addresses_are_answered_and_survived() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let paths = [
        "/FHIR/Patient/%FF%FE",
        "/FHIR/Patient/..%2F..%2Fetc",
        "/FHIR/Patient?identifier=%FF",
        "/FHIR/Media/%00",
        "/FHIR/Media?patient.identifier=%7C%7C%7C",
        "/FHIR/",
        "/FHIR",
        "/medtech/media/..%2Fledger.jsonl",
        "/medtech/patient/%3Cscript%3E",
        "/vendorforms/api/getlaunchcontextstring/%FF/x",
    ];
    for path in paths {
        let status = alex.call(Method::GET, path).send().await.unwrap().status();
        assert!(
            status.is_client_error() || status.is_success(),
            "{path}: {status}"
        );
    }
}
