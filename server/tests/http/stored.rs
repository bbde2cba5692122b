//! What earlier versions of the program stored still loads, and goes on where it stood.
//!
//! `tests/fixtures/stored` has a set of bytes for each version, with a README that says how it was made. Each test here
//! runs on every set, in a file (redb) and in Redis.

#[path = "stored/keys.rs"]
mod keys;
#[path = "stored/newer.rs"]
mod newer;
#[path = "stored/record.rs"]
mod record;
#[path = "stored/set.rs"]
mod set;

use self::set::{Home, Set, state_name};
use super::server::eventually;
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::practice::PracticeId;
use clinical_images::session::Session;
use serde_json::json;
use std::time::Duration;

macro_rules! each_store {
    ($($case:ident),+ $(,)?) => {
        mod in_a_file {
            $(#[tokio::test]
            async fn $case() {
                for set in super::Set::all(super::Home::File) {
                    super::$case(set).await;
                }
            })+
        }

        mod in_redis {
            $(#[tokio::test]
            async fn $case() {
                for set in super::Set::all(super::Home::Redis) {
                    super::$case(set).await;
                }
            })+
        }
    };
}

each_store!(
    every_session_loads_as_it_stood,
    cookies_and_a_code_of_that_time_still_open_the_session,
    events_replay_from_the_first,
    outbox_entries_go_on_where_they_stood,
    the_ledger_finds_its_lines_and_takes_newer_ones,
    audit_notes_are_drained_behind_those_of_before,
    what_is_over_is_cleared_away,
);

async fn every_session_loads_as_it_stood(set: Set) {
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    let mut all = server.sessions.sessions(None, 100).await.unwrap();
    all.sort_unstable();
    let mut expected = vec![recorded.open, recorded.ended];
    expected.sort_unstable();
    assert_eq!(all, expected);

    let load = async |id| server.sessions.load(id).await.unwrap().unwrap();
    let (open, ended): (Session, Session) = (load(recorded.open).await, load(recorded.ended).await);
    assert_eq!(open.version, recorded.version);
    assert_eq!(open.view.revision, recorded.revision);
    assert_eq!(open.view.ended, None);
    assert!(ended.view.ended.is_some() && ended.ended_at.is_some());
    assert_eq!(open.view.pictures.len(), recorded.pictures.len());
    for (role, known) in &recorded.pictures {
        let picture = open.view.picture(known.id).unwrap();
        assert_eq!(state_name(&picture.state), known.state, "{role}");
    }
    // Redis stands on another line of history than the one it was recorded under, so pages start over.
    let same_history = open.view.epoch == recorded.epoch;
    assert_eq!(same_history, set.home == Home::File);
}

async fn cookies_and_a_code_of_that_time_still_open_the_session(set: Set) {
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    let desk = recorded.desk(&server);
    let ready = recorded.picture("ready");
    assert_eq!(
        desk.snapshot().await.pictures.len(),
        recorded.pictures.len()
    );
    let change = json!({ "pictures": [ready], "change": { "laterality": "right" } });
    desk.on("pictures/describe", change).await.is_fine();

    let phone = recorded.phone(&server);
    let seen = phone.snapshot().await;
    assert!(seen.picture(ready).is_some());
    assert!(seen.pictures.len() < recorded.pictures.len());
    phone
        .on("pictures/remove", json!({ "picture": ready }))
        .await
        .is_fine();

    server.phone(&recorded.offer()).await;
}

async fn events_replay_from_the_first(set: Set) {
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    for id in [recorded.open, recorded.ended] {
        let session = server.sessions.load(id).await.unwrap().unwrap();
        let events = server.sessions.events_after(id, 0).await.unwrap().unwrap();
        assert_eq!(events.len() as u64, session.view.revision);
        let mut folded = session.view.clone();
        folded.revision = 0;
        folded.links.clear();
        folded.pictures.clear();
        folded.ended = None;
        for sequenced in &events {
            folded.apply(sequenced).unwrap();
        }
        assert_eq!(folded, session.view);
    }
}

async fn outbox_entries_go_on_where_they_stood(set: Set) {
    let recorded = set.recorded();
    let server = set.opened().await;
    let desk = recorded.desk(&server);
    let queued = ["queued", "queued page 1", "queued page 2", "waiting"];
    for role in queued {
        let state = server.settle(&desk, recorded.picture(role)).await;
        assert_eq!(state_name(&state), "filed", "{role}");
    }
    for role in ["unknown", "sending"] {
        let state = server.settle(&desk, recorded.picture(role)).await;
        assert_eq!(state_name(&state), "filed", "{role}");
    }
    // Nobody knew of two whether they were in the record: each was looked for twice before it was posted again.
    assert!(server.practice.searches().await >= 4);
    assert_eq!(server.practice.posts().await, 6);
    assert_eq!(server.practice.media().await.len(), 6);

    let checked = recorded.picture("needs check");
    let settle = json!({ "picture": checked, "target": "media", "present": true });
    desk.ask("desk/settle", settle).await.is_fine();
    let state = server.settle(&desk, checked).await;
    assert_eq!(state_name(&state), "filed");

    let failed = recorded.picture("failed");
    desk.commit(&[failed]).await.is_fine();
    let state = server.settle(&desk, failed).await;
    assert_eq!(state_name(&state), "filed");
}

async fn the_ledger_finds_its_lines_and_takes_newer_ones(set: Set) {
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    assert!(!recorded.ledger.is_empty());
    for (picture, outcome) in &recorded.ledger {
        let line = server
            .services
            .ledger
            .read(&PracticeId::of_environment(), *picture)
            .await
            .unwrap();
        let mut line = line.unwrap();
        assert_eq!(set::outcome_name(line.outcome), outcome);
        assert_eq!(line.session, recorded.open);
        line.outcomes += 1;
        server.services.ledger.write(&line).await.unwrap();
        let newer = server
            .services
            .ledger
            .read(&PracticeId::of_environment(), *picture)
            .await
            .unwrap();
        assert_eq!(newer, Some(line));
    }
}

async fn audit_notes_are_drained_behind_those_of_before(set: Set) {
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    // Since there are practices, each has a directory of its own; what was written before stays where it is.
    let older = server.practice.file(&format!("audit/{}", recorded.audit));
    let before = std::fs::read_to_string(&older).unwrap();
    let mut drained = 0;
    loop {
        match server.services.drain_audit_outbox().await.unwrap() {
            0 => break,
            some => drained += some,
        }
    }
    assert_eq!(drained, recorded.notes);
    assert_eq!(std::fs::read_to_string(&older).unwrap(), before);
    let file = server
        .practice
        .file(&format!("audit/practice/{}", recorded.audit));
    let added = std::fs::read_to_string(&file).unwrap();
    assert_eq!(added.lines().count(), recorded.notes);
    for line in added.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["resourceType"], "AuditEvent");
    }
}

async fn what_is_over_is_cleared_away(set: Set) {
    let recorded = set.recorded();
    let server = set.opened().await;
    let desk = recorded.desk(&server);
    // Nobody has said that these bytes arrived; the server looks by itself.
    let announced = recorded.picture("announced");
    eventually(async || {
        server.clock.pass(Duration::from_secs(20));
        desk.state(announced).await == PictureState::Ready
    })
    .await;
    let discarded = recorded.discarded();
    eventually(async || {
        server.clock.pass(Duration::from_secs(60));
        let gone = server.sessions.load(recorded.ended).await.unwrap();
        gone.is_none() && !server.practice.holds(&discarded).await
    })
    .await;
    assert!(server.sessions.load(recorded.open).await.unwrap().is_some());
}
