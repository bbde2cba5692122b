//! What the server does unasked: it reconciles uploads whose confirmation was lost and collects orphans (objects that no
//! session refers to); and the retention report.

use super::client::{Client, PresignedPut};
use super::server::{Server, eventually};
use super::test_doubles::GatedObjectStore;
use super::test_photo::TestPhoto;
use clinical_images::id::{PictureId, PracticeId};
use clinical_images::picture::PictureState;
use clinical_images::ports::{Entropy as _, ObjectKey};
use clinical_images::refusal::Refusal;
use clinical_images::service::{GcPass, Services};
use clinical_server::adapter::system::OsEntropy;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Longer than a presigned PUT can matter, shorter than any other deadline.
const SETTLED: Duration = Duration::from_secs(7 * 60);

/// An orphan: an object under a name that this program could have made, and that no session refers to.
async fn orphan(server: &Server) -> ObjectKey {
    let key_prefix = OsEntropy.bits();
    let key = ObjectKey::of_attempt(key_prefix, PictureId::from_bits(OsEntropy.bits()), 1);
    server.practice.put_unannounced(&key, b"nobody's").await;
    key
}

/// Reserves and puts, and says nothing of it.
async fn put_silently(client: &Client, photo: &TestPhoto) -> ObjectKey {
    let presigned: PresignedPut = client.reserve(photo).await.value();
    assert_eq!(presigned.put(&photo.bytes).await, 200);
    presigned.key()
}

fn pass_of(found: usize, deleted: usize) -> GcPass {
    GcPass {
        found,
        deleted,
        next: None,
    }
}

#[tokio::test]
async fn a_picture_whose_confirmation_got_lost_appears_by_itself() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let photo = TestPhoto::new();
    put_silently(&phone, &photo).await;
    server.clock.pass(Duration::from_secs(15));
    eventually(async || desk.state(photo.id()).await == PictureState::Ready).await;
    phone.arrived(photo.id()).await.is_fine();
}

#[tokio::test]
async fn a_picture_that_never_came_gives_its_place_back_and_can_be_announced_anew() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let (never, cut) = (TestPhoto::new(), TestPhoto::new());
    let presigned: PresignedPut = phone.reserve(&never).await.value();
    phone.reserve(&cut).await.is_fine();
    server.clock.pass(5 * MINUTE);
    // What lies there is not what was announced.
    server
        .practice
        .put_unannounced(&presigned.key(), b"something else")
        .await;
    let waiting = desk.snapshot().await;
    assert_eq!(
        waiting.pictures.len(),
        2,
        "its bytes may still be on their way"
    );
    server.clock.pass(MINUTE);
    eventually(async || desk.snapshot().await.pictures.is_empty()).await;
    eventually(async || !server.practice.holds(&presigned.key()).await).await;
    assert_eq!(phone.snapshot().await.remaining_capacity(), 20);
    phone
        .arrived(never.id())
        .await
        .is_refused(404, "pictureUnknown");
    phone.send(&never).await;
    assert_eq!(desk.state(never.id()).await, PictureState::Ready);
}

#[tokio::test]
async fn a_picture_that_is_removed_and_sent_again_is_not_deleted_with_its_first_copy() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photo = TestPhoto::new();
    let first = desk.send(&photo).await;
    let gone = json!({ "picture": photo.id() });
    desk.on("pictures/remove", gone).await.is_fine();
    let second = desk.send(&photo).await;
    server.clock.pass(SETTLED);
    eventually(async || !server.practice.holds(&first).await).await;
    assert!(server.practice.holds(&second).await);
    let shown = desk.browser.get(&desk.picture_path(photo.id())).await;
    assert_eq!(shown.status, 303);
}

#[tokio::test]
async fn orphans_are_deleted_and_all_other_objects_stay() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let needed = desk.send(&TestPhoto::new()).await;
    let orphans = [orphan(&server).await, orphan(&server).await];
    let foreign = ObjectKey::new("sessions/readme.txt");
    server.practice.put_unannounced(&foreign, b"not ours").await;
    let services = &server.services;
    assert_eq!(
        services.collect_orphans(None).await,
        Ok(pass_of(0, 0)),
        "too young"
    );

    server.clock.pass(SETTLED);
    assert_eq!(services.collect_orphans(None).await, Ok(pass_of(2, 2)));
    for orphan in &orphans {
        assert!(!server.practice.holds(orphan).await);
    }
    assert!(server.practice.holds(&needed).await);
    assert!(server.practice.holds(&foreign).await);
    assert_eq!(services.collect_orphans(None).await, Ok(pass_of(0, 0)));
    let behind = Some(ObjectKey::new("sessions/z"));
    orphan(&server).await;
    assert_eq!(services.collect_orphans(behind).await, Ok(pass_of(0, 0)));
}

#[tokio::test]
async fn a_picture_that_arrives_during_a_garbage_collection_is_kept() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let other_desk = server
        .desktop_for(super::practice::OTHER_PATIENT, server.browser())
        .await;
    // By the clock of the pass whatever is stored now is old: only the order of its steps protects it.
    server.clock.pass(SETTLED);
    let orphan = orphan(&server).await;
    let object_store = GatedObjectStore::over(server.practice.object_store());
    let services = Services {
        object_store: Arc::clone(&object_store) as _,
        ..server.services.clone()
    };
    let before_the_walk = server.sessions.walk.hold().await;
    let before_the_listing = object_store.listing.hold().await;
    let pass = tokio::spawn(async move { services.collect_orphans(None).await });

    object_store.listing.has_waiter().await;
    let early = desk.send(&TestPhoto::new()).await;
    drop(before_the_listing);
    server.sessions.walk.has_waiter().await;
    let late = desk.send(&TestPhoto::new()).await;
    let in_another = other_desk.send(&TestPhoto::new()).await;
    drop(before_the_walk);

    assert_eq!(pass.await.unwrap(), Ok(pass_of(1, 1)));
    assert!(!server.practice.holds(&orphan).await);
    for key in [early, late, in_another] {
        assert!(server.practice.holds(&key).await, "{key:?}");
    }
}

#[tokio::test]
async fn a_garbage_collection_that_cannot_read_the_sessions_deletes_nothing() {
    let server = Server::open().await;
    let orphan = orphan(&server).await;
    server.clock.pass(SETTLED);
    server.sessions.go_away();
    let pass = server.services.collect_orphans(None).await;
    assert_eq!(pass, Err(Refusal::StoreUnavailable));
    assert!(server.practice.holds(&orphan).await);
    server.sessions.come_back();
    assert_eq!(
        server.services.collect_orphans(None).await,
        Ok(pass_of(1, 1))
    );
}

#[tokio::test]
async fn two_servers_may_collect_orphans_at_once() {
    let server = Server::open().await;
    for _ in 0..5 {
        orphan(&server).await;
    }
    server.clock.pass(SETTLED);
    let pass = || server.services.collect_orphans(None);
    let (one, other) = tokio::join!(pass(), pass());
    assert_eq!((one.unwrap().deleted, other.unwrap().deleted), (5, 5));
    assert_eq!(pass().await, Ok(pass_of(0, 0)));
}

#[tokio::test]
async fn the_report_counts_what_is_held_and_says_when_it_goes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let photos = [TestPhoto::new(), TestPhoto::new()];
    for photo in &photos {
        desk.send(photo).await;
    }
    desk.on("pictures/remove", json!({ "picture": photos[0].id() }))
        .await
        .is_fine();
    desk.reserve(&TestPhoto::new()).await.is_fine();
    orphan(&server).await;
    let foreign = ObjectKey::new("sessions/readme.txt");
    server.practice.put_unannounced(&foreign, b"not ours").await;
    let ended = server.desk().await;
    ended
        .ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();

    let held = server.services.retention_report().await.unwrap();
    let of_practice = &held.practices[&PracticeId::of_environment()];
    let sessions = (of_practice.open_sessions, of_practice.ended_sessions);
    assert_eq!(sessions, (1, 1));
    let (needed, doomed) = (of_practice.needed, of_practice.pending_deletion);
    let counted = [needed, doomed, held.unknown, held.foreign];
    assert_eq!(counted.map(|totals| totals.objects), [1, 1, 1, 1]);
    assert_eq!(needed.bytes, photos[1].bytes.len() as u64);
    assert!(counted.iter().all(|totals| totals.oldest.is_some()));
    let put = server.services.practices.longest_put();
    let late = of_practice.next_deletion.unwrap().since(held.at);
    assert_eq!(
        late,
        put + MINUTE,
        "the pending deletion is due before the session ends for idleness"
    );
}
