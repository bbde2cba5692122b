//! Later revisions of a picture over the wire: the original is read and edited, what is filed are the edited pixels, and the
//! original stays in the store until the session ends.

use super::client::{Client, PresignedPut};
use super::received::pixels;
use super::server::{Server, eventually};
use super::test_photo::TestPhoto;
use clinical_images::codec::{self, Limits, Prepared, to_jpeg_edited};
use clinical_images::digest::Sha256;
use clinical_images::picture::{Area, Crop, Edit, Picture, PictureState, Rendition};
use clinical_images::session::{EndOfSession, Event, RevisionClaim};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A photo as a phone prepares it.
fn photo() -> TestPhoto {
    let file = include_bytes!("../../../tests/fixtures/s444.jpg");
    let ready = codec::to_jpeg(file, &Limits::default()).unwrap();
    TestPhoto::of(ready.jpeg).announced(|rendition| {
        (rendition.width, rendition.height) = (ready.width, ready.height);
    })
}

async fn shown(client: &Client, photo: &TestPhoto) -> Picture {
    let view = client.snapshot().await;
    view.picture(photo.id()).unwrap().clone()
}

async fn original(client: &Client, photo: &TestPhoto) -> (u16, Vec<u8>) {
    let path = format!("{}/original", client.picture_path(photo.id()));
    let answer = client
        .browser
        .bare(Method::GET, &path)
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    (status, answer.bytes().await.unwrap().to_vec())
}

fn claim(of: &Picture, made: &Prepared, edit: Edit) -> RevisionClaim {
    RevisionClaim {
        picture: of.id,
        edited_from: of.rendition.sha256,
        rendition: Rendition {
            length: made.jpeg.len() as u64,
            sha256: Sha256::of(&made.jpeg),
            width: made.width,
            height: made.height,
        },
        edit,
    }
}

fn arrived(claim: &RevisionClaim) -> Value {
    json!({ "picture": claim.picture, "sha256": claim.rendition.sha256 })
}

/// Edits what the desktop reads, as its page does, and announces it.
async fn announce(
    desk: &Client,
    photo: &TestPhoto,
    edit: Edit,
) -> (RevisionClaim, PresignedPut, Vec<u8>) {
    let (status, bytes) = original(desk, photo).await;
    assert_eq!(status, 200);
    let made = to_jpeg_edited(&bytes, edit, &Limits::default()).unwrap();
    let claim = claim(&shown(desk, photo).await, &made, edit);
    let answer = desk.on("pictures/revise", json!({ "claim": claim })).await;
    let presigned: Option<PresignedPut> = answer.value();
    (claim, presigned.unwrap(), made.jpeg)
}

async fn save(desk: &Client, photo: &TestPhoto, edit: Edit) -> (PresignedPut, Vec<u8>) {
    let (claim, presigned, jpeg) = announce(desk, photo, edit).await;
    assert_eq!(presigned.put(&jpeg).await, 200);
    desk.on("pictures/revision-arrived", arrived(&claim))
        .await
        .is_fine();
    (presigned, jpeg)
}

/// A quarter clockwise, and then a part of it.
fn rotated_and_cropped(of: &Picture) -> Edit {
    let turned = Edit::of_turns(1);
    let (width, height) = turned.turned_size((of.rendition.width, of.rendition.height));
    let area = Area {
        x: 7,
        y: 11,
        width: width - 20,
        height: height - 24,
    };
    turned.with_crop(Crop::new(area, (width, height)).ok())
}

#[tokio::test]
async fn a_phones_picture_is_rotated_and_cropped_and_filed_as_it_is_seen() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let photo = photo();
    let first = phone.send(&photo).await;
    assert_eq!(original(&desk, &photo).await, (200, photo.bytes.clone()));
    let mut screen = phone.follow().await;
    let edit = rotated_and_cropped(&shown(&desk, &photo).await);
    let (presigned, edited) = save(&desk, &photo, edit).await;

    let after = shown(&phone, &photo).await;
    assert_eq!(after.edit(), edit, "the phone sees it too");
    let size = (after.rendition.width, after.rendition.height);
    assert_eq!(
        Some(size),
        edit.size_of((after.original().width, after.original().height))
    );
    let revised = |event: &Event| matches!(event, Event::PictureRevised { .. });
    screen.until(revised).await;
    assert_eq!(
        original(&desk, &photo).await.1,
        photo.bytes,
        "still the first"
    );

    desk.commit(&[photo.id()]).await.is_fine();
    let state = server.settle(&desk, photo.id()).await;
    let PictureState::Filed { records, .. } = state else {
        panic!("{state:?}")
    };
    let (_, received) = server.practice.document(records[0].id().unwrap()).await;
    assert_eq!(received, edited, "byte for byte");
    let (received, whole) = (pixels(&received), pixels(&photo.bytes));
    assert_eq!((received.width, received.height), size);
    assert!(is_part_of(&received, &whole, edit), "other pixels");

    for key in [&first, &presigned.key()] {
        assert!(server.practice.holds(key).await, "until the session ends");
    }
    desk.ask("desk/end", json!({ "why": EndOfSession::Finished }))
        .await
        .is_fine();
    server.clock.pass(7 * MINUTE);
    for key in [&first, &presigned.key()] {
        eventually(async || !server.practice.holds(key).await).await;
    }
}

/// Whether these are the pixels of a quarter turn clockwise and a crop, give or take what encoding twice costs. Computed
/// here from the coordinates alone.
fn is_part_of(part: &super::received::Pixels, whole: &super::received::Pixels, edit: Edit) -> bool {
    let area = edit.crop().unwrap().area();
    let luma = |of: &super::received::Pixels, x: u32, y: u32| {
        i64::from(of.samples[(y * of.width + x) as usize * 3])
    };
    let mut far = 0;
    for y in 0..part.height {
        for x in 0..part.width {
            let (turned_x, turned_y) = (x + area.x, y + area.y);
            let want = luma(whole, turned_y, whole.height - 1 - turned_x);
            far += (luma(part, x, y) - want).abs();
        }
    }
    far < 4 * i64::from(part.width * part.height)
}

#[tokio::test]
async fn the_original_comes_back_and_the_edited_copy_goes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = photo();
    let first = desk.send(&photo).await;
    let edit = rotated_and_cropped(&shown(&desk, &photo).await);
    let (presigned, _) = save(&desk, &photo, edit).await;
    let of = json!({ "picture": photo.id() });
    desk.on("pictures/revert", of.clone()).await.is_fine();
    desk.on("pictures/revert", of).await.is_fine();
    let after = shown(&desk, &photo).await;
    assert_eq!(after.edited, None);
    assert_eq!(after.rendition, photo.claim.rendition);
    server.clock.pass(7 * MINUTE);
    eventually(async || !server.practice.holds(&presigned.key()).await).await;
    assert!(server.practice.holds(&first).await);
}

#[tokio::test]
async fn a_revision_that_never_comes_holds_a_commit_up_and_then_leaves_the_picture_as_it_was() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = photo();
    desk.send(&photo).await;
    let before = shown(&desk, &photo).await;
    let (claim, presigned, _) = announce(&desk, &photo, Edit::of_turns(1)).await;
    desk.on("pictures/revision-arrived", arrived(&claim))
        .await
        .is_refused(409, "uploadMissing");
    desk.commit(&[photo.id()])
        .await
        .is_refused(409, "revisionUnderWay");
    server
        .practice
        .put_unannounced(&presigned.key(), b"something else")
        .await;
    desk.on("pictures/revision-arrived", arrived(&claim))
        .await
        .is_refused(409, "uploadDiffers");
    server.clock.pass(7 * MINUTE);
    eventually(async || !shown(&desk, &photo).await.revising).await;
    assert_eq!(shown(&desk, &photo).await, before);
    eventually(async || !server.practice.holds(&presigned.key()).await).await;
    desk.commit(&[photo.id()]).await.is_fine();
}

#[tokio::test]
async fn a_revision_whose_confirmation_got_lost_appears_by_itself() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = photo();
    desk.send(&photo).await;
    let (claim, presigned, jpeg) = announce(&desk, &photo, Edit::of_turns(3)).await;
    assert_eq!(presigned.put(&jpeg).await, 200);
    server.clock.pass(Duration::from_secs(15));
    eventually(async || shown(&desk, &photo).await.edit() == Edit::of_turns(3)).await;
    desk.on("pictures/revision-arrived", arrived(&claim))
        .await
        .is_fine();
    let again: Option<PresignedPut> = desk
        .on("pictures/revise", json!({ "claim": claim }))
        .await
        .value();
    assert!(again.is_none(), "these very bytes are there");
    let mut other = claim;
    other.rendition.sha256 = Sha256::of(b"another edit of what was seen before");
    desk.on("pictures/revise", json!({ "claim": other }))
        .await
        .is_refused(409, "stale");
}

#[tokio::test]
async fn an_original_is_shown_to_its_own_desktop_alone() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let other = server.desk().await;
    let photo = photo();
    phone.send(&photo).await;
    let path = format!("{}/original", desk.picture_path(photo.id()));
    for (who, browser) in [
        ("a phone", &phone.browser),
        ("another desktop", &other.browser),
    ] {
        assert_eq!(browser.get(&path).await.status, 401, "{who}");
    }
    let unknown = format!("/pictures/desk/{}/{:032x}/original", desk.session, 7);
    assert_eq!(desk.browser.get(&unknown).await.status, 404);
    desk.ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    let gone = desk.browser.get(&path).await;
    assert_eq!(gone.status, 404, "no address shows it any more");
}
