//! Compare-and-append: conflicts, repeated requests, names used twice, decisions that make no sense.

use crate::backends::Backend;
use crate::fixtures::{
    decided, id, idempotency_key, noted, put, reserve, session, with_one_session,
};
use clinical_images::digest::Sha256;
use clinical_images::ports::{Append, Appended, IdempotencyKey, SessionStore};
use clinical_images::session::{Decision, Session};
use tokio::task::JoinSet;

/// Everything a reader can see of session 1.
async fn seen(store: &dyn SessionStore) -> (Option<Session>, usize) {
    let events = store.events_after(id(1), 0).await.unwrap();
    (
        store.load(id(1)).await.unwrap(),
        events.map_or(0, |events| events.len()),
    )
}

pub async fn a_decision_on_an_old_version_changes_nothing(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    put(&*store, 1, reserve(1)).await;
    let before = seen(&*store).await;
    let (decision, idempotency_key) = (decided(&session, reserve(2)), idempotency_key("late"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Conflict));
    assert_eq!(seen(&*store).await, before);

    let (now, _) = before;
    let again = decided(&now.unwrap(), reserve(2));
    let append = Append {
        expected: 1,
        idempotency_key,
        decision: &again,
    };
    assert_eq!(
        store.append(append).await,
        Ok(Appended::Done),
        "a conflict is not remembered"
    );
}

pub async fn an_append_to_an_unknown_session_conflicts(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let decision = decided(&session(2), reserve(1));
    let append = Append {
        expected: 0,
        idempotency_key: idempotency_key("astray"),
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Conflict));
    assert_eq!(store.load(id(2)).await, Ok(None));
    assert_eq!(store.events_after(id(2), 0).await, Ok(None));
}

pub async fn a_repeated_request_hears_its_first_answer_and_changes_nothing(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let (first, idempotency_key) = (decided(&session, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &first,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    let before = seen(&*store).await;

    let replayed = Ok(Appended::Replayed(first.reply.clone()));
    assert_eq!(store.append(append).await, replayed, "the very same append");
    let second = decided(&first.next, reserve(1));
    assert_ne!(second.reply, first.reply);
    let append = Append {
        expected: 1,
        idempotency_key,
        decision: &second,
    };
    assert_eq!(store.append(append).await, replayed, "decided anew");
    assert_eq!(seen(&*store).await, before);
}

pub async fn a_repeated_request_is_recognised_after_many_later_appends(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let (first, idempotency_key) = (decided(&session, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &first,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    for turn in 0..255 {
        put(&*store, 1, noted(1, &format!("note {turn}"))).await;
    }
    let before = seen(&*store).await;
    assert_eq!(
        store.append(append).await,
        Ok(Appended::Replayed(first.reply.clone()))
    );
    assert_eq!(seen(&*store).await, before);
}

pub async fn a_request_name_used_for_something_else_is_a_mismatch(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let (decision, idempotency_key) = (decided(&session, reserve(1)), idempotency_key("this"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    let before = seen(&*store).await;
    let other = IdempotencyKey {
        fingerprint: Sha256::of(b"that"),
        ..idempotency_key
    };
    let next = decided(&decision.next, reserve(2));
    for append in [
        Append {
            idempotency_key: other,
            ..append
        },
        Append {
            expected: 1,
            idempotency_key: other,
            decision: &next,
        },
    ] {
        assert_eq!(store.append(append).await, Ok(Appended::Mismatch));
    }
    assert_eq!(seen(&*store).await, before);
}

pub async fn the_same_request_name_in_another_session_is_another_request(backend: impl Backend) {
    let (store, first) = with_one_session(&backend).await;
    store.open(&session(2)).await.unwrap();
    let idempotency_key = idempotency_key("reserve");
    for session in [first, session(2)] {
        let decision = decided(&session, reserve(1));
        let append = Append {
            expected: 0,
            idempotency_key,
            decision: &decision,
        };
        assert_eq!(store.append(append).await, Ok(Appended::Done));
    }
}

pub async fn a_decision_that_skips_a_version_or_an_event_is_refused(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let whole = decided(&session, reserve(1));
    let beyond = decided(&whole.next, reserve(2));
    let spoilt = |spoil: fn(&mut Decision)| {
        let mut decision = whole.clone();
        spoil(&mut decision);
        decision
    };
    let wrong = [
        beyond,
        spoilt(|decision| decision.next.version = 0),
        spoilt(|decision| decision.next.view.revision = 2),
        spoilt(|decision| decision.events.clear()),
        spoilt(|decision| decision.events[0].revision = 2),
        spoilt(|decision| {
            decision.next.view.revision = 2;
            decision.events[0].revision = 2;
        }),
        spoilt(|decision| decision.events.push(decision.events[0].clone())),
    ];
    for decision in &wrong {
        let append = Append {
            expected: 0,
            idempotency_key: idempotency_key("wrong"),
            decision,
        };
        assert!(store.append(append).await.is_err());
    }
    assert_eq!(seen(&*store).await, (Some(session), 0));
}

pub async fn sixteen_copies_of_one_request_have_one_effect(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let (decision, idempotency_key) = (decided(&session, reserve(1)), idempotency_key("reserve"));
    let mut copies = JoinSet::new();
    for _ in 0..16 {
        let (store, decision) = (backend.store(), decision.clone());
        copies.spawn(async move {
            store
                .append(Append {
                    expected: 0,
                    idempotency_key,
                    decision: &decision,
                })
                .await
                .unwrap()
        });
    }
    let answers = copies.join_all().await;
    let done = answers
        .iter()
        .filter(|answer| **answer == Appended::Done)
        .count();
    let replayed = Appended::Replayed(decision.reply.clone());
    let replays = answers.iter().filter(|answer| **answer == replayed).count();
    assert_eq!((done, replays), (1, 15));
    assert_eq!(seen(&*store).await, (Some(decision.next), 1));
}
