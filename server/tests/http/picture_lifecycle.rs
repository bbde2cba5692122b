//! The way of a picture from the click in Medtech to the record, and what is left of it afterwards.

use super::client::{Client, Offer, PresignedPut};
use super::event_reader::Stream;
use super::log;
use super::practice::{FAMILY, GIVEN, NHI, PATIENT};
use super::server::{Server, eventually};
use super::test_photo::{NOTE, TestPhoto};
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::session::{EndOfSession, Event, LinkState};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// The secret part of an access token.
fn secret(token: &str) -> String {
    token.split_once('.').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_picture_goes_from_the_phone_into_the_record_and_nothing_else_stays() {
    let server = Server::open().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    let desk = launch.open_session(server.browser()).await;
    let patient = desk.snapshot().await.launch.patient;
    let nhi = patient.nhi.map(|nhi| nhi.as_str().to_owned());
    assert_eq!(
        (patient.family.as_str(), nhi.as_deref()),
        (FAMILY, Some(NHI))
    );

    let mut screen = desk.follow().await;
    let offer = desk.offer().await;
    let phone = hand_off(&server, &offer, &mut screen).await;
    let photo = TestPhoto::new();
    let presigned = take(&phone, &photo, &mut screen).await;
    let change = json!({ "pictures": [photo.id()], "change": { "laterality": "right" } });
    desk.on("pictures/describe", change).await.is_fine();
    desk.commit(&[photo.id()]).await.is_fine();
    let filed =
        |event: &Event| matches!(event, Event::Filed { picture, .. } if *picture == photo.id());
    screen.until(filed).await;
    is_in_the_record(&server, &desk, &photo).await;
    is_over(&server, &desk, &phone, &presigned, screen).await;

    let signature = presigned.url.split_once("X-Amz-Signature=").unwrap().1;
    let mut secrets = vec![
        launch.context,
        launch.signature,
        secret(offer.code()),
        signature.split('&').next().unwrap().to_owned(),
    ];
    let cookies = [desk.browser.cookies(), phone.browser.cookies()];
    secrets.extend(
        cookies
            .iter()
            .flat_map(|jar| jar.values())
            .map(|token| secret(token)),
    );
    assert_eq!(secrets.len(), 6);
    is_told_nowhere(&server, &desk, &secrets);
    is_audited(&server, &desk, &photo, &secrets).await;
}

/// The code, the claim, "is this your patient?", each seen on the desktop's screen.
async fn hand_off(server: &Server, offer: &Offer, screen: &mut Stream) -> Client {
    let link = offer.link;
    let phone = server.unconfirmed_phone(offer).await;
    let claimed =
        |event: &Event| matches!(event, Event::LinkClaimed { link: known, .. } if *known == link);
    screen.until(claimed).await;
    phone.say("confirm-patient").await.is_fine();
    let confirmed = Event::PatientConfirmed { link };
    screen.until(|event| *event == confirmed).await;
    phone
}

/// The picture goes straight to the store, and turns up on the desktop's screen.
async fn take(phone: &Client, photo: &TestPhoto, screen: &mut Stream) -> PresignedPut {
    let presigned: PresignedPut = phone.reserve(photo).await.value();
    assert_eq!(presigned.put(&photo.bytes).await, 200);
    phone.arrived(photo.id()).await.is_fine();
    let arrived = Event::PictureArrived {
        picture: photo.id(),
    };
    screen.until(|event| *event == arrived).await;
    presigned
}

/// Exactly one record, of this patient, of these very bytes, and the screen names it.
async fn is_in_the_record(server: &Server, desk: &Client, photo: &TestPhoto) {
    let media = server.practice.media().await;
    assert_eq!(media.len(), 1);
    let kept = &media[0];
    assert_eq!(kept["patientId"], PATIENT);
    assert_eq!(kept["identifier"]["value"], photo.id().to_string());
    let title = kept["title"].as_str().unwrap();
    assert!(title.starts_with("Right forearm, close-up"), "{title}");
    assert_eq!(kept["advice"], json!([]), "a reviewer would let it pass");
    let id = kept["id"].as_str().unwrap();
    assert_eq!(server.practice.recorded(id).await, photo.bytes);
    match desk.state(photo.id()).await {
        PictureState::Filed { records, .. } => assert_eq!(records[0].id(), Some(id)),
        other => panic!("{other:?}"),
    }
}

/// The phone is let go, the copy is deleted, the session forgotten.
async fn is_over(
    server: &Server,
    desk: &Client,
    phone: &Client,
    presigned: &PresignedPut,
    mut screen: Stream,
) {
    assert!(server.practice.holds(&presigned.key()).await);
    let finish = desk.ask("desk/end", json!({ "why": "finished" })).await;
    finish.is_fine();
    let last = screen.until_the_end().await;
    let why = EndOfSession::Finished;
    let over = Event::SessionEnded { why };
    assert!(last.iter().any(|heard| heard.change().event == over));
    let late = phone.reserve(&TestPhoto::new()).await;
    late.is_refused(410, "sessionEnded finished");
    let over = |state: &LinkState| matches!(state, LinkState::Ended { .. });
    let links = desk.snapshot().await.links;
    assert!(links.iter().all(|link| over(&link.state)));

    server.clock.pass(6 * MINUTE);
    eventually(async || !server.practice.holds(&presigned.key()).await).await;
    server.clock.pass(24 * MINUTE);
    let kept = || server.sessions.load(desk.session);
    eventually(async || kept().await.unwrap().is_none()).await;
    let gone = desk.ask("desk/snapshot", json!({})).await;
    gone.is_refused(404, "sessionUnknown");
}

/// No access token stands in the log or in an address, but for the launch that Medtech opens.
fn is_told_nowhere(server: &Server, desk: &Client, secrets: &[String]) {
    let canaries: Vec<&str> = secrets.iter().map(String::as_str).collect();
    log::holds_none_of(&canaries);
    let opened = format!("session opened session.id={}", desk.session);
    assert!(log::so_far().contains(&opened), "the log was kept at all");
    for request in server.requests() {
        let told = canaries.iter().any(|canary| request.contains(canary));
        assert!(!told || request.starts_with("GET /launch?"), "{request}");
    }
}

/// The audit records each action once and in order, by identifiers alone, although the session is long forgotten.
async fn is_audited(server: &Server, desk: &Client, photo: &TestPhoto, secrets: &[String]) {
    while server.services.drain_audit_outbox().await.unwrap() > 0 {}
    let files = std::fs::read_dir(server.practice.file("audit/practice")).unwrap();
    let text: String = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let actions: Vec<&str> = events
        .iter()
        .map(|event| event["outcomeDesc"].as_str().unwrap())
        .collect();
    let media = &server.practice.media().await[0];
    let filed = format!("picture filed as {}", media["id"].as_str().unwrap());
    let expected = [
        "session opened",
        "link for a phone offered",
        "link claimed by a phone",
        "patient confirmed on a phone",
        "picture added",
        "pictures described",
        "pictures committed",
        &filed,
        "session ended: finished",
        "link ended: revoked",
    ];
    assert_eq!(actions, expected);
    let session = desk.session.to_string();
    assert!(
        events
            .iter()
            .all(|event| event["id"].as_str().unwrap().starts_with(&session))
    );
    let patient = format!("Patient/{PATIENT}");
    assert!(
        events
            .iter()
            .all(|event| event["entity"][0]["what"]["reference"] == *patient)
    );
    assert_eq!(
        events[4]["entity"][1]["what"]["identifier"]["value"],
        photo.id().to_string()
    );
    let telling = [FAMILY, GIVEN, NHI, NOTE].into_iter();
    for canary in telling.chain(secrets.iter().map(String::as_str)) {
        assert!(!text.contains(canary), "the audit holds {canary:?}");
    }
}

#[tokio::test]
async fn the_log_names_no_patient_whatever_goes_wrong() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    desk.send(&photo).await;
    for reply in ["400", "403", "500", "html", "lost"] {
        server.practice.fault("POST /FHIR/Media", reply, 1).await;
    }
    let mut screen = desk.follow().await;
    desk.commit(&[photo.id()]).await.is_fine();
    let over = |event: &Event| {
        matches!(
            event,
            Event::FilingFailed { .. } | Event::FilingUnknown { .. }
        )
    };
    screen.until(over).await;
    server.practice.fault("GET /FHIR/Patient/*", "403", 1).await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    launch.open_in(&server.browser()).await;
    server.sessions.go_away();
    desk.ask("desk/snapshot", json!({}))
        .await
        .is_refused(503, "storeUnavailable");
    server.sessions.come_back();
    desk.browser
        .get(&format!(
            "/desk/{}?patient={NHI}&name={GIVEN}",
            desk.session
        ))
        .await
        .is_fine();
    log::holds_none_of(&[
        &launch.context,
        &launch.signature,
        FAMILY,
        GIVEN,
        NHI,
        PATIENT,
        NOTE,
        "Canary",
        "1971-03-18",
        "X-Amz-Signature",
        alex_simulator::DEMO_CLIENT_SECRET,
        "Bearer",
    ]);
}
