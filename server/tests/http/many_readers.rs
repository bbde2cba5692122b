//! Many readers of the event stream: each sees what it may, all see the same, and all are let go at the end.

use super::client::Client;
use super::event_reader::{Heard, folded};
use super::functions::Scene;
use super::practice::{NHI, PATIENT};
use super::server::{PATIENCE, Server};
use super::test_photo::TestPhoto;
use clinical_images::session::{EndOfLink, Event};
use futures::future::join_all;
use serde_json::json;

async fn end(desk: &Client) {
    desk.ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
}

#[tokio::test]
async fn a_phone_hears_of_itself_and_of_others_only_that_something_happened() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let mut stream = scene.phone.follow().await;
    let snapshot = stream.next().await.unwrap();
    let neighbour = server.phone(&scene.desk.offer().await).await;
    let (theirs, own) = (TestPhoto::new(), TestPhoto::new());
    neighbour.send(&theirs).await;
    scene.phone.send(&own).await;
    let change = json!({ "pictures": [theirs.id(), own.id()], "change": { "note": "for both" } });
    scene.desk.on("pictures/describe", change).await.is_fine();
    neighbour
        .on("pictures/remove", json!({ "picture": theirs.id() }))
        .await
        .is_fine();
    scene
        .desk
        .on("pictures/remove", json!({ "picture": scene.at_desk.id() }))
        .await
        .is_fine();
    let expected = scene.phone.snapshot().await;
    end(&scene.desk).await;

    let heard: Vec<Heard> = [vec![snapshot], stream.until_the_end().await].concat();
    let text: String = heard.iter().map(|heard| heard.data.as_str()).collect();
    let (at_desk, theirs) = (scene.at_desk.id().to_string(), theirs.id().to_string());
    for hidden in [NHI, PATIENT, &at_desk, &theirs] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let changes: Vec<Event> = heard[1..]
        .iter()
        .map(|heard| heard.change().event)
        .collect();
    let elsewhere: i32 = changes
        .iter()
        .filter_map(|event| match event {
            Event::Redacted { others } => Some(others),
            _ => None,
        })
        .sum();
    assert_eq!(elsewhere, -1, "one came and went, and the desktop's went");
    // All but the end, which a phone hears of its link first.
    let before_the_end = heard.iter().take_while(|heard| {
        let ending =
            |event: &Event| matches!(event, Event::LinkEnded { .. } | Event::SessionEnded { .. });
        heard.kind == "snapshot" || !ending(&heard.change().event)
    });
    let before_the_end: Vec<Heard> = before_the_end.cloned().collect();
    let mut view = folded(&before_the_end);
    assert!(view.revision >= expected.revision);
    view.revision = expected.revision;
    assert_eq!(view, expected);
}

#[tokio::test]
async fn a_phone_misses_nothing_of_its_own_however_fast_it_goes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let streams = join_all((0..12).map(|_| phone.follow())).await;
    let photos: Vec<TestPhoto> = (0..20).map(|_| TestPhoto::new()).collect();
    for eight in photos.chunks(8) {
        join_all(eight.iter().map(|photo| phone.send(photo))).await;
    }
    let expected = phone.snapshot().await;
    phone.say("leave").await.is_fine();
    for heard in join_all(
        streams
            .into_iter()
            .map(|mut stream| async move { stream.until_the_end().await }),
    )
    .await
    {
        let view = folded(&heard[..heard.len() - 1]);
        assert_eq!(view, expected);
    }
}

#[tokio::test]
async fn a_phone_hears_of_a_picture_that_came_while_its_events_were_being_read() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let mut stream = phone.follow().await;
    let snapshot = stream.next().await.unwrap();
    let held = server.sessions.events.hold().await;
    // The stream is notified of this, loads the session, and then has to wait for the events.
    desk.offer().await;
    server.sessions.events.has_waiter().await;
    let photo = TestPhoto::new();
    phone.send(&photo).await;
    let expected = phone.snapshot().await;
    drop(held);
    phone.say("leave").await.is_fine();
    let mut heard = [vec![snapshot], stream.until_the_end().await].concat();
    heard.pop();
    assert_eq!(folded(&heard), expected);
}

#[tokio::test]
async fn a_phone_that_is_cut_off_hears_so_and_its_stream_ends_and_the_others_go_on() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let neighbour = server.phone(&scene.desk.offer().await).await;
    let (mut cut_off, mut stays, mut desk) = (
        scene.phone.follow().await,
        neighbour.follow().await,
        scene.desk.follow().await,
    );
    scene
        .desk
        .ask("desk/revoke-link", json!({ "link": scene.offer.link }))
        .await
        .is_fine();
    let last = cut_off.until_the_end().await.pop().unwrap().change().event;
    let why = EndOfLink::Revoked;
    assert_eq!(
        last,
        Event::LinkEnded {
            link: scene.offer.link,
            why
        }
    );
    let again = scene.phone.browser.get("/events/phone").await;
    again.is_refused(410, "linkEnded revoked");

    let photo = TestPhoto::new();
    neighbour.send(&photo).await;
    let arrived = |event: &Event| {
        *event
            == Event::PictureArrived {
                picture: photo.id(),
            }
    };
    desk.until(arrived).await;
    stays.until(arrived).await;
}

#[tokio::test]
async fn sixty_readers_see_the_same_as_one() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let streams = join_all((0..60).map(|_| scene.desk.follow())).await;
    for round in 0..10 {
        let change = json!({ "note": format!("round {round}") });
        let args = json!({ "pictures": [scene.at_desk.id()], "change": change });
        scene.desk.on("pictures/describe", args).await.is_fine();
    }
    end(&scene.desk).await;
    let now = scene.desk.snapshot().await;
    for heard in join_all(
        streams
            .into_iter()
            .map(|mut stream| async move { stream.until_the_end().await }),
    )
    .await
    {
        assert_eq!(folded(&heard), now);
    }
}

#[tokio::test]
async fn a_stop_ends_open_streams_at_once() {
    let mut server = Server::open().await;
    let scene = Scene::on(&server).await;
    let mut streams = join_all((0..5).map(|_| scene.desk.follow())).await;
    streams.push(scene.phone.follow().await);
    for stream in &mut streams {
        stream.next().await.unwrap();
    }
    // Without being told to, an open stream would keep the server from ending for ever.
    server.stop().await;
    let ends = join_all(
        streams
            .into_iter()
            .map(|mut stream| async move { stream.until_the_end().await }),
    );
    let ends = tokio::time::timeout(PATIENCE, ends).await.unwrap();
    assert!(ends.iter().all(Vec::is_empty));
}

#[tokio::test]
async fn readers_do_not_keep_a_session_alive() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let mut stream = desk.follow().await;
    stream.next().await.unwrap();
    server
        .clock
        .pass(std::time::Duration::from_secs(2 * 60 * 60));
    let last = stream.until_the_end().await.pop().unwrap().change().event;
    let why = clinical_images::session::EndOfSession::Idle;
    assert_eq!(last, Event::SessionEnded { why });
}
