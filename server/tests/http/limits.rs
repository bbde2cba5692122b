//! Limits that an operator has moved, at their edges and through the front door.

use super::server::{Plan, Server};
use super::shot::Shot;
use clinical_images::session::Limits;
use serde_json::json;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn server(limits: Limits) -> Server {
    Server::with(Plan {
        limits,
        ..Plan::default()
    })
    .await
}

#[tokio::test]
async fn a_code_of_one_second_is_claimed_within_it_and_not_after_it() {
    let server = server(Limits {
        pairing: SECOND,
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    let offer = desk.offer().await;
    server.clock.pass(Duration::from_millis(999));
    server.phone(&offer).await;
    let offer = desk.offer().await;
    server.clock.pass(SECOND);
    let late = json!({ "code": offer.code() });
    let late = server.browser().ask("phone/claim", late).await;
    late.is_refused(410, "linkEnded expired");
}

#[tokio::test]
async fn a_session_for_two_pictures_takes_two_and_says_so() {
    let server = server(Limits {
        most_pictures: 2,
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    assert_eq!(desk.snapshot().await.most_pictures, 2);
    for _ in 0..2 {
        desk.send(&Shot::new()).await;
    }
    let third = desk.reserve(&Shot::new()).await;
    third.is_refused(409, "sessionFull");
}

#[tokio::test]
async fn an_idle_phone_is_refused_before_anybody_has_looked() {
    let server = server(Limits {
        phone_idle: 5 * SECOND,
        session_idle: 20 * SECOND,
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    server.clock.pass(5 * SECOND);
    let late = phone.reserve(&Shot::new()).await;
    late.is_refused(410, "linkEnded idle");
    desk.reserve(&Shot::new()).await.is_fine();
    server.clock.pass(20 * SECOND);
    let late = desk.reserve(&Shot::new()).await;
    late.is_refused(410, "sessionEnded idle");
}

#[tokio::test]
async fn permissions_live_as_long_as_was_set() {
    let server = server(Limits {
        put: 77 * SECOND,
        get: 99 * SECOND,
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    let shot = Shot::new();
    let ticket: super::seat::Ticket = desk.reserve(&shot).await.value();
    assert!(ticket.url.contains("X-Amz-Expires=77&"), "{}", ticket.url);
    assert_eq!(ticket.put(&shot.bytes).await, 200);
    desk.arrived(shot.id()).await.is_fine();
    let look = desk.browser.get(&desk.picture_path(shot.id())).await;
    let place = look.header("location").to_owned();
    assert!(place.contains("X-Amz-Expires=99&"), "{place}");
}
