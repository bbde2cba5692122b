//! Pictures on their way in: a place, a permission, the bytes, and what the server makes of what arrived.

use super::client::{Client, PresignedPut};
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::digest::Sha256;
use clinical_images::picture::PictureState;
use futures::future::join_all;
use serde_json::json;

async fn presigned(client: &Client, photo: &TestPhoto) -> PresignedPut {
    client.reserve(photo).await.value()
}

/// The same permission with one header changed.
fn with(presigned: &PresignedPut, name: &str, value: &str) -> PresignedPut {
    let mut changed = presigned.clone();
    let header = changed.headers.iter_mut().find(|(known, _)| known == name);
    value.clone_into(&mut header.unwrap().1);
    changed
}

#[tokio::test]
async fn of_twenty_five_places_at_once_exactly_twenty_are_kept() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let photos: Vec<TestPhoto> = (0..25).map(|_| TestPhoto::new()).collect();
    let reserve = |(nth, photo)| {
        let client: &Client = if nth % 2 == 0 { &desk } else { &phone };
        client.reserve(photo)
    };
    let answers = join_all(photos.iter().enumerate().map(reserve)).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 200)
        .collect();
    assert_eq!(refused.len(), 5);
    for answer in refused {
        answer.is_refused(409, "sessionFull");
    }
    let view = desk.snapshot().await;
    assert_eq!((view.pictures.len(), view.remaining_capacity()), (20, 0));
    let phones_view = phone.snapshot().await;
    assert_eq!(
        phones_view.remaining_capacity(),
        0,
        "a phone counts what it does not see"
    );

    let gone = view.pictures[0].id;
    desk.on("pictures/remove", json!({ "picture": gone }))
        .await
        .is_fine();
    desk.reserve(&TestPhoto::new()).await.is_fine();
    desk.reserve(&TestPhoto::new())
        .await
        .is_refused(409, "sessionFull");
}

#[tokio::test]
async fn the_store_takes_exactly_what_was_announced_and_that_once() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    let presigned = presigned(&desk, &photo).await;
    let longer = [&photo.bytes[..], b"more"].concat();
    let mut other = photo.bytes.clone();
    other[30] ^= 1;
    let digest = Sha256::of(&other).to_base64();
    assert_eq!(presigned.put(&longer).await, 403, "another length");
    assert_eq!(presigned.put(&other).await, 400, "other bytes");
    let lying = with(&presigned, "x-amz-checksum-sha256", &digest);
    assert_eq!(lying.put(&other).await, 403, "another digest");
    let page = with(&presigned, "content-type", "text/html");
    assert_eq!(page.put(&photo.bytes).await, 403, "another type");
    desk.arrived(photo.id())
        .await
        .is_refused(409, "uploadMissing");

    assert_eq!(presigned.put(&photo.bytes).await, 200);
    assert_eq!(presigned.put(&photo.bytes).await, 412, "a replay");
    desk.arrived(photo.id()).await.is_fine();
    assert_eq!(desk.state(photo.id()).await, PictureState::Ready);
}

#[tokio::test]
async fn what_cannot_be_a_prepared_picture_gets_no_place() {
    let server = Server::open().await;
    let desk = server.desk().await;
    for photo in [
        TestPhoto::new().announced(|it| it.length = 1_000_001),
        TestPhoto::new().announced(|it| it.length = 0),
        TestPhoto::new().announced(|it| it.width = 1921),
        TestPhoto::new().announced(|it| it.height = 0),
    ] {
        desk.reserve(&photo)
            .await
            .is_refused(422, "pictureOutOfBounds");
    }
    let largest =
        TestPhoto::new().announced(|it| (it.length, it.width, it.height) = (1_000_000, 1920, 1920));
    desk.reserve(&largest).await.is_fine();
    assert_eq!(desk.snapshot().await.pictures.len(), 1);
}

#[tokio::test]
async fn what_arrived_is_looked_at_and_not_believed() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let png = TestPhoto::of(b"\x89PNG\r\n\x1a\n and so on".to_vec());
    let mut cut = TestPhoto::new().bytes;
    cut.truncate(cut.len() - 2);
    for (what, photo) in [
        ("EXIF", TestPhoto::with_exif()),
        ("no JPEG", png),
        ("half a JPEG", TestPhoto::of(cut)),
        (
            "other sides",
            TestPhoto::new().announced(|it| (it.width, it.height) = (48, 64)),
        ),
        (
            "another width",
            TestPhoto::new().announced(|it| it.width = 65),
        ),
    ] {
        let presigned = presigned(&desk, &photo).await;
        assert_eq!(presigned.put(&photo.bytes).await, 200, "{what}");
        let answer = desk.arrived(photo.id()).await;
        assert_eq!(
            answer.refusal(),
            (409, "uploadDiffers".to_owned()),
            "{what}"
        );
        assert_eq!(
            desk.state(photo.id()).await,
            PictureState::Reserved,
            "{what}"
        );
        let look = desk.browser.get(&desk.picture_path(photo.id())).await;
        look.is_refused(404, "pictureUnknown");
    }
}

#[tokio::test]
async fn bytes_that_somebody_slipped_in_do_not_count_and_a_new_attempt_does() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let (photo, other) = (TestPhoto::new(), TestPhoto::new());
    let first = presigned(&desk, &photo).await;
    server
        .practice
        .put_unannounced(&first.key(), &other.bytes)
        .await;
    assert_eq!(first.put(&photo.bytes).await, 412, "create-only");
    desk.arrived(photo.id())
        .await
        .is_refused(409, "uploadDiffers");

    let second = presigned(&desk, &photo).await;
    assert_ne!(first.key(), second.key());
    assert_eq!(second.put(&photo.bytes).await, 200);
    desk.arrived(photo.id()).await.is_fine();
    assert_eq!(desk.snapshot().await.pictures.len(), 1);
}

#[tokio::test]
async fn to_say_twice_that_it_arrived_is_harmless() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    let presigned = presigned(&desk, &photo).await;
    assert_eq!(presigned.put(&photo.bytes).await, 200);
    let answers = join_all((0..8).map(|_| desk.arrived(photo.id()))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let revision = desk.snapshot().await.revision;
    assert_eq!(revision, 2, "one event each for the place and the arrival");
    desk.arrived(photo.id()).await.is_fine();
    assert_eq!(desk.snapshot().await.revision, revision);
    desk.reserve(&photo).await.is_refused(409, "pictureFixed");
    desk.arrived(TestPhoto::new().id())
        .await
        .is_refused(404, "pictureUnknown");
}

#[tokio::test]
async fn whoever_may_look_is_sent_to_the_very_bytes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let photo = TestPhoto::new();
    phone.send(&photo).await;
    for client in [&desk, &phone] {
        let look = client.browser.get(&client.picture_path(photo.id())).await;
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
        assert_eq!(shown.bytes().await.unwrap(), photo.bytes);
    }
    desk.on("pictures/remove", json!({ "picture": photo.id() }))
        .await
        .is_fine();
    for client in [&desk, &phone] {
        let look = client.browser.get(&client.picture_path(photo.id())).await;
        look.is_refused(404, "pictureUnknown");
    }
}

#[tokio::test]
async fn the_key_of_an_object_tells_nothing() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let first = presigned(&desk, &TestPhoto::new()).await;
    for told in [
        super::practice::NHI,
        super::practice::PATIENT,
        &desk.session.to_string(),
    ] {
        assert!(!first.url.contains(told), "{told} in {}", first.url);
    }
    assert!(
        first
            .url
            .starts_with(&server.practice.object_store_origin()),
        "straight to the store"
    );
}
