//! What is due, and in which order. With the default limits a new session is due after two idle hours.

use crate::backends::Backend;
use crate::fixtures::{
    NOW, after, ask, id, put_at, reserve, session_at, unused_name, with_one_session,
};
use clinical_images::digest::Sha256;
use clinical_images::moment::Moment;
use clinical_images::ports::SessionStore;
use clinical_images::session::{Command, EndOfSession};
use std::time::Duration;
use tokio::task::JoinSet;

const IDLE: u64 = 2 * 60 * 60;

pub async fn the_most_overdue_come_first_and_no_more_than_asked(backend: impl Backend) {
    let store = backend.store();
    for (number, opened) in [(1, 30), (2, 10), (3, 20), (4, 0), (5, 900)] {
        store
            .open(&session_at(number, after(opened)))
            .await
            .unwrap();
    }
    let now = after(IDLE + 100);
    assert_eq!(
        store.due(now, 9).await,
        Ok(vec![id(4), id(2), id(3), id(1)])
    );
    assert_eq!(store.due(now, 2).await, Ok(vec![id(4), id(2)]));
    assert_eq!(store.due(now, 0).await, Ok(vec![]));
    assert_eq!(
        store.due(now, 9).await.unwrap().len(),
        4,
        "asking clears nothing"
    );
}

pub async fn a_session_is_due_at_its_moment_and_not_before(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let at = session.next_due().unwrap();
    assert_eq!(
        store.due(at.minus(Duration::from_millis(1)), 9).await,
        Ok(vec![])
    );
    assert_eq!(store.due(at, 9).await, Ok(vec![id(1)]));
}

pub async fn a_due_time_moves_with_each_append(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let session = put_at(&*store, 1, reserve(1), after(60)).await;
    // Soon somebody must look for the picture's bytes.
    let look = session.next_due().unwrap();
    assert!(after(60) < look && look < after(IDLE));
    let just_before = look.minus(Duration::from_millis(1));
    assert_eq!(store.due(just_before, 9).await, Ok(vec![]));
    assert_eq!(store.due(look, 9).await, Ok(vec![id(1)]));

    let ended = ask(Command::End {
        why: EndOfSession::Discarded,
    });
    let session = put_at(&*store, 1, ended, after(61)).await;
    let sooner = session.next_due().unwrap();
    assert_ne!(sooner, look);
    assert_eq!(
        store.due(sooner.minus(Duration::from_millis(1)), 9).await,
        Ok(vec![])
    );
    assert_eq!(
        store.due(after(9 * IDLE), 9).await,
        Ok(vec![id(1)]),
        "once, not once per append"
    );
}

pub async fn reading_does_not_move_a_due_time(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let at = session.next_due().unwrap();
    for _ in 0..3 {
        store.load(id(1)).await.unwrap();
        store.events_after(id(1), 0).await.unwrap();
        drop(store.subscribe(id(1)));
        store.probe().await.unwrap();
        assert_eq!(store.due(NOW, 9).await, Ok(vec![]));
    }
    assert_eq!(
        store.load(id(1)).await.unwrap().unwrap().next_due(),
        Some(at)
    );
    assert_eq!(store.due(at, 9).await, Ok(vec![id(1)]));
}

async fn next_due(store: &dyn SessionStore, number: u128) -> Moment {
    let session = store.load(id(number)).await.unwrap().unwrap();
    session.next_due().unwrap()
}

pub async fn sessions_that_change_all_at_once_are_all_due_and_each_once(backend: impl Backend) {
    let mut writers = JoinSet::new();
    for number in 0..16 {
        let store = backend.store();
        writers.spawn(async move {
            store.open(&session_at(number, NOW)).await.unwrap();
            for picture in 0..4 {
                put_at(&*store, number, reserve(picture), after(1)).await;
            }
        });
    }
    writers.join_all().await;
    let store = backend.store();
    let at = next_due(&*store, 0).await;
    assert_eq!(
        store.due(at.minus(Duration::from_millis(1)), 99).await,
        Ok(vec![])
    );
    // Nobody has looked after any of them: however often one asks, all are still there.
    for _ in 0..3 {
        let mut due = store.due(at, 99).await.unwrap();
        due.sort_unstable();
        assert_eq!(due, (0..16).map(id).collect::<Vec<_>>());
    }
}

pub async fn deadlines_go_by_the_given_clock_alone(backend: impl Backend) {
    let store = backend.store();
    let (long_ago, far_off) = (
        Moment::from_millis(0),
        Moment::from_millis(9_999_999_999_999),
    );
    for (number, opened) in [(1, long_ago), (2, far_off)] {
        store.open(&session_at(number, opened)).await.unwrap();
        put_at(&*store, number, reserve(1), opened).await;
        let due = next_due(&*store, number).await;
        let before = due.minus(Duration::from_millis(1));
        assert!(!store.due(before, 9).await.unwrap().contains(&id(number)));
        assert!(store.due(due, 9).await.unwrap().contains(&id(number)));
        assert_eq!(store.load(id(number)).await.unwrap().unwrap().version, 1);
    }
    for moment in [long_ago, far_off] {
        let nonce = Sha256::of(&moment.millis().to_be_bytes());
        let until = moment.plus(Duration::from_secs(60));
        let first = unused_name();
        for session in [first, unused_name()] {
            let claimed = store.claim_once(nonce, session, until, moment).await;
            assert_eq!(claimed, Ok(first));
        }
    }
}
