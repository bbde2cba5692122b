//! The server goes down, in good order or in the middle of a sentence, and another goes on from what was stored.

use super::client::Client;
use super::server::{Server, eventually};
use super::test_photo::TestPhoto;
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::session::Event;
use std::time::Duration;

/// The same person at the same screen, with the server at its new address.
fn again(client: &Client, server: &Server) -> Client {
    Client {
        browser: client.browser.moved_to(&server.url),
        scope: client.scope.clone(),
        session: client.session,
        link: client.link,
    }
}

/// Looks until the picture is in a state like this.
async fn until(
    desk: &Client,
    photo: &TestPhoto,
    wanted: impl Fn(&PictureState) -> bool,
) -> PictureState {
    eventually(async || wanted(&desk.state(photo.id()).await)).await;
    desk.state(photo.id()).await
}

#[tokio::test]
async fn sessions_phones_pictures_and_places_in_streams_outlive_a_restart() {
    let server = Server::on_disk().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let (before, after) = (TestPhoto::new(), TestPhoto::new());
    phone.send(&before).await;
    let known = desk.snapshot().await;
    let offer = desk.offer().await;

    let server = server.restarted().await;
    let (desk, phone) = (again(&desk, &server), again(&phone, &server));
    let id = format!("{}.{}", known.epoch, known.revision);
    let mut stream = desk.follow_after(&id).await;
    assert!(matches!(
        stream.next().await.unwrap().change().event,
        Event::LinkOffered { .. }
    ));
    phone.send(&after).await;
    stream
        .until(|event| {
            *event
                == Event::PictureArrived {
                    picture: after.id(),
                }
        })
        .await;
    assert_eq!(desk.snapshot().await.pictures.len(), 2);
    server.phone(&offer).await;
    let look = desk.browser.get(&desk.picture_path(before.id())).await;
    let shown = server
        .practice
        .client
        .get(look.header("location"))
        .send()
        .await
        .unwrap();
    assert_eq!(shown.bytes().await.unwrap(), before.bytes);
}

#[tokio::test]
async fn a_launch_that_was_used_stays_used() {
    let server = Server::on_disk().await;
    let patient = serde_json::json!({ "patientId": super::practice::PATIENT });
    let launch = server.practice.launch(patient).await;
    let opened = launch.open_in(&server.browser()).await;
    assert!(opened.header("location").starts_with("/desk/"));
    let server = server.killed().await;
    let again = launch.open_in(&server.browser()).await;
    assert_eq!(again.header("location"), "/launch-problem/launchUsed");
}

#[tokio::test]
async fn what_was_committed_is_filed_once_by_whoever_comes_next() {
    let server = Server::on_disk().await;
    let desk = server.desk().await;
    let photos = [TestPhoto::new(), TestPhoto::new(), TestPhoto::new()];
    for photo in &photos {
        desk.send(photo).await;
    }
    // Killed as soon as the commit is durable: some may be queued, some on their way.
    let pictures: Vec<_> = photos.iter().map(TestPhoto::id).collect();
    desk.commit(&pictures).await.is_fine();
    let server = server.killed().await;
    let desk = again(&desk, &server);
    for photo in &photos {
        let state = server.settle(&desk, photo.id()).await;
        assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    }
    let media = server.practice.media().await;
    for photo in &photos {
        let id = photo.id().to_string();
        let bears = |media: &&serde_json::Value| media["identifier"]["value"] == id;
        assert_eq!(media.iter().filter(bears).count(), 1);
    }
}

#[tokio::test]
async fn a_queue_that_nobody_worked_off_is_filed_exactly_once_after_a_restart() {
    let server = Server::on_disk().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    desk.send(&photo).await;
    // A patient reader that hangs keeps the picture queued: nothing has gone to ALEX yet.
    server
        .practice
        .fault("GET /FHIR/Patient/*", "timeout", 1)
        .await;
    desk.commit(&[photo.id()]).await.is_fine();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(desk.state(photo.id()).await, PictureState::Queued);
    assert_eq!(server.practice.posts().await, 0);

    let server = server.killed().await;
    let desk = again(&desk, &server);
    until(&desk, &photo, |state| {
        matches!(state, PictureState::Filed { .. })
    })
    .await;
    let server = server.restarted().await;
    assert_eq!(
        (
            server.practice.media().await.len(),
            server.practice.posts().await
        ),
        (1, 1)
    );
    let recorded = &server.practice.media().await[0];
    let bytes = server
        .practice
        .recorded(recorded["id"].as_str().unwrap())
        .await;
    assert_eq!(bytes, photo.bytes);
}

#[tokio::test]
async fn a_picture_that_was_on_its_way_is_looked_for_before_it_is_posted_again() {
    let server = Server::on_disk().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    desk.send(&photo).await;
    server
        .practice
        .fault("POST /FHIR/Media", "timeout", 1)
        .await;
    desk.commit(&[photo.id()]).await.is_fine();
    until(&desk, &photo, |state| *state == PictureState::Sending).await;
    eventually(async || server.practice.posts().await > 0).await;

    let server = server.killed().await;
    let desk = again(&desk, &server);
    server.clock.pass(Duration::from_secs(119));
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(
        desk.state(photo.id()).await,
        PictureState::Sending,
        "ALEX may still be at it"
    );
    server.clock.pass(Duration::from_secs(1));
    until(&desk, &photo, |state| {
        matches!(state, PictureState::Unknown { .. })
    })
    .await;
    desk.commit(&[photo.id()]).await.is_refused(409, "stale");
    let server = server.restarted().await;
    let desk = again(&desk, &server);
    assert!(matches!(
        desk.state(photo.id()).await,
        PictureState::Unknown { .. }
    ));
    assert_eq!(server.practice.posts().await, 1, "not posted again");

    let state = server.settle(&desk, photo.id()).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    let (media, posts) = (server.practice.media().await, server.practice.posts().await);
    assert_eq!((media.len(), posts), (1, 2));
    assert_eq!(server.practice.searches().await, 2);
}

#[tokio::test]
async fn an_end_that_was_due_while_the_server_was_down_comes_when_it_is_up() {
    let server = Server::on_disk().await;
    let desk = server.desk().await;
    let key = desk.send(&TestPhoto::new()).await;
    let (clock, session) = (std::sync::Arc::clone(&server.clock), desk.session);
    let server = {
        let mut server = server;
        server.stop().await;
        clock.pass(Duration::from_secs(3 * 60 * 60));
        server.killed().await
    };
    let ended = |kept: &Option<clinical_images::session::Session>| {
        kept.as_ref()
            .is_some_and(|kept| kept.view.ended.is_some() && kept.pending_deletions.is_empty())
    };
    let kept = || server.sessions.load(session);
    eventually(async || ended(&kept().await.unwrap())).await;
    assert!(!server.practice.holds(&key).await);
}
