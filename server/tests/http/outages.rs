//! Something behind the server is away: it says so, nothing changes, and afterwards all is as before.

use super::browser::Answer;
use super::functions::{ALL, Scene, Whose};
use super::server::{Server, eventually};
use super::test_photo::TestPhoto;
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::session::Event;
use http::Method;
use serde_json::json;
use std::time::Duration;

#[track_caller]
fn is_away(answer: &Answer, refusal: &str) {
    answer.is_refused(503, refusal);
    let wait: u32 = answer
        .header("retry-after")
        .parse()
        .expect("says when to come again");
    assert!(wait > 0);
}

#[tokio::test]
async fn without_its_session_store_the_server_says_so_and_changes_nothing() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let open_offer = scene.desk.offer().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": super::practice::PATIENT }))
        .await;
    let before = server.sessions.load(scene.desk.session).await;
    server.sessions.go_away();

    for function in &ALL {
        for (whose, scope) in function.scopes(&scene) {
            let own = if whose == Whose::Desk {
                &scene.desk
            } else {
                &scene.phone
            };
            is_away(
                &own.browser
                    .ask(function.path, function.call(&scene, scope))
                    .await,
                "storeUnavailable",
            );
        }
    }
    let claim = json!({ "code": open_offer.code() });
    is_away(
        &server.browser().ask("phone/claim", claim).await,
        "storeUnavailable",
    );
    is_away(
        &scene.desk.browser.get(&scene.desk.events_path()).await,
        "storeUnavailable",
    );
    is_away(
        &scene
            .desk
            .browser
            .get(&scene.desk.picture_path(scene.at_desk.id()))
            .await,
        "storeUnavailable",
    );
    let refused = launch.open_in(&server.browser()).await;
    assert_eq!(
        refused.header("location"),
        "/launch-problem/storeUnavailable"
    );
    let page = scene
        .desk
        .browser
        .get(&format!("/desk/{}", scene.desk.session))
        .await;
    assert!(
        page.text.contains("cannot reach its session store"),
        "{}",
        page.text
    );

    server.sessions.come_back();
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
    scene.phone.send(&TestPhoto::new()).await;
    server.phone(&open_offer).await;
    let opened = launch.open_in(&server.browser()).await;
    assert!(
        opened.header("location").starts_with("/desk/"),
        "the launch was not used up"
    );
}

#[tokio::test]
async fn an_answer_of_the_session_store_that_got_lost_turns_nobody_away() {
    let server = Server::open().await;
    server.sessions.lose_first_answers();
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let photo = TestPhoto::new();
    phone.send(&photo).await;
    let pictures = desk.snapshot().await.pictures;
    let ids: Vec<_> = pictures.iter().map(|picture| picture.id).collect();
    assert_eq!(ids, [photo.id()], "done once");
}

#[tokio::test]
async fn a_store_that_answers_with_another_commands_reply_is_at_fault_and_not_the_caller() {
    let server = Server::open().await;
    let desk = server.desk().await;
    server.sessions.lose_first_answers();
    server.sessions.mix_up_replies();
    is_away(&desk.reserve(&TestPhoto::new()).await, "storeUnavailable");
    // Where nothing is asked but that it be done, any reply will do.
    desk.ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
}

#[tokio::test]
async fn a_stream_that_loses_the_store_ends_and_the_next_one_misses_nothing() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let mut stream = scene.desk.follow().await;
    let snapshot = stream.next().await.unwrap();
    server.sessions.go_away();
    is_away(
        &scene.desk.browser.get(&scene.desk.events_path()).await,
        "storeUnavailable",
    );
    server.sessions.come_back();
    let photo = TestPhoto::new();
    scene.phone.send(&photo).await;
    let arrived = |event: &Event| {
        *event
            == Event::PictureArrived {
                picture: photo.id(),
            }
    };
    let mut again = scene.desk.follow_after(&snapshot.id).await;
    assert_eq!(stream.until(arrived).await, again.until(arrived).await);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_written_down_is_kept_until_the_store_is_back() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let picture = scene.at_desk.id();
    server.sessions.go_away_after_a_claim();
    scene.desk.commit(&[picture]).await.is_fine();
    eventually(async || !server.practice.media().await.is_empty()).await;
    server.sessions.come_back();
    let state = || scene.desk.state(picture);
    eventually(async || matches!(state().await, PictureState::Filed { .. })).await;
    let (posts, searches) = (
        server.practice.posts().await,
        server.practice.searches().await,
    );
    assert_eq!((posts, searches), (1, 0), "nothing had to be looked for");
}

#[tokio::test]
async fn without_its_picture_store_the_server_keeps_the_place_and_says_so() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let photo = TestPhoto::new();
    let presigned: super::client::PresignedPut = scene.phone.reserve(&photo).await.value();
    assert_eq!(presigned.put(&photo.bytes).await, 200);
    let before = server.sessions.load(scene.desk.session).await;
    server.practice.store_goes_away().await;
    is_away(
        &scene.phone.arrived(photo.id()).await,
        "objectStoreUnavailable",
    );
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
    server.practice.store_comes_back().await;
    scene.phone.arrived(photo.id()).await.is_fine();
}

#[tokio::test]
async fn a_session_ends_without_its_picture_store_and_the_copies_go_when_it_is_back() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let key = desk.send(&TestPhoto::new()).await;
    desk.ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    server.practice.store_goes_away().await;
    server.clock.pass(Duration::from_secs(24 * 60 * 60));
    // Long enough for the scheduler to have tried.
    tokio::time::sleep(Duration::from_millis(800)).await;
    let kept = server.sessions.load(desk.session).await.unwrap();
    assert!(kept.is_some(), "not forgotten before its copies are gone");
    server.practice.store_comes_back().await;
    let kept = || server.sessions.load(desk.session);
    eventually(async || kept().await.unwrap().is_none()).await;
    assert!(!server.practice.holds(&key).await);
    let gone = desk
        .browser
        .send(desk.browser.bare(Method::GET, &desk.events_path()))
        .await;
    gone.is_refused(404, "sessionUnknown");
}
