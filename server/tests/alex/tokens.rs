//! One token for everybody, and a secret that stays one.

use super::requests::{PROVIDER, submit_request};
use super::simulator::Medtech;
use super::stub::{SECRET, Stub, nobody, refusing_the_first_token, settings, token_endpoint};
use clinical_images::launch::FacilityCode;
use clinical_images::picture::FilingReason;
use clinical_images::ports::{Ehr as _, EhrFault};
use clinical_images::session::SubmitOutcome;
use clinical_server::adapter::ehr::AlexEhr;
use futures::future::join_all;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const TOKEN: &str = "POST /tenant/oauth2/v2.0/token";

fn facility() -> FacilityCode {
    FacilityCode::parse("F2N060-E").unwrap()
}

#[tokio::test]
async fn twenty_callers_at_once_fetch_one_token() {
    let medtech = Medtech::open().await;
    let (ehr, facility) = (medtech.ehr(), facility());
    let calls = join_all((0..20).map(|_| ehr.provider(&facility, PROVIDER))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(medtech.received(TOKEN).await.len(), 1);
}

#[tokio::test]
async fn twenty_callers_whose_token_is_refused_fetch_one_new_one() {
    let answer = r#"{"resourceType":"Practitioner","id":"p1"}"#;
    let (origin, given) = refusing_the_first_token(answer).await;
    let (ehr, facility) = (
        AlexEhr::new(settings(&origin, &origin)).unwrap(),
        facility(),
    );
    let calls = join_all((0..20).map(|_| ehr.provider(&facility, "p1"))).await;
    assert!(calls.iter().all(Result::is_ok), "{calls:?}");
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_is_given_up_before_it_ends() {
    let medtech = Medtech::open_with(|settings| settings.token_life = Duration::from_secs(1)).await;
    let (ehr, facility) = (medtech.ehr(), facility());
    ehr.provider(&facility, PROVIDER).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    ehr.provider(&facility, PROVIDER).await.unwrap();
    assert_eq!(medtech.received(TOKEN).await.len(), 2);
}

#[tokio::test]
async fn wrong_credentials_are_told_as_such_and_the_secret_is_not_told() {
    let medtech = Medtech::open().await;
    let mut settings = medtech.settings();
    settings.client_secret = SECRET.into();
    let mut shown = format!("{settings:?}");
    let ehr = AlexEhr::new(settings).unwrap();
    shown += &format!("{ehr:?}");
    let outcome = ehr.submit(&submit_request()).await;
    let SubmitOutcome::Failed(failure) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(failure.reason, FilingReason::Credentials);
    assert_eq!(
        failure.technical,
        "POST Media: not sent, token refused: 401, error invalid_client, AADSTS7000215, correlation c0ffee"
    );
    let fault = ehr.facility(&facility()).await.unwrap_err();
    assert!(matches!(fault, EhrFault::Refused(_)), "{fault}");
    shown += &format!("{outcome:?}{fault}{fault:?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_nothing_is_unknown() {
    let alex = Stub::answering(201, r#"{"resourceType":"Media","id":"m1"}"#).await;
    for (status, body) in [
        (503, ""),
        (200, "<html>"),
        (200, "{}"),
        (302, ""),
        (429, ""),
    ] {
        let (token, _) = token_endpoint(status, body).await;
        let outcome = AlexEhr::new(settings(&alex.origin, &token))
            .unwrap()
            .submit(&submit_request())
            .await;
        let SubmitOutcome::Later { failure, .. } = &outcome else {
            panic!("{status}: {outcome:?}")
        };
        assert_eq!(failure.reason, FilingReason::AlexUnavailable, "{failure:?}");
    }
    let outcome = AlexEhr::new(settings(&alex.origin, &nobody().await))
        .unwrap()
        .submit(&submit_request())
        .await;
    let SubmitOutcome::Later { failure, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(failure.reason, FilingReason::AlexUnavailable);
    assert!(failure.technical.contains("refused"), "{failure:?}");
    assert_eq!(alex.calls(), 0);
}

#[tokio::test]
async fn a_token_endpoint_that_failed_is_left_alone_for_a_moment_and_then_asked_again() {
    let (token, asked) = token_endpoint(503, "").await;
    let mut settings = settings("http://127.0.0.1:9", &token);
    settings.token_rest = Duration::from_millis(400);
    let (ehr, facility) = (AlexEhr::new(settings).unwrap(), facility());
    let begun = Instant::now();
    let calls = join_all((0..20).map(|_| ehr.facility(&facility))).await;
    assert!(
        calls
            .iter()
            .all(|call| matches!(call, Err(EhrFault::Unavailable(_))))
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(begun.elapsed() < Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert!(ehr.facility(&facility).await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
