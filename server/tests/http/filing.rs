//! A commit and what becomes of it: each picture once in the record, and the truth about each on the screen.

use super::practice::{OTHER_PATIENT, PATIENT};
use super::seat::Seat;
use super::server::Server;
use super::shot::Shot;
use clinical_images::id::PictureId;
use clinical_images::picture::{FilingReason, PictureState};
use clinical_images::session::Event;
use futures::future::join_all;
use serde_json::json;

/// Follows until as many pictures have come to an end of their filing.
async fn settled(desk: &Seat, from: &str, many: usize) {
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

async fn cursor(desk: &Seat) -> String {
    let view = desk.snapshot().await;
    format!("{}.{}", view.epoch, view.revision)
}

async fn some(desk: &Seat, many: usize) -> Vec<PictureId> {
    let shots: Vec<Shot> = (0..many).map(|_| Shot::new()).collect();
    join_all(shots.iter().map(|shot| desk.send(shot))).await;
    shots.iter().map(Shot::id).collect()
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
        server.desk_for(OTHER_PATIENT, server.browser()).await,
    );
    let pictures = some(&desk, 1).await;
    let seen = desk.snapshot().await;
    let (right, wrong) = (
        seen.launch.patient.fingerprint(),
        other.snapshot().await.launch.patient.fingerprint(),
    );
    let args = |pictures: &[PictureId], patient, revision| json!({ "pictures": pictures, "patient": patient, "revision": revision });
    let commit = |args| desk.ask("desk/commit", args);
    commit(args(&pictures, wrong, seen.revision))
        .await
        .is_refused(409, "otherPatient");
    commit(args(&[], right, seen.revision))
        .await
        .is_refused(422, "nothingChosen");
    let unknown = [Shot::new().id()];
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
async fn what_alex_refuses_can_be_tried_again_and_what_it_swallows_must_be_looked_for() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let pictures = some(&desk, 1).await;
    let state = || desk.state(pictures[0]);

    server.practice.fault("POST /FHIR/Media", "429", 1).await;
    let from = cursor(&desk).await;
    desk.commit(&pictures).await.is_fine();
    settled(&desk, &from, 1).await;
    let PictureState::Failed { failure } = state().await else {
        panic!("{:?}", state().await)
    };
    assert_eq!(failure.reason, FilingReason::AlexAway);

    server.practice.fault("POST /FHIR/Media", "lost", 1).await;
    let from = cursor(&desk).await;
    desk.commit(&pictures).await.is_fine();
    settled(&desk, &from, 1).await;
    let PictureState::Unknown { failure } = state().await else {
        panic!("{:?}", state().await)
    };
    assert_eq!(failure.reason, FilingReason::NoAnswer);
    desk.commit(&pictures).await.is_refused(409, "stale");
    desk.on("pictures/remove", json!({ "picture": pictures[0] }))
        .await
        .is_refused(409, "pictureFixed");

    let settle = json!({ "picture": pictures[0], "present": true });
    desk.ask("desk/settle", settle.clone()).await.is_fine();
    assert!(matches!(state().await, PictureState::Filed { .. }));
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
