//! The audit outbox: records are stored together with what was done, and stay until they are acknowledged.

use crate::backends::Backend;
use crate::fixtures::{
    NOW, decided, id, idempotency_key, noted, put, put_at, reserve, session, with_one_session,
};
use clinical_images::audit::{AuditAction, AuditRecord};
use clinical_images::moment::Moment;
use clinical_images::ports::{Append, Appended, AuditOutbox};
use clinical_images::session::Actor;
use std::time::Duration;

const ALL: usize = 1000;

/// Session, revision and action of all records.
async fn told(outbox: &dyn AuditOutbox) -> Vec<(u128, u64, AuditAction)> {
    let records = outbox.pending_audit(ALL).await.unwrap().into_iter();
    records
        .map(|record| (record.session.bits(), record.revision, record.action))
        .collect()
}

fn later(seconds: u64) -> Moment {
    NOW.plus(Duration::from_secs(seconds))
}

pub async fn a_launch_and_what_people_do_is_noted_once(backend: impl Backend) {
    let (store, opened) = with_one_session(&backend).await;
    store.open(&opened).await.unwrap();
    put_at(&*store, 1, reserve(1), later(1)).await;
    let described = put_at(&*store, 1, noted(1, "Pēpi"), later(2)).await;
    let revision = described.view.revision;
    assert_eq!(
        told(&*store).await,
        [
            (1, 0, AuditAction::Launched),
            (1, revision, AuditAction::PicturesDescribed)
        ]
    );
    let record = store.pending_audit(ALL).await.unwrap().pop().unwrap();
    assert_eq!((record.at, record.by), (later(2), Actor::Desktop));
    assert_eq!(record.patient, opened.view.launch.patient.id);
}

pub async fn a_refused_or_repeated_append_notes_nothing(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let session = put(&*store, 1, reserve(1)).await;
    let (decision, idempotency_key) =
        (decided(&session, noted(1, "once")), idempotency_key("note"));
    let append = Append {
        expected: session.version,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    let before = store.pending_audit(ALL).await.unwrap();
    let replayed = Appended::Replayed(decision.reply.clone());
    assert_eq!(store.append(append).await, Ok(replayed));
    let late = Append {
        idempotency_key: crate::fixtures::idempotency_key("late"),
        ..append
    };
    assert_eq!(store.append(late).await, Ok(Appended::Conflict));
    assert_eq!(store.pending_audit(ALL).await.unwrap(), before);
    assert_eq!(before.len(), 2);
}

pub async fn notes_stay_until_they_are_let_go_and_outlive_their_session(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    for number in 2..=20 {
        store.open(&session(number)).await.unwrap();
    }
    put_at(&*store, 20, reserve(1), later(1)).await;
    put_at(&*store, 20, noted(1, "later"), later(2)).await;
    store.forget(id(20)).await.unwrap();
    let all = store.pending_audit(ALL).await.unwrap();
    assert_eq!(all.len(), 21);
    assert_eq!(all.last().unwrap().action, AuditAction::PicturesDescribed);

    let (kept, rest) = all.split_at(7);
    store.ack_audit(kept).await.unwrap();
    store.ack_audit(kept).await.unwrap();
    let left = store.pending_audit(ALL).await.unwrap();
    assert_eq!(left.len(), 14);
    assert!(rest.iter().all(|record| left.contains(record)));
    assert_eq!(store.pending_audit(3).await.unwrap().len(), 3);
    store.ack_audit(rest).await.unwrap();
    assert_eq!(
        store.pending_audit(ALL).await,
        Ok(Vec::<AuditRecord>::new())
    );
}
