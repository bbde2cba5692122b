//! Concurrency: many writers at once.

use crate::backends::Backend;
use crate::fixtures::{NOW, ask, execute, id, put, reserve, with_one_session};
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId};
use clinical_images::refusal::Refusal;
use clinical_images::session::{
    Actor, ClaimLink, ClaimedLink, Command, DeviceKind, Event, LinkState, MatchNumber, Reply,
    Request, Reserved, Uploads, decide,
};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// All commands at once against session 1, each in a task of its own.
async fn at_once(backend: &impl Backend, requests: Vec<Request>) -> Vec<Result<Reply, Refusal>> {
    let mut writers = JoinSet::new();
    for request in requests {
        let store = backend.store();
        writers.spawn(async move { execute(&*store, 1, request).await });
    }
    writers.join_all().await
}

pub async fn sixteen_writers_lose_nothing_and_leave_no_gap(backend: impl Backend) {
    let (store, opened) = with_one_session(&backend).await;
    let answers = at_once(&backend, (0..16).map(reserve).collect()).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");

    let session = store.load(id(1)).await.unwrap().unwrap();
    let present: BTreeSet<_> = session
        .view
        .pictures
        .iter()
        .map(|picture| picture.id)
        .collect();
    assert_eq!(present, (0..16).map(PictureId::from_bits).collect());
    let mut view = opened.view;
    for event in store.events_after(id(1), 0).await.unwrap().unwrap() {
        assert_eq!(event.revision, view.revision + 1);
        view.apply(&event).unwrap();
    }
    assert_eq!((view, session.version), (session.view, 16));
}

pub async fn of_twenty_five_parallel_reservations_twenty_win(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let answers = at_once(&backend, (0..25).map(reserve).collect()).await;
    let full = Err(Refusal::SessionFull { limit: 20 });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 20);
    assert_eq!(answers.iter().filter(|answer| **answer == full).count(), 5);
    let keys: BTreeSet<_> = answers
        .iter()
        .filter_map(|answer| match answer {
            Ok(Reply::Reserved(Reserved { key })) => Some(key.clone()),
            _ => None,
        })
        .collect();
    let session = store.load(id(1)).await.unwrap().unwrap();
    assert_eq!(
        keys,
        session
            .uploads
            .values()
            .flat_map(Uploads::all)
            .map(|upload| upload.key.clone())
            .collect()
    );
    assert!(decide(&session, reserve(99), NOW).is_err());
}

pub async fn one_of_sixteen_phones_claims_a_link(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let (link, code) = (LinkId::from_bits(7), Sha256::of(b"code"));
    put(
        &*store,
        1,
        ask(Command::OfferLink {
            link,
            code,
            number: MatchNumber::from_bits(5),
        }),
    )
    .await;
    let claim = |phone: u8| {
        let device = DeviceKind::from_user_agent("iPhone");
        let command = Command::ClaimLink(ClaimLink {
            code,
            cookie: Sha256::of(&[phone]),
            device,
        });
        Request {
            by: Actor::Unpaired,
            command,
        }
    };
    let answers = at_once(&backend, (0..16).map(claim).collect()).await;
    let claimed = Ok(Reply::Claimed(ClaimedLink { link }));
    assert_eq!(
        answers.iter().filter(|answer| **answer == claimed).count(),
        1
    );
    let used = Err(Refusal::LinkUsed);
    assert_eq!(answers.iter().filter(|answer| **answer == used).count(), 15);
    let session = store.load(id(1)).await.unwrap().unwrap();
    assert_eq!(session.tokens.phones.len(), 1);
    assert!(matches!(
        session.view.links[0].state,
        LinkState::Claimed { .. }
    ));
}

pub async fn nothing_a_phone_does_comes_after_it_was_cut_off(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let (link, code) = (LinkId::from_bits(7), Sha256::of(b"code"));
    let number = MatchNumber::from_bits(5);
    let claim = Command::ClaimLink(ClaimLink {
        code,
        cookie: Sha256::of(b"cookie"),
        device: DeviceKind::from_user_agent("iPhone"),
    });
    let by_phone = |command| Request {
        by: Actor::Phone(link),
        command,
    };
    put(&*store, 1, ask(Command::OfferLink { link, code, number })).await;
    let by_unpaired = Request {
        by: Actor::Unpaired,
        command: claim,
    };
    put(&*store, 1, by_unpaired).await;
    put(&*store, 1, by_phone(Command::ConfirmPatient)).await;

    let mut requests: Vec<_> = (0..16)
        .map(|picture| by_phone(reserve(picture).command))
        .collect();
    requests.insert(8, ask(Command::RevokeLink { link }));
    let answers = at_once(&backend, requests).await;
    let added = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(Reply::Reserved(Reserved { .. }))));
    let added = added.count();
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Refusal::LinkEnded { .. })));
    assert_eq!(added + refused.count(), 16, "{answers:?}");

    let events = store.events_after(id(1), 0).await.unwrap().unwrap();
    let ended = events
        .iter()
        .position(|sequenced| matches!(sequenced.event, Event::LinkEnded { .. }));
    assert_eq!(
        ended,
        Some(events.len() - 1),
        "the end of the link is the last word"
    );
    let session = store.load(id(1)).await.unwrap().unwrap();
    assert_eq!(session.view.pictures.len(), added);
}
