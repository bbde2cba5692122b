//! What nobody asks for and somebody must do: uploads whose confirmation got lost, objects that no session knows, and
//! the report on what is held.

use super::doubles::GatedVault;
use super::seat::{Seat, Ticket};
use super::server::{Server, eventually};
use super::shot::Shot;
use clinical_images::id::PictureId;
use clinical_images::picture::PictureState;
use clinical_images::ports::{Entropy as _, ObjectKey};
use clinical_images::refusal::Refusal;
use clinical_images::service::{Round, Services};
use clinical_server::adapter::system::OsEntropy;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
/// Longer than a permission to put can matter, shorter than any other deadline.
const SETTLED: Duration = Duration::from_secs(7 * 60);

/// An object under a name that this program could have made, and no session knows.
async fn stray(server: &Server) -> ObjectKey {
    let room = OsEntropy.bits();
    let key = ObjectKey::of_attempt(room, PictureId::from_bits(OsEntropy.bits()), 1);
    server.practice.slip_in(&key, b"nobody's").await;
    key
}

/// Reserves and puts, and says nothing of it.
async fn put_silently(seat: &Seat, shot: &Shot) -> ObjectKey {
    let ticket: Ticket = seat.reserve(shot).await.value();
    assert_eq!(ticket.put(&shot.bytes).await, 200);
    ticket.key()
}

fn came_to(found: usize, deleted: usize) -> Round {
    Round {
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
    let shot = Shot::new();
    put_silently(&phone, &shot).await;
    server.clock.pass(Duration::from_secs(15));
    eventually(async || desk.state(shot.id()).await == PictureState::Ready).await;
    phone.arrived(shot.id()).await.is_fine();
}

#[tokio::test]
async fn a_picture_that_never_came_gives_its_place_back_and_can_be_announced_anew() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let (never, cut) = (Shot::new(), Shot::new());
    let ticket: Ticket = phone.reserve(&never).await.value();
    phone.reserve(&cut).await.is_fine();
    server.clock.pass(5 * MINUTE);
    // What lies there is not what was announced.
    server
        .practice
        .slip_in(&ticket.key(), b"something else")
        .await;
    let waiting = desk.snapshot().await;
    assert_eq!(
        waiting.pictures.len(),
        2,
        "its bytes may still be on their way"
    );
    server.clock.pass(MINUTE);
    eventually(async || desk.snapshot().await.pictures.is_empty()).await;
    eventually(async || !server.practice.holds(&ticket.key()).await).await;
    assert_eq!(phone.snapshot().await.room_left(), 20);
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
    let shot = Shot::new();
    let first = desk.send(&shot).await;
    let gone = json!({ "picture": shot.id() });
    desk.on("pictures/remove", gone).await.is_fine();
    let second = desk.send(&shot).await;
    server.clock.pass(SETTLED);
    eventually(async || !server.practice.holds(&first).await).await;
    assert!(server.practice.holds(&second).await);
    let shown = desk.browser.get(&desk.picture_path(shot.id())).await;
    assert_eq!(shown.status, 303);
}

#[tokio::test]
async fn objects_that_no_session_knows_are_deleted_and_all_others_stay() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let needed = desk.send(&Shot::new()).await;
    let strays = [stray(&server).await, stray(&server).await];
    let foreign = ObjectKey::new("sessions/readme.txt");
    server.practice.slip_in(&foreign, b"not ours").await;
    let services = &server.services;
    assert_eq!(
        services.sweep_strays(None).await,
        Ok(came_to(0, 0)),
        "too young"
    );

    server.clock.pass(SETTLED);
    assert_eq!(services.sweep_strays(None).await, Ok(came_to(2, 2)));
    for stray in &strays {
        assert!(!server.practice.holds(stray).await);
    }
    assert!(server.practice.holds(&needed).await);
    assert!(server.practice.holds(&foreign).await);
    assert_eq!(services.sweep_strays(None).await, Ok(came_to(0, 0)));
    let behind = Some(ObjectKey::new("sessions/z"));
    stray(&server).await;
    assert_eq!(services.sweep_strays(behind).await, Ok(came_to(0, 0)));
}

#[tokio::test]
async fn a_picture_that_comes_in_the_middle_of_a_sweep_is_nobodys_victim() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let other_desk = server
        .desk_for(super::practice::OTHER_PATIENT, server.browser())
        .await;
    // By the clock of the sweep whatever is stored now is old: only the order of its steps protects it.
    server.clock.pass(SETTLED);
    let stray = stray(&server).await;
    let vault = GatedVault::over(server.practice.vault());
    let services = Services {
        vault: Arc::clone(&vault) as _,
        ..server.services.clone()
    };
    let before_the_walk = server.sessions.walk.hold().await;
    let before_the_listing = vault.listing.hold().await;
    let sweep = tokio::spawn(async move { services.sweep_strays(None).await });

    vault.listing.somebody_waits().await;
    let early = desk.send(&Shot::new()).await;
    drop(before_the_listing);
    server.sessions.walk.somebody_waits().await;
    let late = desk.send(&Shot::new()).await;
    let in_another = other_desk.send(&Shot::new()).await;
    drop(before_the_walk);

    assert_eq!(sweep.await.unwrap(), Ok(came_to(1, 1)));
    assert!(!server.practice.holds(&stray).await);
    for key in [early, late, in_another] {
        assert!(server.practice.holds(&key).await, "{key:?}");
    }
}

#[tokio::test]
async fn a_sweep_that_cannot_read_the_sessions_deletes_nothing() {
    let server = Server::open().await;
    let stray = stray(&server).await;
    server.clock.pass(SETTLED);
    server.sessions.go_away();
    let swept = server.services.sweep_strays(None).await;
    assert_eq!(swept, Err(Refusal::StoreUnavailable));
    assert!(server.practice.holds(&stray).await);
    server.sessions.come_back();
    assert_eq!(server.services.sweep_strays(None).await, Ok(came_to(1, 1)));
}

#[tokio::test]
async fn two_servers_may_sweep_at_once() {
    let server = Server::open().await;
    for _ in 0..5 {
        stray(&server).await;
    }
    server.clock.pass(SETTLED);
    let sweep = || server.services.sweep_strays(None);
    let (one, other) = tokio::join!(sweep(), sweep());
    assert_eq!((one.unwrap().deleted, other.unwrap().deleted), (5, 5));
    assert_eq!(sweep().await, Ok(came_to(0, 0)));
}

#[tokio::test]
async fn the_report_counts_what_is_held_and_says_when_it_goes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let shots = [Shot::new(), Shot::new()];
    for shot in &shots {
        desk.send(shot).await;
    }
    desk.on("pictures/remove", json!({ "picture": shots[0].id() }))
        .await
        .is_fine();
    desk.reserve(&Shot::new()).await.is_fine();
    stray(&server).await;
    let foreign = ObjectKey::new("sessions/readme.txt");
    server.practice.slip_in(&foreign, b"not ours").await;
    let ended = server.desk().await;
    ended
        .ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();

    let held = server.services.retention().await.unwrap();
    assert_eq!((held.open_sessions, held.ended_sessions), (1, 1));
    let counted = [held.needed, held.doomed, held.unknown, held.foreign];
    assert_eq!(counted.map(|pile| pile.objects), [1, 1, 1, 1]);
    assert_eq!(held.needed.bytes, shots[1].bytes.len() as u64);
    assert!(counted.iter().all(|pile| pile.oldest.is_some()));
    let put = server.services.settings.limits.put;
    let late = held.next_deletion.unwrap().since(held.at);
    assert_eq!(
        late,
        put + MINUTE,
        "the doomed one goes before the session idles away"
    );
}
