//! Pictures on their way in: a place, a permission, the bytes, and what the server makes of what arrived.

use super::seat::{Seat, Ticket};
use super::server::Server;
use super::shot::Shot;
use clinical_images::digest::Sha256;
use clinical_images::picture::PictureState;
use futures::future::join_all;
use serde_json::json;

async fn ticket(seat: &Seat, shot: &Shot) -> Ticket {
    seat.reserve(shot).await.value()
}

/// The same permission with one header changed.
fn with(ticket: &Ticket, name: &str, value: &str) -> Ticket {
    let mut changed = ticket.clone();
    let header = changed.headers.iter_mut().find(|(known, _)| known == name);
    value.clone_into(&mut header.unwrap().1);
    changed
}

#[tokio::test]
async fn of_twenty_five_places_at_once_exactly_twenty_are_kept() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let shots: Vec<Shot> = (0..25).map(|_| Shot::new()).collect();
    let reserve = |(nth, shot)| {
        let seat: &Seat = if nth % 2 == 0 { &desk } else { &phone };
        seat.reserve(shot)
    };
    let answers = join_all(shots.iter().enumerate().map(reserve)).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 200)
        .collect();
    assert_eq!(refused.len(), 5);
    for answer in refused {
        answer.is_refused(409, "sessionFull");
    }
    let view = desk.snapshot().await;
    assert_eq!((view.pictures.len(), view.room_left()), (20, 0));
    let phones_view = phone.snapshot().await;
    assert_eq!(
        phones_view.room_left(),
        0,
        "a phone counts what it does not see"
    );

    let gone = view.pictures[0].id;
    desk.on("pictures/remove", json!({ "picture": gone }))
        .await
        .is_fine();
    desk.reserve(&Shot::new()).await.is_fine();
    desk.reserve(&Shot::new())
        .await
        .is_refused(409, "sessionFull");
}

#[tokio::test]
async fn the_store_takes_exactly_what_was_announced_and_that_once() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let shot = Shot::new();
    let ticket = ticket(&desk, &shot).await;
    let longer = [&shot.bytes[..], b"more"].concat();
    let mut other = shot.bytes.clone();
    other[30] ^= 1;
    let digest = Sha256::of(&other).to_base64();
    assert_eq!(ticket.put(&longer).await, 403, "another length");
    assert_eq!(ticket.put(&other).await, 400, "other bytes");
    let lying = with(&ticket, "x-amz-checksum-sha256", &digest);
    assert_eq!(lying.put(&other).await, 403, "another digest");
    let page = with(&ticket, "content-type", "text/html");
    assert_eq!(page.put(&shot.bytes).await, 403, "another type");
    desk.arrived(shot.id())
        .await
        .is_refused(409, "uploadMissing");

    assert_eq!(ticket.put(&shot.bytes).await, 200);
    assert_eq!(ticket.put(&shot.bytes).await, 412, "a replay");
    desk.arrived(shot.id()).await.is_fine();
    assert_eq!(desk.state(shot.id()).await, PictureState::Ready);
}

#[tokio::test]
async fn what_cannot_be_a_prepared_picture_gets_no_place() {
    let server = Server::open().await;
    let desk = server.desk().await;
    for shot in [
        Shot::new().announced(|it| it.length = 1_000_001),
        Shot::new().announced(|it| it.length = 0),
        Shot::new().announced(|it| it.width = 1921),
        Shot::new().announced(|it| it.height = 0),
    ] {
        desk.reserve(&shot)
            .await
            .is_refused(422, "pictureOutOfBounds");
    }
    let largest =
        Shot::new().announced(|it| (it.length, it.width, it.height) = (1_000_000, 1920, 1920));
    desk.reserve(&largest).await.is_fine();
    assert_eq!(desk.snapshot().await.pictures.len(), 1);
}

#[tokio::test]
async fn what_arrived_is_looked_at_and_not_believed() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let png = Shot::of(b"\x89PNG\r\n\x1a\n and so on".to_vec());
    let mut cut = Shot::new().bytes;
    cut.truncate(cut.len() - 2);
    for (what, shot) in [
        ("EXIF", Shot::with_exif()),
        ("no JPEG", png),
        ("half a JPEG", Shot::of(cut)),
        (
            "other sides",
            Shot::new().announced(|it| (it.width, it.height) = (48, 64)),
        ),
        ("another width", Shot::new().announced(|it| it.width = 65)),
    ] {
        let ticket = ticket(&desk, &shot).await;
        assert_eq!(ticket.put(&shot.bytes).await, 200, "{what}");
        let answer = desk.arrived(shot.id()).await;
        assert_eq!(
            answer.refusal(),
            (409, "uploadDiffers".to_owned()),
            "{what}"
        );
        assert_eq!(
            desk.state(shot.id()).await,
            PictureState::Reserved,
            "{what}"
        );
        let look = desk.browser.get(&desk.picture_path(shot.id())).await;
        look.is_refused(404, "pictureUnknown");
    }
}

#[tokio::test]
async fn bytes_that_somebody_slipped_in_do_not_count_and_a_new_attempt_does() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let (shot, other) = (Shot::new(), Shot::new());
    let first = ticket(&desk, &shot).await;
    server.practice.slip_in(&first.key(), &other.bytes).await;
    assert_eq!(first.put(&shot.bytes).await, 412, "create-only");
    desk.arrived(shot.id())
        .await
        .is_refused(409, "uploadDiffers");

    let second = ticket(&desk, &shot).await;
    assert_ne!(first.key(), second.key());
    assert_eq!(second.put(&shot.bytes).await, 200);
    desk.arrived(shot.id()).await.is_fine();
    assert_eq!(desk.snapshot().await.pictures.len(), 1);
}

#[tokio::test]
async fn to_say_twice_that_it_arrived_is_harmless() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let shot = Shot::new();
    let ticket = ticket(&desk, &shot).await;
    assert_eq!(ticket.put(&shot.bytes).await, 200);
    let answers = join_all((0..8).map(|_| desk.arrived(shot.id()))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let revision = desk.snapshot().await.revision;
    assert_eq!(revision, 2, "one event each for the place and the arrival");
    desk.arrived(shot.id()).await.is_fine();
    assert_eq!(desk.snapshot().await.revision, revision);
    desk.reserve(&shot).await.is_refused(409, "pictureFixed");
    desk.arrived(Shot::new().id())
        .await
        .is_refused(404, "pictureUnknown");
}

#[tokio::test]
async fn whoever_may_look_is_sent_to_the_very_bytes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let shot = Shot::new();
    phone.send(&shot).await;
    for seat in [&desk, &phone] {
        let look = seat.browser.get(&seat.picture_path(shot.id())).await;
        assert_eq!(look.status, 303);
        assert_eq!(look.header("cache-control"), "private, no-store");
        let shown = server
            .practice
            .client
            .get(look.header("location"))
            .send()
            .await
            .unwrap();
        assert_eq!(shown.headers()["content-type"], "image/jpeg");
        assert_eq!(shown.bytes().await.unwrap(), shot.bytes);
    }
    desk.on("pictures/remove", json!({ "picture": shot.id() }))
        .await
        .is_fine();
    for seat in [&desk, &phone] {
        let look = seat.browser.get(&seat.picture_path(shot.id())).await;
        look.is_refused(404, "pictureUnknown");
    }
}

#[tokio::test]
async fn the_key_of_an_object_tells_nothing() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let first = ticket(&desk, &Shot::new()).await;
    for told in [
        super::practice::NHI,
        super::practice::PATIENT,
        &desk.session.to_string(),
    ] {
        assert!(!first.url.contains(told), "{told} in {}", first.url);
    }
    assert!(
        first.url.starts_with(&server.practice.vault_origin()),
        "straight to the store"
    );
}
