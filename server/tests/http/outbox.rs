//! A commit and what becomes of it: each picture once in the record, and the truth about each on the screen.

use super::client::Client;
use super::practice::{FAMILY, GIVEN, NHI, OTHER_PATIENT, PATIENT};
use super::server::{Server, eventually};
use super::test_photo::TestPhoto;
use clinical_images::id::{PictureId, PracticeId};
use clinical_images::picture::{FilingReason, PictureState};
use clinical_images::ports::{LedgerOutcome, SessionStore as _};
use clinical_images::record::KnownBy;
use clinical_images::session::Event;
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;

/// Follows until as many pictures have come to an end of their filing.
async fn settled(desk: &Client, from: &str, many: usize) {
    let mut stream = desk.follow_after(from).await;
    for _ in 0..many {
        let over = |event: &Event| {
            matches!(
                event,
                Event::Filed { .. } | Event::FilingFailed { .. } | Event::FilingUnknown { .. }
            )
        };
        stream.until(over).await;
    }
}

async fn cursor(desk: &Client) -> String {
    let view = desk.snapshot().await;
    format!("{}.{}", view.epoch, view.revision)
}

async fn some(desk: &Client, many: usize) -> Vec<PictureId> {
    let photos: Vec<TestPhoto> = (0..many).map(|_| TestPhoto::new()).collect();
    join_all(photos.iter().map(|photo| desk.send(photo))).await;
    photos.iter().map(TestPhoto::id).collect()
}

#[tokio::test]
async fn however_often_commit_is_pressed_each_picture_is_filed_once() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 6).await;
    let from = cursor(&desk).await;
    let view = desk.snapshot().await;
    let args = json!({
        "pictures": pictures,
        "patient": view.launch.patient.fingerprint(),
        "revision": view.revision,
        "scans": "separate",
    });
    let presses = join_all((0..8).map(|_| desk.ask("desk/commit", args.clone()))).await;
    assert!(
        presses.iter().all(|answer| answer.status == 200),
        "{presses:?}"
    );
    settled(&desk, &from, 6).await;
    desk.ask("desk/commit", args).await.is_fine();
    let media = server.practice.media().await;
    assert_eq!((media.len(), server.practice.posts().await), (6, 6));
    for picture in desk.snapshot().await.pictures {
        assert!(matches!(picture.state, PictureState::Filed { .. }));
    }
}

#[tokio::test]
async fn a_commit_is_for_the_patient_and_the_pictures_that_were_seen() {
    let server = Server::open().await;
    let (desk, other) = (
        server.desk().await,
        server.desktop_for(OTHER_PATIENT, server.browser()).await,
    );
    let pictures = some(&desk, 1).await;
    let seen = desk.snapshot().await;
    let (right, wrong) = (
        seen.launch.patient.fingerprint(),
        other.snapshot().await.launch.patient.fingerprint(),
    );
    let args = |pictures: &[PictureId], patient, revision| json!({ "pictures": pictures, "patient": patient, "revision": revision, "scans": "separate" });
    let commit = |args| desk.ask("desk/commit", args);
    commit(args(&pictures, wrong, seen.revision))
        .await
        .is_refused(409, "otherPatient");
    commit(args(&[], right, seen.revision))
        .await
        .is_refused(422, "nothingChosen");
    let unknown = [TestPhoto::new().id()];
    commit(args(&unknown, right, seen.revision))
        .await
        .is_refused(409, "stale");

    let change = json!({ "pictures": pictures, "change": { "laterality": null } });
    desk.on("pictures/describe", change).await.is_fine();
    commit(args(&pictures, right, seen.revision))
        .await
        .is_refused(409, "stale");
    let now = desk.snapshot().await.revision;
    commit(args(&pictures, right, now))
        .await
        .is_refused(422, "detailsMissing");
    assert_eq!(server.practice.posts().await, 0);
}

#[tokio::test]
async fn what_alex_is_too_busy_for_is_tried_again_by_itself() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    server.practice.fault("POST /FHIR/Media", "429", 1).await;
    desk.commit(&pictures).await.is_fine();
    let waits = async || matches!(desk.state(pictures[0]).await, PictureState::Waiting { .. });
    eventually(waits).await;
    let state = server.settle(&desk, pictures[0]).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    let (media, posts) = (server.practice.media().await, server.practice.posts().await);
    assert_eq!((media.len(), posts), (1, 2));
}

#[tokio::test]
async fn what_was_created_without_an_answer_is_found_and_not_posted_again() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    server.practice.fault("POST /FHIR/Media", "lost", 1).await;
    desk.commit(&pictures).await.is_fine();
    let unknown = async || matches!(desk.state(pictures[0]).await, PictureState::Unknown { .. });
    eventually(unknown).await;
    desk.commit(&pictures).await.is_refused(409, "stale");
    desk.on("pictures/remove", json!({ "picture": pictures[0] }))
        .await
        .is_refused(409, "pictureFixed");
    let too_early = json!({ "picture": pictures[0], "target": "media", "present": false });
    desk.ask("desk/settle", too_early)
        .await
        .is_refused(409, "pictureFixed");
    let state = server.settle(&desk, pictures[0]).await;
    let media = server.practice.media().await;
    let PictureState::Filed { records, .. } = state else {
        panic!("{state:?}")
    };
    let found = media[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(records[0].known_by, KnownBy::ReadBack(found));
    assert_eq!((media.len(), server.practice.posts().await), (1, 1));
}

#[tokio::test]
async fn what_never_arrived_is_posted_again_once_it_was_looked_for_twice() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    server.practice.fault("POST /FHIR/Media", "500", 1).await;
    desk.commit(&pictures).await.is_fine();
    let state = server.settle(&desk, pictures[0]).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    let (media, posts) = (server.practice.media().await, server.practice.posts().await);
    assert_eq!((media.len(), posts), (1, 2));
    assert_eq!(server.practice.searches().await, 2);
}

#[tokio::test]
async fn where_alex_does_not_let_itself_be_searched_a_person_has_to_look() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    server.practice.fault("POST /FHIR/Media", "lost", 1).await;
    server.practice.fault("GET /FHIR/Media", "403", 9).await;
    desk.commit(&pictures).await.is_fine();
    let PictureState::NeedsCheck { failure, .. } = server.settle(&desk, pictures[0]).await else {
        panic!("{:?}", desk.state(pictures[0]).await)
    };
    assert_eq!(failure.reason, FilingReason::CannotLook);
    desk.commit(&pictures).await.is_refused(409, "stale");
    let settle = json!({ "picture": pictures[0], "target": "media", "present": true });
    desk.ask("desk/settle", settle.clone()).await.is_fine();
    let state = desk.state(pictures[0]).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    desk.ask("desk/settle", settle)
        .await
        .is_refused(409, "stale");
    assert_eq!(
        server.practice.media().await.len(),
        1,
        "the lost one, and no second"
    );
}

#[tokio::test]
async fn the_ledger_knows_what_became_of_a_picture_when_its_session_is_forgotten() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    desk.commit(&pictures).await.is_fine();
    server.settle(&desk, pictures[0]).await;
    desk.ask("desk/end", json!({ "why": "finished" }))
        .await
        .is_fine();
    eventually(async || {
        server.clock.pass(Duration::from_secs(60));
        server.sessions.load(desk.session).await.unwrap().is_none()
    })
    .await;
    let line = server
        .services
        .ledger
        .read(&PracticeId::of_environment(), pictures[0])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(line.outcome, LedgerOutcome::Filed);
    let media = &server.practice.media().await[0];
    assert_eq!(line.records[0].id(), media["id"].as_str());
    assert_eq!(
        line.correlations,
        [media["correlationId"].as_str().unwrap()]
    );
    assert_eq!(line.sha256.to_string(), media["sha256"].as_str().unwrap());
    let told = format!("{line:?}");
    assert!(
        ![NHI, FAMILY, GIVEN].iter().any(|it| told.contains(it)),
        "{told}"
    );
}

#[tokio::test]
async fn while_the_practice_sleeps_nothing_is_posted_and_afterwards_all_is_filed() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 8).await;
    server.practice.goes_away(true);
    desk.commit(&pictures).await.is_fine();
    let waits = async || {
        let view = desk.snapshot().await;
        let mut states = view.pictures.iter().map(|it| &it.state);
        states.any(|state| matches!(state, PictureState::Waiting { .. }))
    };
    eventually(waits).await;
    server.clock.pass(Duration::from_secs(60));
    server.practice.goes_away(false);
    for picture in &pictures {
        let state = server.settle(&desk, *picture).await;
        assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    }
    let (media, posts) = (server.practice.media().await, server.practice.posts().await);
    assert_eq!((media.len(), posts), (8, 8));
}

#[tokio::test]
async fn one_picture_that_fails_does_not_keep_the_others_back() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 5).await;
    server.practice.fault("POST /FHIR/Media", "403", 1).await;
    let from = cursor(&desk).await;
    desk.commit(&pictures).await.is_fine();
    settled(&desk, &from, 5).await;
    let states: Vec<_> = desk
        .snapshot()
        .await
        .pictures
        .into_iter()
        .map(|it| it.state)
        .collect();
    let filed = states
        .iter()
        .filter(|state| matches!(state, PictureState::Filed { .. }));
    assert_eq!(filed.count(), 4);
    let failed = |state: &&PictureState| matches!(state, PictureState::Failed { failure } if failure.reason == FilingReason::Forbidden);
    assert_eq!(states.iter().filter(failed).count(), 1);
    let finish = desk.ask("desk/end", json!({ "why": "finished" })).await;
    finish.is_refused(409, "stale");
    assert!(
        server
            .practice
            .media()
            .await
            .iter()
            .all(|media| media["patientId"] == PATIENT)
    );
}
