//! What ALEX's gateway, a proxy or the network may do to an answer.

use super::requests::{PATIENT, submit_request};
use super::stub::{Stub, cutting, nobody, settings};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use clinical_images::launch::FacilityCode;
use clinical_images::patient::PatientId;
use clinical_images::picture::FilingReason;
use clinical_images::ports::{Ehr as _, EhrFault};
use clinical_images::session::SubmitOutcome;
use clinical_server::adapter::ehr::{AlexEhr, AlexSettings};
use std::time::{Duration, Instant};

const MEDIA: &str = r#"{"resourceType":"Media","id":"m1"}"#;

async fn file(settings: AlexSettings) -> SubmitOutcome {
    AlexEhr::new(settings)
        .unwrap()
        .submit(&submit_request())
        .await
}

async fn patient(settings: AlexSettings) -> EhrFault {
    let facility = FacilityCode::parse("F2N060-E").unwrap();
    let id = PatientId::parse(PATIENT).unwrap();
    AlexEhr::new(settings)
        .unwrap()
        .patient(&facility, &id)
        .await
        .unwrap_err()
}

fn told(outcome: &SubmitOutcome) -> &str {
    match outcome {
        SubmitOutcome::Unknown(failure) => &failure.technical,
        other => panic!("should be unknown: {other:?}"),
    }
}

/// ALEX at this origin, behind a token endpoint that works.
async fn behind_tokens(alex: &str) -> (Stub, AlexSettings) {
    let tokens = Stub::answering(200, "").await;
    let settings = settings(alex, &tokens.origin);
    (tokens, settings)
}

#[tokio::test]
async fn an_answer_that_is_no_answer_leaves_it_open() {
    for (status, body) in [
        (502, "<html><h1>502 Bad Gateway</h1></html>"),
        (504, ""),
        (500, MEDIA),
        (201, ""),
        (201, &MEDIA[..20]),
        (201, r#"{"resourceType":"Media"}"#),
        (200, "<html>Sign in</html>"),
        (202, ""),
        (204, ""),
        (302, ""),
        (408, ""),
        (409, ""),
        (412, ""),
    ] {
        let stub = Stub::answering(status, body).await;
        let outcome = file(stub.settings()).await;
        assert_eq!(
            told(&outcome),
            format!("POST Media: {status}, correlation c0ffee")
        );
        assert_eq!(stub.calls(), 1, "{status} is not posted again");
    }
}

#[tokio::test]
async fn a_clear_no_is_a_no_even_without_a_readable_reason() {
    for (status, reason) in [
        (400, FilingReason::Rejected),
        (404, FilingReason::Rejected),
        (405, FilingReason::Rejected),
        (413, FilingReason::Rejected),
        (415, FilingReason::Rejected),
        (422, FilingReason::Rejected),
        (403, FilingReason::Forbidden),
    ] {
        let stub = Stub::answering(status, "<html>").await;
        let outcome = file(stub.settings()).await;
        let SubmitOutcome::Failed(failure) = &outcome else {
            panic!("{status}: {outcome:?}")
        };
        assert_eq!((failure.reason, stub.calls()), (reason, 1), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Stub::answering(201, MEDIA).await;
    let target = format!("{}/FHIR/Media", elsewhere.origin);
    let redirect = move || -> Response {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, target.clone())],
        )
            .into_response()
    };
    let stub = Stub::with(redirect).await;
    assert_eq!(
        told(&file(stub.settings()).await),
        "POST Media: 307, correlation c0ffee"
    );
    assert_eq!(elsewhere.calls(), 0);
}

#[tokio::test]
async fn a_cut_connection_leaves_it_open() {
    for (says, expected) in [
        (
            &b""[..],
            "POST Media: the connection broke before the answer, correlation c0ffee",
        ),
        (
            b"HTTP/1.1 201 Cre",
            "POST Media: the connection broke before the answer, correlation c0ffee",
        ),
    ] {
        let (_tokens, settings) = behind_tokens(&cutting(says).await).await;
        assert_eq!(told(&file(settings).await), expected);
    }
    let says = b"HTTP/1.1 201 Created\r\ncontent-length: 34\r\n\r\n{\"resourceType\":";
    let (_tokens, settings) = behind_tokens(&cutting(says).await).await;
    let expected = "POST Media: 201, the answer broke off, correlation c0ffee";
    assert_eq!(told(&file(settings).await), expected);
}

#[tokio::test]
async fn a_slow_answer_leaves_it_open_and_keeps_nobody_waiting() {
    let stub = Stub::after(Duration::from_secs(20), || MEDIA.into_response()).await;
    let begun = Instant::now();
    let outcome = file(stub.settings()).await;
    assert_eq!(
        told(&outcome),
        "POST Media: no answer in time, correlation c0ffee"
    );
    let fault = patient(stub.settings()).await;
    assert!(matches!(fault, EhrFault::Unavailable(_)), "{fault}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let stub = Stub::answering(201, &" ".repeat(50_000)).await;
    let mut settings = stub.settings();
    settings.most_reply_bytes = 10_000;
    let expected = "POST Media: 201, the answer is too large, correlation c0ffee";
    assert_eq!(told(&file(settings).await), expected);
}

#[tokio::test]
async fn where_nothing_could_be_sent_nothing_was_created() {
    let plain = Stub::answering(201, MEDIA).await;
    let not_tls = plain.origin.replace("http://", "https://");
    for alex in [nobody().await, not_tls, "http://alex.invalid".to_owned()] {
        let (_tokens, settings) = behind_tokens(&alex).await;
        let outcome = file(settings).await;
        let SubmitOutcome::Later { failure, .. } = &outcome else {
            panic!("{alex}: {outcome:?}")
        };
        assert_eq!(failure.reason, FilingReason::AlexUnavailable);
        assert!(
            failure.technical.starts_with("POST Media: not sent, "),
            "{failure:?}"
        );
        assert!(!failure.technical.contains("http"), "{failure:?}");
    }
    assert_eq!(plain.calls(), 0);
}

#[tokio::test]
async fn a_refusal_with_no_time_left_for_another_try_stays_a_refusal() {
    let unauthorized = || StatusCode::UNAUTHORIZED.into_response();
    let stub = Stub::after(Duration::from_millis(650), unauthorized).await;
    let outcome = file(stub.settings()).await;
    let SubmitOutcome::Failed(failure) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (failure.reason, stub.calls()),
        (FilingReason::Credentials, 1)
    );
}

#[tokio::test]
async fn a_read_that_makes_no_sense_is_broken_and_another_patient_is_never_shown() {
    let other = r#"{"resourceType":"Patient","id":"00000000000000000000000000000001"}"#;
    for body in [
        "<html>",
        "",
        "{",
        r#"{"resourceType":"Bundle"}"#,
        r#"{"resourceType":"Patient"}"#,
        other,
    ] {
        let stub = Stub::answering(200, body).await;
        let fault = patient(stub.settings()).await;
        assert!(matches!(fault, EhrFault::Protocol(_)), "{body}: {fault}");
        assert!(!fault.to_string().contains(PATIENT), "{fault}");
    }
}
