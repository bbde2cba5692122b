//! Listing: a walk over all sessions, page by page.

use crate::backends::Backend;
use crate::fixtures::session;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::ports::SessionStore;
use std::collections::BTreeSet;

/// Names as random as a server's.
fn name(number: u8) -> u128 {
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        *Sha256::of(&[number]).as_bytes();
    u128::from_be_bytes(bytes)
}

async fn open_many(store: &dyn SessionStore) -> BTreeSet<SessionId> {
    for number in 0..40 {
        store.open(&session(name(number))).await.unwrap();
    }
    (0..40)
        .map(|number| SessionId::from_bits(name(number)))
        .collect()
}

/// Everything that a walk with steps of this length meets.
async fn walked(store: &dyn SessionStore, step: usize) -> Vec<SessionId> {
    let mut met = Vec::new();
    loop {
        let more = store.sessions(met.last().copied(), step).await.unwrap();
        assert!(more.len() <= step);
        if more.is_empty() {
            return met;
        }
        met.extend(more);
    }
}

pub async fn a_walk_meets_every_session_once_in_steps_of_any_length(backend: impl Backend) {
    let store = backend.store();
    assert_eq!(walked(&*store, 5).await, vec![], "nothing is there yet");
    let all = open_many(&*store).await;
    let met = walked(&*store, 100).await;
    assert_eq!(met.len(), 40);
    assert_eq!(met.iter().copied().collect::<BTreeSet<_>>(), all);
    for step in [1, 7, 40] {
        assert_eq!(walked(&*store, step).await, met, "always in the same order");
    }
    assert_eq!(store.sessions(None, 0).await, Ok(vec![]));
}

pub async fn a_walk_goes_on_where_a_session_was_forgotten_behind_it(backend: impl Backend) {
    let store = backend.store();
    let all = open_many(&*store).await;
    let (mut met, mut last) = (BTreeSet::new(), None);
    while let [next] = store.sessions(last, 1).await.unwrap()[..] {
        assert!(met.insert(next), "met twice");
        store.forget(next).await.unwrap();
        last = Some(next);
    }
    assert_eq!(met, all);
    assert_eq!(store.sessions(None, 1).await, Ok(vec![]));
}

pub async fn a_walk_may_begin_after_a_session_that_never_was(backend: impl Backend) {
    let store = backend.store();
    let all = open_many(&*store).await;
    let met = walked(&*store, 100).await;
    let stranger = SessionId::from_bits(name(200));
    assert!(!all.contains(&stranger));
    let rest = store.sessions(Some(stranger), 100).await.unwrap();
    assert!(met.ends_with(&rest), "a part of the same order");
}
