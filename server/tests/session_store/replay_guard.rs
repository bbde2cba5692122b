//! The replay guard: a nonce belongs to the session that it was claimed for first.

use crate::backends::Backend;
use crate::fixtures::{NOW, after, unused_name};
use clinical_images::digest::Sha256;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinSet;

pub async fn thirty_two_racers_for_a_nonce_get_the_same_session(backend: impl Backend) {
    let (mut racers, mut proposed) = (JoinSet::new(), BTreeSet::new());
    for _ in 0..32 {
        let (store, session) = (backend.store(), unused_name());
        proposed.insert(session);
        let nonce = Sha256::of(b"launch");
        racers.spawn(async move {
            let claimed = store.claim_once(nonce, session, after(60), NOW).await;
            claimed.unwrap()
        });
    }
    let got: BTreeSet<_> = racers.join_all().await.into_iter().collect();
    assert_eq!(got.len(), 1, "{got:?}");
    assert!(got.is_subset(&proposed), "one that was asked for: {got:?}");
}

pub async fn a_claim_is_dropped_after_its_time(backend: impl Backend) {
    let (store, nonce) = (backend.store(), Sha256::of(b"launch"));
    let [first, second, third, fourth] = [(); 4].map(|()| unused_name());
    let over = after(60).plus(Duration::from_millis(1));
    for (session, until, now, holds) in [
        (first, after(60), NOW, first),
        (second, after(999), after(59), first),
        (third, after(120), over, third),
        (fourth, after(120), over, third),
    ] {
        let claimed = store.claim_once(nonce, session, until, now).await;
        assert_eq!(claimed, Ok(holds));
    }
}

pub async fn claims_do_not_disturb_each_other(backend: impl Backend) {
    let (store, nonces) = (
        backend.store(),
        [0_u8, 1, 0xff].map(|byte| Sha256::from_bytes([byte; 32])),
    );
    let first = [(); 3].map(|()| unused_name());
    for ((nonce, session), until) in nonces.into_iter().zip(first).zip([10, 20, 30]) {
        let claimed = store.claim_once(nonce, session, after(until), NOW).await;
        assert_eq!(claimed, Ok(session));
    }
    let late = [(); 3].map(|()| unused_name());
    // The first claim is over by now.
    let hold = [late[0], first[1], first[2]];
    for ((nonce, session), holds) in nonces.into_iter().zip(late).zip(hold) {
        let claimed = store.claim_once(nonce, session, after(99), after(15)).await;
        assert_eq!(claimed, Ok(holds));
    }
}

pub async fn everybody_who_asks_again_gets_the_first_session_again(backend: impl Backend) {
    let (store, nonce) = (backend.store(), Sha256::of(b"launch"));
    let (first, second) = (unused_name(), unused_name());
    for session in [first, second, first, second] {
        let claimed = store.claim_once(nonce, session, after(60), NOW).await;
        assert_eq!(claimed, Ok(first));
    }
    let over = after(61);
    for session in [second, first] {
        let claimed = store.claim_once(nonce, session, after(120), over).await;
        assert_eq!(claimed, Ok(second));
    }
}
