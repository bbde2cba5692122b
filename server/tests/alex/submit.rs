//! Pictures into the simulator's record.

use super::requests::{CORRELATION, IDENTIFIER, PATIENT, jpeg, submit_request};
use super::simulator::Medtech;
use clinical_images::digest::Sha256;
use clinical_images::fhir::media::Elements;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::Ehr as _;
use clinical_images::session::SubmitOutcome;
use clinical_server::adapter::ehr::AlexEhr;
use serde_json::Value;
use std::time::Duration;

const POST: &str = "POST /FHIR/Media";

fn failed(reason: FilingReason, technical: &str) -> SubmitOutcome {
    SubmitOutcome::Failed(FilingFailure {
        reason,
        technical: technical.to_owned(),
    })
}

fn unknown(technical: &str) -> SubmitOutcome {
    let reason = FilingReason::NoAnswer;
    SubmitOutcome::Unknown(FilingFailure {
        reason,
        technical: technical.to_owned(),
    })
}

fn is_filed(outcome: &SubmitOutcome, media: &Value) -> bool {
    matches!(outcome, SubmitOutcome::Filed { record } if *record == media["id"])
}

#[tokio::test]
async fn a_picture_arrives_byte_for_byte_with_everything_said_about_it() {
    let medtech = Medtech::open().await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let [media] = &medtech.media().await[..] else {
        panic!("one picture")
    };
    assert!(is_filed(&outcome, media), "{outcome:?}");
    assert_eq!(media["sha256"], Sha256::of(&jpeg()).to_string());
    assert_eq!(
        (&media["patientId"], &media["correlationId"]),
        (&PATIENT.into(), &CORRELATION.into())
    );
    assert_eq!(media["identifier"]["value"], IDENTIFIER);
    assert_eq!(media["title"], "Left forearm, close-up, 21 Nov 2026");
    assert_eq!(
        media["advice"].as_array().map(Vec::len),
        Some(0),
        "{}",
        media["advice"]
    );
    let resource = &media["resource"];
    assert_eq!(resource["createdDateTime"], "2026-11-21T14:03:05+13:00");
    assert_eq!(resource["bodySite"]["coding"][1]["code"], "7771000");
    assert_eq!(resource["note"][0]["text"], "Changed over 3 months");
}

#[tokio::test]
async fn the_least_is_enough() {
    let medtech = Medtech::open().await;
    let mut settings = medtech.settings();
    settings.elements = Elements::Minimal;
    let outcome = AlexEhr::new(settings)
        .unwrap()
        .submit(&submit_request())
        .await;
    let [media] = &medtech.media().await[..] else {
        panic!("one picture")
    };
    assert!(is_filed(&outcome, media), "{outcome:?}");
    assert!(media["resource"].get("bodySite").is_none());
}

#[tokio::test]
async fn an_optional_element_that_alex_refuses_is_left_out_and_the_rest_is_kept() {
    let medtech = Medtech::open().await;
    medtech.refuse_element("Media.bodySite", 1).await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let [media] = &medtech.media().await[..] else {
        panic!("one picture")
    };
    assert!(is_filed(&outcome, media), "{outcome:?}");
    assert!(media["resource"].get("bodySite").is_none());
    assert_eq!(media["resource"]["width"], 64);
    assert_eq!(media["correlationId"], "c0ffee-2");
}

#[tokio::test]
async fn a_second_refused_element_leaves_only_the_least_and_a_third_refusal_is_the_last() {
    let medtech = Medtech::open().await;
    medtech.refuse_element("Media.bodySite", 1).await;
    medtech.refuse_element("Media.view", 1).await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let [media] = &medtech.media().await[..] else {
        panic!("one picture")
    };
    assert!(is_filed(&outcome, media), "{outcome:?}");
    assert!(media["resource"].get("note").is_none());

    medtech.refuse_element("Media.view", 9).await;
    let technical = "POST Media: 400, issue not-supported, at Media.view, correlation c0ffee-2";
    assert_eq!(
        medtech.ehr().submit(&submit_request()).await,
        failed(FilingReason::Rejected, technical)
    );
    assert_eq!(medtech.received(POST).await.len(), 5);
}

#[tokio::test]
async fn a_refused_element_that_is_not_optional_is_not_tried_again() {
    let medtech = Medtech::open().await;
    medtech.refuse_element("Media.identifier", 1).await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let technical = "POST Media: 400, issue not-supported, at Media.identifier, correlation c0ffee";
    assert_eq!(outcome, failed(FilingReason::Rejected, technical));
    assert_eq!(medtech.received(POST).await.len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_fetched_anew_once() {
    let medtech = Medtech::open().await;
    medtech.fault(POST, "401", 1).await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let [media] = &medtech.media().await[..] else {
        panic!("one picture")
    };
    assert!(is_filed(&outcome, media), "{outcome:?}");
    let posts = medtech.received(POST).await;
    let correlations: Vec<_> = posts.iter().map(|post| &post["correlationId"]).collect();
    assert_eq!(correlations, ["c0ffee", "c0ffee-2"]);
    assert_eq!(
        medtech
            .received("POST /tenant/oauth2/v2.0/token")
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn a_token_refused_twice_is_a_matter_of_credentials() {
    let medtech = Medtech::open().await;
    medtech.fault(POST, "401", 9).await;
    let outcome = medtech.ehr().submit(&submit_request()).await;
    let technical = "POST Media: 401, issue login, correlation c0ffee-2";
    assert_eq!(outcome, failed(FilingReason::Credentials, technical));
    assert_eq!(medtech.received(POST).await.len(), 2);
}

#[tokio::test]
async fn what_certainly_did_not_arrive_is_failed_and_all_else_is_unknown() {
    let medtech = Medtech::open().await;
    let mut settings = medtech.settings();
    settings.submit_time_out = Duration::from_millis(700);
    let ehr = AlexEhr::new(settings).unwrap();
    let after = "correlation c0ffee";
    for (fault, expected) in [
        (
            "400",
            failed(
                FilingReason::Rejected,
                &format!("POST Media: 400, issue business-rule, {after}"),
            ),
        ),
        (
            "403",
            failed(
                FilingReason::Forbidden,
                &format!("POST Media: 403, issue forbidden, {after}"),
            ),
        ),
        (
            "429",
            SubmitOutcome::Later {
                failure: FilingFailure {
                    reason: FilingReason::AlexUnavailable,
                    technical: format!(
                        "POST Media: 429, issue throttled, retry after 2 s, {after}"
                    ),
                },
                after: Some(Duration::from_secs(2)),
            },
        ),
        (
            "500",
            unknown(&format!("POST Media: 500, issue exception, {after}")),
        ),
        (
            "503",
            unknown(&format!("POST Media: 503, issue transient, {after}")),
        ),
        ("html", unknown(&format!("POST Media: 502, {after}"))),
        (
            "timeout",
            unknown(&format!("POST Media: no answer in time, {after}")),
        ),
        (
            "lost",
            unknown(&format!(
                "POST Media: the connection broke before the answer, {after}"
            )),
        ),
    ] {
        medtech.fault(POST, fault, 1).await;
        assert_eq!(ehr.submit(&submit_request()).await, expected, "{fault}");
    }
    let posts = medtech.received(POST).await.len();
    assert_eq!(
        (posts, medtech.media().await.len()),
        (8, 1),
        "only the lost one is in the record"
    );
}

#[tokio::test]
async fn another_practice_may_not_file_here() {
    let medtech = Medtech::open().await;
    let mut request = submit_request();
    request.facility = FacilityCode::parse("F1K072-D").unwrap();
    let technical = "POST Media: 403, issue forbidden, correlation c0ffee";
    assert_eq!(
        medtech.ehr().submit(&request).await,
        failed(FilingReason::Forbidden, technical)
    );
}
