//! Durability: what a store still knows after it was shut down and opened again.

use crate::backends::Backend;
use crate::fixtures::{
    NOW, after, decided, id, idempotency_key, noted, put, reserve, session, unused_name,
    with_one_session,
};
use clinical_images::digest::Sha256;
use clinical_images::ports::{Append, Appended};

pub async fn sessions_and_their_events_survive_a_restart(mut backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    put(&*store, 1, reserve(1)).await;
    let last = put(&*store, 1, noted(1, "Pēpi \u{0}")).await;
    let events = store.events_after(id(1), 0).await.unwrap();
    drop(store);
    backend.restart().await;
    let store = backend.store();
    assert_eq!(store.load(id(1)).await, Ok(Some(last)));
    assert_eq!(store.events_after(id(1), 0).await.unwrap(), events);
    assert_eq!(put(&*store, 1, reserve(2)).await.version, 3);
}

pub async fn a_repeated_request_is_recognised_after_a_restart(mut backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let (decision, idempotency_key) = (decided(&session, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    put(&*store, 1, noted(1, "later")).await;
    drop(store);
    backend.restart().await;
    let store = backend.store();
    assert_eq!(
        store.append(append).await,
        Ok(Appended::Replayed(decision.reply.clone()))
    );
    assert_eq!(store.load(id(1)).await.unwrap().unwrap().version, 2);
}

pub async fn due_times_survive_a_restart(mut backend: impl Backend) {
    let store = backend.store();
    for number in 1..=3 {
        store.open(&session(number)).await.unwrap();
    }
    drop(store);
    backend.restart().await;
    let store = backend.store();
    assert_eq!(store.due(NOW, 9).await, Ok(vec![]));
    assert_eq!(store.due(after(1_000_000), 9).await.unwrap().len(), 3);
}

pub async fn claims_survive_a_restart(mut backend: impl Backend) {
    let (nonce, first) = (Sha256::of(b"launch"), unused_name());
    let store = backend.store();
    let claimed = store.claim_once(nonce, first, after(60), NOW).await;
    assert_eq!(claimed, Ok(first));
    drop(store);
    backend.restart().await;
    let store = backend.store();
    let claimed = store.claim_once(nonce, unused_name(), after(60), NOW).await;
    assert_eq!(claimed, Ok(first));
}

pub async fn what_was_forgotten_stays_forgotten_after_a_restart(mut backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    store.forget(id(1)).await.unwrap();
    drop(store);
    backend.restart().await;
    assert_eq!(backend.store().load(id(1)).await, Ok(None));
    assert_eq!(backend.store().due(after(1_000_000), 9).await, Ok(vec![]));
}

pub async fn notes_survive_a_restart(mut backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let before = store.pending_audit(10).await.unwrap();
    drop(store);
    backend.restart().await;
    assert_eq!(backend.store().pending_audit(10).await, Ok(before));
}
