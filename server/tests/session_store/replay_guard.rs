//! The replay guard: a nonce is claimed once.

use crate::backends::Backend;
use crate::fixtures::{NOW, after, anybody};
use clinical_images::digest::Sha256;
use std::time::Duration;
use tokio::task::JoinSet;

pub async fn of_thirty_two_racers_one_remembers(backend: impl Backend) {
    let mut racers = JoinSet::new();
    for _ in 0..32 {
        let store = backend.store();
        let nonce = Sha256::of(b"launch");
        racers.spawn(async move {
            store
                .claim_once(nonce, anybody(), after(60), NOW)
                .await
                .unwrap()
        });
    }
    let firsts = racers
        .join_all()
        .await
        .into_iter()
        .filter(|first| *first)
        .count();
    assert_eq!(firsts, 1);
}

pub async fn a_mark_is_dropped_after_its_time(backend: impl Backend) {
    let (store, nonce) = (backend.store(), Sha256::of(b"launch"));
    assert_eq!(
        store.claim_once(nonce, anybody(), after(60), NOW).await,
        Ok(true)
    );
    assert_eq!(
        store
            .claim_once(nonce, anybody(), after(999), after(59))
            .await,
        Ok(false)
    );
    let over = after(60).plus(Duration::from_millis(1));
    assert_eq!(
        store.claim_once(nonce, anybody(), after(120), over).await,
        Ok(true)
    );
    assert_eq!(
        store.claim_once(nonce, anybody(), after(120), over).await,
        Ok(false)
    );
}

pub async fn marks_do_not_disturb_each_other(backend: impl Backend) {
    let (store, nonces) = (
        backend.store(),
        [0_u8, 1, 0xff].map(|byte| Sha256::from_bytes([byte; 32])),
    );
    for (nonce, until) in nonces.into_iter().zip([10, 20, 30]) {
        assert_eq!(
            store.claim_once(nonce, anybody(), after(until), NOW).await,
            Ok(true)
        );
    }
    let answers = [(0, true), (1, false), (2, false)];
    for (which, first) in answers {
        assert_eq!(
            store
                .claim_once(nonces[which], anybody(), after(99), after(15))
                .await,
            Ok(first)
        );
    }
}

pub async fn whoever_was_first_hears_so_again_and_nobody_else(backend: impl Backend) {
    let (store, nonce) = (backend.store(), Sha256::of(b"launch"));
    let (first, second) = (anybody(), anybody());
    for (by, hears) in [
        (first, true),
        (second, false),
        (first, true),
        (second, false),
    ] {
        assert_eq!(store.claim_once(nonce, by, after(60), NOW).await, Ok(hears));
    }
    let over = after(61);
    assert_eq!(
        store.claim_once(nonce, second, after(120), over).await,
        Ok(true)
    );
    assert_eq!(
        store.claim_once(nonce, first, after(120), over).await,
        Ok(false)
    );
}
