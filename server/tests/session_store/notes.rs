//! Notes of deeds: true together with what was done, and there until somebody has kept them.

use crate::kit::{
    NOW, decided, id, noted, put, put_at, request, reserve, session, with_one_session,
};
use crate::places::Place;
use clinical_images::audit::{AuditNote, Deed};
use clinical_images::moment::Moment;
use clinical_images::ports::{Append, Appended, SessionStore};
use clinical_images::session::Actor;
use std::time::Duration;

const ALL: usize = 1000;

/// Session, revision and deed of all notes.
async fn told(store: &dyn SessionStore) -> Vec<(u128, u64, Deed)> {
    let notes = store.noted(ALL).await.unwrap().into_iter();
    notes
        .map(|note| (note.session.bits(), note.revision, note.deed))
        .collect()
}

fn later(seconds: u64) -> Moment {
    NOW.plus(Duration::from_secs(seconds))
}

pub async fn a_launch_and_what_people_do_is_noted_once(place: impl Place) {
    let (store, opened) = with_one_session(&place).await;
    store.open(&opened).await.unwrap();
    put_at(&*store, 1, reserve(1), later(1)).await;
    let described = put_at(&*store, 1, noted(1, "Pēpi"), later(2)).await;
    let revision = described.view.revision;
    assert_eq!(
        told(&*store).await,
        [
            (1, 0, Deed::Launched),
            (1, revision, Deed::PicturesDescribed)
        ]
    );
    let note = store.noted(ALL).await.unwrap().pop().unwrap();
    assert_eq!((note.at, note.by), (later(2), Actor::Desktop));
    assert_eq!(note.patient, opened.view.launch.patient.id);
}

pub async fn a_refused_or_repeated_append_notes_nothing(place: impl Place) {
    let (store, _) = with_one_session(&place).await;
    let session = put(&*store, 1, reserve(1)).await;
    let (decision, request) = (decided(&session, noted(1, "once")), request("note"));
    let append = Append {
        expected: session.version,
        request,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    let before = store.noted(ALL).await.unwrap();
    let replayed = Appended::Replayed(decision.reply.clone());
    assert_eq!(store.append(append).await, Ok(replayed));
    let late = Append {
        request: crate::kit::request("late"),
        ..append
    };
    assert_eq!(store.append(late).await, Ok(Appended::Conflict));
    assert_eq!(store.noted(ALL).await.unwrap(), before);
    assert_eq!(before.len(), 2);
}

pub async fn notes_stay_until_they_are_let_go_and_outlive_their_session(place: impl Place) {
    let (store, _) = with_one_session(&place).await;
    for number in 2..=20 {
        store.open(&session(number)).await.unwrap();
    }
    put_at(&*store, 20, reserve(1), later(1)).await;
    put_at(&*store, 20, noted(1, "later"), later(2)).await;
    store.forget(id(20)).await.unwrap();
    let all = store.noted(ALL).await.unwrap();
    assert_eq!(all.len(), 21);
    assert_eq!(all.last().unwrap().deed, Deed::PicturesDescribed);

    let (kept, rest) = all.split_at(7);
    store.let_go(kept).await.unwrap();
    store.let_go(kept).await.unwrap();
    let left = store.noted(ALL).await.unwrap();
    assert_eq!(left.len(), 14);
    assert!(rest.iter().all(|note| left.contains(note)));
    assert_eq!(store.noted(3).await.unwrap().len(), 3);
    store.let_go(rest).await.unwrap();
    assert_eq!(store.noted(ALL).await, Ok(Vec::<AuditNote>::new()));
}
