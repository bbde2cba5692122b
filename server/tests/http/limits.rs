//! Limits that an operator has moved, at their edges and through HTTP.

use super::server::{Plan, Server};
use super::test_photo::TestPhoto;
use clinical_images::picture::{Note, PictureLimits};
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
        desk.send(&TestPhoto::new()).await;
    }
    let third = desk.reserve(&TestPhoto::new()).await;
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
    let late = phone.reserve(&TestPhoto::new()).await;
    late.is_refused(410, "linkEnded idle");
    desk.reserve(&TestPhoto::new()).await.is_fine();
    server.clock.pass(20 * SECOND);
    let late = desk.reserve(&TestPhoto::new()).await;
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
    let photo = TestPhoto::new();
    let presigned: super::client::PresignedPut = desk.reserve(&photo).await.value();
    assert!(
        presigned.url.contains("X-Amz-Expires=77&"),
        "{}",
        presigned.url
    );
    assert_eq!(presigned.put(&photo.bytes).await, 200);
    desk.arrived(photo.id()).await.is_fine();
    let look = desk.browser.get(&desk.picture_path(photo.id())).await;
    let place = look.header("location").to_owned();
    assert!(place.contains("X-Amz-Expires=99&"), "{place}");
}

#[tokio::test]
async fn a_picture_is_taken_at_the_edge_of_what_was_set_and_refused_beyond_it() {
    let picture = PictureLimits {
        output_bytes: 300_000,
        long_side: 1000,
        ..PictureLimits::default()
    };
    let server = server(Limits {
        picture,
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    assert_eq!(desk.snapshot().await.picture_limits, picture);
    let phone = server.phone(&desk.offer().await).await;
    for client in [&desk, &phone] {
        for beyond in [
            TestPhoto::new().announced(|it| it.length = 300_001),
            TestPhoto::new().announced(|it| it.width = 1001),
            TestPhoto::new().announced(|it| it.height = 1001),
        ] {
            let answer = client.reserve(&beyond).await;
            answer.is_refused(422, "pictureOutOfBounds");
        }
        let edge = TestPhoto::new()
            .announced(|it| (it.length, it.width, it.height) = (300_000, 1000, 1000));
        client.reserve(&edge).await.is_fine();
    }
    assert_eq!(desk.snapshot().await.pictures.len(), 2);
}

#[tokio::test]
async fn a_phone_is_told_what_its_pictures_may_be() {
    let picture = PictureLimits {
        input_bytes: 7_000_000,
        input_pixels: 200_000_000,
        tries: 5,
        ..PictureLimits::default()
    };
    let server = server(Limits {
        picture,
        ..Limits::default()
    })
    .await;
    let phone = server.phone(&server.desk().await.offer().await).await;
    assert_eq!(phone.snapshot().await.picture_limits, picture);
}

#[tokio::test]
async fn a_note_is_taken_at_the_length_that_was_set_and_refused_beyond_it() {
    let server = server(Limits {
        picture: PictureLimits {
            note_chars: 100,
            ..PictureLimits::default()
        },
        ..Limits::default()
    })
    .await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    desk.send(&photo).await;
    let note = |length: usize| {
        let note = "ā".repeat(length);
        json!({ "pictures": [photo.id()], "change": { "note": note } })
    };
    desk.on("pictures/describe", note(100)).await.is_fine();
    let answer = desk.on("pictures/describe", note(101)).await;
    answer.is_refused(422, "noteTooLong");
    let mut wordy = TestPhoto::new();
    wordy.claim.details.note = Note::new("ā".repeat(101)).unwrap();
    let answer = desk.reserve(&wordy).await;
    answer.is_refused(422, "noteTooLong");
    let kept = desk.snapshot().await.pictures[0].details.note.length();
    assert_eq!(kept, 100);
}
