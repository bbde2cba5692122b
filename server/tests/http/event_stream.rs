//! The event stream as a protocol: ids, replay, snapshots, refusals.

use super::client::Client;
use super::event_reader::{Heard, Stream, folded};
use super::functions::Scene;
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::session::Event;
use http::Method;
use serde_json::json;

async fn note(desk: &Client, photo: &TestPhoto, note: &str) {
    let args = json!({ "pictures": [photo.id()], "change": { "note": note } });
    desk.on("pictures/describe", args).await.is_fine();
}

fn is_end(event: &Event) -> bool {
    matches!(event, Event::SessionEnded { .. })
}

/// A session with some history, and all that a reader from its beginning hears of it.
async fn history(server: &Server) -> (Scene, Vec<Heard>) {
    let scene = Scene::on(server).await;
    let from_the_start = format!("{}.0", scene.view.epoch);
    let mut stream = scene.desk.follow_after(&from_the_start).await;
    note(&scene.desk, &scene.at_desk, "the last").await;
    let last = |event: &Event| matches!(event, Event::PicturesDescribed { .. });
    let heard = stream.until(last).await;
    (scene, heard)
}

#[tokio::test]
async fn a_stream_begins_with_the_present_state_and_goes_on_one_by_one() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let mut stream = scene.desk.follow().await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-store, no-transform");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    for round in 0..5 {
        note(&scene.desk, &scene.at_desk, &format!("round {round}")).await;
    }
    scene
        .desk
        .ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    let heard = stream.until_the_end().await;
    let first = heard[0].snapshot();
    assert_eq!(heard[0].cursor(), (first.epoch, first.revision));
    for pair in heard.windows(2) {
        let ((epoch, revision), next) = (pair[0].cursor(), pair[1].cursor());
        assert_eq!(next, (epoch, revision + 1));
        assert_eq!(
            pair[1].change().revision,
            revision + 1,
            "the id is the event's number"
        );
    }
    let changes = &heard[heard.len().saturating_sub(3)..];
    assert!(changes.iter().any(|heard| is_end(&heard.change().event)));
    assert_eq!(folded(&heard), scene.desk.snapshot().await);
}

#[tokio::test]
async fn after_a_break_it_goes_on_without_a_gap_or_a_repeat() {
    let server = Server::open().await;
    let (scene, all) = history(&server).await;
    let revisions: Vec<u64> = all.iter().map(|heard| heard.cursor().1).collect();
    assert_eq!(revisions, (1..=all.len() as u64).collect::<Vec<_>>());
    for (nth, last) in all.iter().enumerate() {
        let mut stream = scene.desk.follow_after(&last.id).await;
        for expected in &all[nth + 1..] {
            assert_eq!(
                stream.next().await.as_ref(),
                Some(expected),
                "after {}",
                last.id
            );
        }
    }
    // The last of them waits for what comes next, and hears that first.
    let mut stream = scene.desk.follow_after(&all.last().unwrap().id).await;
    note(&scene.desk, &scene.at_desk, "and one more").await;
    assert_eq!(
        stream.next().await.unwrap().cursor().1,
        all.len() as u64 + 1
    );
}

#[tokio::test]
async fn the_first_connection_may_name_its_place_and_a_later_one_overrides_it() {
    let server = Server::open().await;
    let (scene, all) = history(&server).await;
    let path = format!("{}?after={}", scene.desk.events_path(), all[2].id);
    let browser = &scene.desk.browser;
    let mut stream = Stream::of(browser.bare(Method::GET, &path).send().await.unwrap()).await;
    assert_eq!(stream.next().await.as_ref(), Some(&all[3]));
    let again = browser
        .bare(Method::GET, &path)
        .header("last-event-id", &all[4].id);
    let mut stream = Stream::of(again.send().await.unwrap()).await;
    assert_eq!(stream.next().await.as_ref(), Some(&all[5]));
}

#[tokio::test]
async fn a_place_in_another_history_or_in_the_future_starts_over() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let (epoch, revision) = (scene.view.epoch, scene.view.revision);
    for id in [
        format!("{}.{revision}", epoch ^ 1),
        format!("{epoch}.{}", revision + 1),
        format!("{epoch}.{}", u64::MAX),
        format!("{epoch}"),
        "-1.-1".to_owned(),
        "nonsense".to_owned(),
    ] {
        let mut stream = scene.desk.follow_after(&id).await;
        let first = stream.next().await.unwrap();
        assert_eq!(first.snapshot(), scene.view, "{id}");
        assert_eq!(first.cursor(), (epoch, revision), "{id}");
    }
}

#[tokio::test]
async fn a_reader_who_may_not_is_told_why_and_gets_no_stream() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let stranger = server.browser();
    stranger
        .get(&scene.desk.events_path())
        .await
        .is_refused(401, "noAccessToken");
    stranger
        .get("/events/phone")
        .await
        .is_refused(401, "noAccessToken");
    stranger
        .get("/events/desk/nonsense")
        .await
        .is_refused(404, "sessionUnknown");
    let crossed = scene.phone.browser.get(&scene.desk.events_path()).await;
    crossed.is_refused(401, "noAccessToken");
}

#[tokio::test]
async fn who_comes_back_after_the_end_hears_of_it() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let id = format!("{}.{}", scene.view.epoch, scene.view.revision);
    scene
        .desk
        .ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    let missed = scene.desk.follow_after(&id).await.until_the_end().await;
    assert!(missed.iter().any(|missed| is_end(&missed.change().event)));
    let fresh = scene.desk.follow().await.until_the_end().await;
    assert_eq!(fresh.len(), 1);
    assert!(fresh[0].snapshot().ended.is_some());
    let phone = scene.phone.browser.get("/events/phone").await;
    phone.is_refused(410, "sessionEnded discarded");
}
