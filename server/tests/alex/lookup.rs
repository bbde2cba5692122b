//! Looking for pictures in the simulator's record, and in the records of servers that answer worse than that.

use super::requests::{PATIENT, lookup_request, submit_request};
use super::simulator::Medtech;
use super::stub::{Stub, nobody, settings};
use clinical_images::digest::Sha256;
use clinical_images::fhir::media::PICTURE_SYSTEM;
use clinical_images::picture::FilingReason;
use clinical_images::ports::{Ehr as _, LeaseGuard, LookupRequest};
use clinical_images::session::{Finding, SubmitOutcome};
use clinical_server::adapter::ehr::{AlexEhr, AlexSettings};
use serde_json::{Value, json};

const SEARCH: &str = "GET /FHIR/Media";

async fn find(settings: AlexSettings, request: &LookupRequest) -> Finding {
    AlexEhr::new(settings).unwrap().lookup(request).await
}

#[tokio::test]
async fn what_was_sent_is_found_and_what_was_not_is_absent() {
    for without_data in [false, true] {
        let medtech =
            Medtech::open_with(|settings| settings.search_includes_data = !without_data).await;
        let (ehr, request) = (medtech.ehr(), submit_request());
        let before = ehr.lookup(&lookup_request(&request)).await;
        assert!(matches!(before, Finding::Absent(_)), "{before:?}");
        let SubmitOutcome::Filed { record } = ehr.submit(&request).await else {
            panic!("filed")
        };
        assert_eq!(
            ehr.lookup(&lookup_request(&request)).await,
            Finding::Found { record }
        );
        let mut other = lookup_request(&request);
        other.identifier = "0000000000000000000000000000002b".into();
        assert!(matches!(ehr.lookup(&other).await, Finding::Absent(_)));
    }
}

#[tokio::test]
async fn other_bytes_under_the_identifier_are_not_it_and_not_absence() {
    let medtech = Medtech::open().await;
    let (ehr, request) = (medtech.ehr(), submit_request());
    ehr.submit(&request).await;
    let mut search = lookup_request(&request);
    search.pages = vec![Sha256::of(b"another picture")];
    let Finding::CannotTell(failure) = ehr.lookup(&search).await else {
        panic!("cannot tell")
    };
    assert_eq!(failure.reason, FilingReason::Different);
}

#[tokio::test]
async fn without_an_nhi_nothing_can_be_looked_for() {
    let medtech = Medtech::open().await;
    let mut search = lookup_request(&submit_request());
    search.patient.nhi = None;
    let found = medtech.ehr().lookup(&search).await;
    assert!(matches!(found, Finding::CannotTell(_)), "{found:?}");
    assert!(medtech.received(SEARCH).await.is_empty());
}

#[tokio::test]
async fn a_refused_or_failed_search_is_never_absence() {
    let medtech = Medtech::open().await;
    let (ehr, search) = (medtech.ehr(), lookup_request(&submit_request()));
    for (fault, cannot_tell) in [
        ("403", true),
        ("400", true),
        ("429", false),
        ("500", false),
        ("503", false),
        ("html", false),
    ] {
        medtech.fault(SEARCH, fault, 1).await;
        let found = ehr.lookup(&search).await;
        let fits = match found {
            Finding::CannotTell(_) => cannot_tell,
            Finding::Unavailable(_) => !cannot_tell,
            _ => false,
        };
        assert!(fits, "{fault}: {found:?}");
    }
    let (tokens, gone) = (Stub::answering(200, "").await, nobody().await);
    let found = find(settings(&gone, &tokens.origin), &search).await;
    assert!(matches!(found, Finding::Unavailable(_)), "{found:?}");
}

fn page(entries: &[Value], next: Option<&str>) -> String {
    let entries: Vec<_> = entries
        .iter()
        .map(|media| json!({ "resource": media }))
        .collect();
    let links: Vec<_> = next
        .iter()
        .map(|url| json!({ "relation": "next", "url": url }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries, "link": links })
        .to_string()
}

fn media(patient: &str, request: &LookupRequest) -> Value {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(super::requests::jpeg());
    json!({
        "resourceType": "Media",
        "id": "m1",
        "identifier": [{ "system": PICTURE_SYSTEM, "value": request.identifier }],
        "subject": { "reference": format!("http://alex.test/fhir/Patient/{patient}") },
        "content": { "data": data },
    })
}

#[tokio::test]
async fn answers_that_are_not_whole_are_told_as_such() {
    let search = lookup_request(&submit_request());
    let elsewhere = page(&[], Some("http://elsewhere.test/FHIR/Media?page=2"));
    let other = page(&[media(&"0".repeat(32), &search)], None);
    for (body, cannot_tell) in [
        (elsewhere.as_str(), true),
        (&page(&[], Some("")), true),
        (&other, true),
        ("{}", false),
        ("", false),
        (r#"{"resourceType":"Bundle","type":"batch"}"#, false),
    ] {
        let stub = Stub::answering(200, body).await;
        let found = find(stub.settings(), &search).await;
        let fits = match found {
            Finding::CannotTell(_) => cannot_tell,
            Finding::Unavailable(_) => !cannot_tell,
            _ => false,
        };
        assert!(fits, "{body}: {found:?}");
    }
}

#[tokio::test]
async fn every_page_is_looked_through() {
    use axum::response::IntoResponse as _;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let search = lookup_request(&submit_request());
    let asked = std::sync::Arc::new(AtomicUsize::new(0));
    let origin = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let (count, own, wanted) = (asked.clone(), origin.clone(), media(PATIENT, &search));
    let stub = Stub::with(move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let next = format!("{}/FHIR/Media?page={}", own.get().unwrap(), number + 2);
        match number {
            0 | 1 => page(&[], Some(&next)).into_response(),
            _ => page(std::slice::from_ref(&wanted), None).into_response(),
        }
    })
    .await;
    origin.set(stub.origin.clone()).unwrap();
    let record = "m1".to_owned();
    assert_eq!(
        find(stub.settings(), &search).await,
        Finding::Found { record }
    );
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_post_that_loses_its_leave_is_no_whole_request() {
    let medtech = Medtech::open().await;
    let mut request = submit_request();
    request.lease_guard = LeaseGuard::valid_while(|| false);
    let outcome = medtech.ehr().submit(&request).await;
    assert!(matches!(outcome, SubmitOutcome::Unknown(_)), "{outcome:?}");
    assert!(medtech.media().await.is_empty());
}
