//! Events after a cursor, and notifications of new ones.

use crate::backends::Backend;
use crate::fixtures::{id, noted, put, reserve, session, with_one_session};
use clinical_images::ports::ChangeNotifications;
use futures::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

async fn is_notified(stream: &mut ChangeNotifications) -> bool {
    // Far beyond what a notification takes; only a failing test waits for it.
    timeout(Duration::from_secs(10), stream.next())
        .await
        .expect("a notification in time")
        .is_some()
}

pub async fn events_follow_any_cursor(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    // A neighbour on each side: a cursor must stay within its own session.
    for neighbour in [0, 2] {
        store.open(&session(neighbour)).await.unwrap();
        put(&*store, neighbour, reserve(1)).await;
    }
    put(&*store, 1, reserve(1)).await;
    for turn in 0..9 {
        put(&*store, 1, noted(1, &format!("note {turn}"))).await;
    }
    let all = store.events_after(id(1), 0).await.unwrap().unwrap();
    assert_eq!(
        all.iter().map(|event| event.revision).collect::<Vec<_>>(),
        (1..=10).collect::<Vec<_>>()
    );
    for cursor in 0..=10 {
        let rest = store.events_after(id(1), cursor).await.unwrap().unwrap();
        assert_eq!(rest, all[usize::try_from(cursor).unwrap()..]);
    }
    for beyond in [11, u64::MAX - 1, u64::MAX] {
        assert_eq!(store.events_after(id(1), beyond).await, Ok(Some(vec![])));
    }
}

pub async fn an_unknown_session_has_no_events_to_follow(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    for cursor in [0, 1, u64::MAX] {
        assert_eq!(store.events_after(id(2), cursor).await, Ok(None));
    }
}

pub async fn a_follower_wakes_after_an_append(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let mut subscribers = [store.subscribe(id(1)), store.subscribe(id(1))];
    for turn in 0..3 {
        put(&*store, 1, reserve(turn)).await;
        for subscriber in &mut subscribers {
            assert!(is_notified(subscriber).await);
        }
    }
}

pub async fn appends_before_the_follower_looks_still_wake_it(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let mut subscriber = store.subscribe(id(1));
    for number in 0..3 {
        put(&*store, 1, reserve(number)).await;
    }
    assert!(is_notified(&mut subscriber).await);
    assert_eq!(
        store.events_after(id(1), 0).await.unwrap().unwrap().len(),
        3
    );
}

pub async fn each_follower_hears_of_its_own_session(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    store.open(&session(2)).await.unwrap();
    let (mut first, mut second) = (store.subscribe(id(1)), store.subscribe(id(2)));
    put(&*store, 1, reserve(1)).await;
    assert!(is_notified(&mut first).await);
    drop(first);
    put(&*store, 2, reserve(1)).await;
    // It may have been notified without a change before; the last append must notify it once more.
    assert!(is_notified(&mut second).await);
    assert_eq!(
        store.events_after(id(2), 0).await.unwrap().unwrap().len(),
        1
    );
}

pub async fn wakes_end_when_the_store_shuts_down(mut backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let mut subscriber = store.subscribe(id(1));
    drop(store);
    backend.close();
    assert!(!is_notified(&mut subscriber).await);
}
