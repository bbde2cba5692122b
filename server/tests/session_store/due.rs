//! What is due, and in which order. With the default limits a new session is due after two idle hours.

use crate::kit::{NOW, Place, after, ask, id, put_at, reserve, session_at, with_one_session};
use clinical_images::session::{Act, EndOfSession};
use std::time::Duration;

const IDLE: u64 = 2 * 60 * 60;

pub async fn the_most_overdue_come_first_and_no_more_than_asked(place: impl Place) {
    let store = place.store();
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

pub async fn a_session_is_due_at_its_moment_and_not_before(place: impl Place) {
    let (store, session) = with_one_session(&place).await;
    let at = session.next_due().unwrap();
    assert_eq!(
        store.due(at.minus(Duration::from_millis(1)), 9).await,
        Ok(vec![])
    );
    assert_eq!(store.due(at, 9).await, Ok(vec![id(1)]));
}

pub async fn a_due_time_moves_with_each_append(place: impl Place) {
    let (store, _) = with_one_session(&place).await;
    let session = put_at(&*store, 1, reserve(1), after(60)).await;
    // Soon somebody must look for the picture's bytes.
    let look = session.next_due().unwrap();
    assert!(after(60) < look && look < after(IDLE));
    let just_before = look.minus(Duration::from_millis(1));
    assert_eq!(store.due(just_before, 9).await, Ok(vec![]));
    assert_eq!(store.due(look, 9).await, Ok(vec![id(1)]));

    let ended = ask(Act::End {
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

pub async fn reading_does_not_move_a_due_time(place: impl Place) {
    let (store, session) = with_one_session(&place).await;
    let at = session.next_due().unwrap();
    for _ in 0..3 {
        store.load(id(1)).await.unwrap();
        store.events_after(id(1), 0).await.unwrap();
        drop(store.follow(id(1)));
        store.probe().await.unwrap();
        assert_eq!(store.due(NOW, 9).await, Ok(vec![]));
    }
    assert_eq!(
        store.load(id(1)).await.unwrap().unwrap().next_due(),
        Some(at)
    );
    assert_eq!(store.due(at, 9).await, Ok(vec![id(1)]));
}
