//! One table of bad input to uploads: each lie is refused with its own reason, nothing breaks, and nothing changes.

use super::client::{Client, PresignedPut};
use super::practice::OTHER_PATIENT;
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::ports::SessionStore as _;
use serde_json::json;

const OUT: &str = "pictureOutOfBounds";
const ODD: &str = "malformed";

async fn presigned(client: &Client, photo: &TestPhoto) -> PresignedPut {
    client.reserve(photo).await.value()
}

/// The same announcement with one part replaced by nonsense.
fn nonsense(photo: &TestPhoto, pointer: &str, value: serde_json::Value) -> serde_json::Value {
    let mut claim = serde_json::to_value(&photo.claim).unwrap();
    *claim.pointer_mut(pointer).unwrap() = value;
    claim
}

#[tokio::test]
async fn every_lie_in_an_announcement_is_refused_by_its_name_and_changes_nothing() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    let before = server.sessions.load(desk.session).await;
    for (lie, part, value, refusal) in [
        ("no bytes", "/rendition/length", json!(0), OUT),
        ("too many", "/rendition/length", json!(1_000_001), OUT),
        ("far too many", "/rendition/length", json!(u64::MAX), OUT),
        ("fewer than none", "/rendition/length", json!(-1), ODD),
        ("too wide", "/rendition/width", json!(1921), OUT),
        ("flat", "/rendition/height", json!(0), OUT),
        ("half a digest", "/rendition/sha256", json!("abcd"), ODD),
        ("no digest", "/rendition/sha256", json!(null), ODD),
        ("no name", "/picture", json!("../../etc"), ODD),
        ("a long note", "/details/note", json!("x".repeat(2001)), ODD),
    ] {
        let claim = nonsense(&photo, part, value);
        let answer = desk.on("pictures/reserve", json!({ "claim": claim })).await;
        assert_eq!(answer.refusal(), (422, refusal.to_owned()), "{lie}");
        let now = server.sessions.load(desk.session).await;
        assert_eq!(now, before, "{lie} changed something");
    }
}

#[tokio::test]
async fn a_permission_opens_no_other_place_neither_in_the_session_nor_in_another() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let other = server.desktop_for(OTHER_PATIENT, server.browser()).await;
    let (ours, neighbour, theirs) = (TestPhoto::new(), TestPhoto::new(), TestPhoto::new());
    let permission = presigned(&desk, &ours).await;
    let places = [
        presigned(&desk, &neighbour).await,
        presigned(&other, &theirs).await,
    ];
    for place in &places {
        let mut moved = permission.clone();
        let (own, others) = (permission.key(), place.key());
        moved.url = permission.url.replace(own.as_str(), others.as_str());
        assert_ne!(moved.url, permission.url);
        assert_eq!(moved.put(&ours.bytes).await, 403);
        assert!(!server.practice.holds(&others).await);
    }
    desk.arrived(theirs.id())
        .await
        .is_refused(404, "pictureUnknown");
    other
        .arrived(ours.id())
        .await
        .is_refused(404, "pictureUnknown");
    let look = other.browser.get(&desk.picture_path(ours.id())).await;
    assert!(matches!(look.status.as_u16(), 401 | 403), "{}", look.status);
    assert_eq!(
        permission.put(&ours.bytes).await,
        200,
        "it was good in its place"
    );
    desk.arrived(ours.id()).await.is_fine();
}
