//! Opened, loaded, appended to, forgotten.

use crate::backends::Backend;
use crate::fixtures::{
    NOW, after, ask, decided, id, idempotency_key, noted, picture, put, rendition, reserve,
    session, session_at, with_one_session,
};
use clinical_images::picture::jpeg::JpegHeader;
use clinical_images::picture::{BodySite, DetailsChange, Laterality, Note, Rendition, View};
use clinical_images::ports::{Append, Appended, Opening};
use clinical_images::session::{Command, Evidence, SequencedEvent, SessionView};
use tokio::task::JoinSet;

pub async fn an_opened_session_loads_as_it_was(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    assert_eq!(store.load(id(1)).await, Ok(Some(session)));
    assert_eq!(store.events_after(id(1), 0).await, Ok(Some(vec![])));
}

pub async fn an_unknown_session_loads_as_nothing(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    assert_eq!(store.load(id(2)).await, Ok(None));
}

pub async fn a_name_opens_only_once(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    let changed = put(&*store, 1, reserve(1)).await;
    assert_eq!(store.open(&session(1)).await, Ok(Opening::NameTaken));
    assert_eq!(store.load(id(1)).await, Ok(Some(changed)));
    store.open(&session(2)).await.unwrap();
    let another = store.open(&session_at(2, after(1))).await;
    assert_eq!(another, Ok(Opening::NameTaken));
    assert_eq!(store.load(id(2)).await, Ok(Some(session(2))));
}

pub async fn of_sixteen_sessions_of_one_name_one_is_stored(backend: impl Backend) {
    let mut openers = JoinSet::new();
    for second in 0..16 {
        let (store, session) = (backend.store(), session_at(1, after(second)));
        openers.spawn(async move { (store.open(&session).await.unwrap(), session) });
    }
    let opened = openers.join_all().await.into_iter();
    let opened: Vec<_> = opened.filter(|(it, _)| *it == Opening::Done).collect();
    let [(_, session)] = &opened[..] else {
        panic!("{} were opened", opened.len());
    };
    let store = backend.store();
    assert_eq!(store.load(id(1)).await.unwrap().as_ref(), Some(session));
    let launches = store.pending_audit(99).await.unwrap();
    assert_eq!(launches.len(), 1, "only what was stored was audited");
}

pub async fn opening_the_very_same_session_again_is_fine(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    assert_eq!(store.open(&session).await, Ok(Opening::Done));
    assert_eq!(put(&*store, 1, reserve(1)).await.version, 1);
    assert_eq!(store.due(after(1_000_000), 9).await, Ok(vec![id(1)]));
    assert_eq!(store.sessions(None, 9).await, Ok(vec![id(1)]));
}

pub async fn an_appended_decision_loads_as_decided(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    let decision = decided(&session, reserve(1));
    let append = Append {
        expected: 0,
        idempotency_key: idempotency_key("reserve"),
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    assert_eq!(store.load(id(1)).await, Ok(Some(decision.next)));
    assert_eq!(
        store.events_after(id(1), 0).await,
        Ok(Some(decision.events))
    );
}

pub async fn a_forgotten_session_leaves_nothing_behind(backend: impl Backend) {
    let (store, first) = with_one_session(&backend).await;
    store.open(&session(2)).await.unwrap();
    let (decision, idempotency_key) = (decided(&first, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    store.forget(id(1)).await.unwrap();

    assert_eq!(store.load(id(1)).await, Ok(None));
    assert_eq!(store.events_after(id(1), 0).await, Ok(None));
    assert_eq!(store.due(after(1_000_000), 9).await, Ok(vec![id(2)]));
    assert_eq!(store.append(append).await, Ok(Appended::Conflict));

    store.open(&first).await.unwrap();
    assert_eq!(store.events_after(id(1), 0).await, Ok(Some(vec![])));
    assert_eq!(
        store.append(append).await,
        Ok(Appended::Done),
        "its requests are forgotten too"
    );
}

pub async fn forgetting_nothing_is_fine(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    assert_eq!(store.forget(id(2)).await, Ok(()));
    assert_eq!(store.load(id(1)).await, Ok(Some(session)));
}

pub async fn odd_characters_come_back_unchanged(backend: impl Backend) {
    let (store, _) = with_one_session(&backend).await;
    put(&*store, 1, reserve(u128::MAX)).await;
    let longest = "ā".repeat(1000);
    let notes = [
        "Tūrei \u{0}\u{1f}\u{7f}\u{85}",
        "\u{feff}\u{202e}🏽\u{fffd}\r\n\t\\\"'",
        &longest,
    ];
    for note in notes {
        let expected = put(&*store, 1, noted(u128::MAX, note)).await;
        let loaded = store.load(id(1)).await.unwrap().unwrap();
        assert_eq!(loaded, expected);
        assert_eq!(loaded.view.pictures[0].details.note.as_str(), note);
    }
}

pub async fn a_large_session_with_many_events_comes_back_whole(backend: impl Backend) {
    let (store, opened) = with_one_session(&backend).await;
    for number in 0..20 {
        put(&*store, 1, reserve(number)).await;
        let jpeg = Some(JpegHeader {
            width: 1920,
            height: 1440,
            has_metadata: false,
        });
        let Rendition { length, sha256, .. } = rendition(number);
        let evidence = Some(Evidence {
            attempt: u32::try_from(number).unwrap() + 1,
            length,
            sha256,
            jpeg,
        });
        put(
            &*store,
            1,
            ask(Command::Arrive {
                picture: picture(number),
                evidence,
            }),
        )
        .await;
        for turn in 0..8 {
            let change = DetailsChange {
                site: Some(BodySite::from_code("14975008")),
                laterality: Some(Some(Laterality::Left)),
                view: Some(Some(View::Dermoscopic)),
                note: Some(Note::new(format!("{turn}{}", "Whānau ".repeat(140))).unwrap()),
            };
            let pictures = vec![picture(number)];
            put(&*store, 1, ask(Command::Describe { pictures, change })).await;
        }
    }
    let loaded = store.load(id(1)).await.unwrap().unwrap();
    let events = store.events_after(id(1), 0).await.unwrap().unwrap();
    assert_eq!(
        (loaded.version, events.len(), loaded.view.pictures.len()),
        (200, 200, 20)
    );
    assert_eq!(folded(opened.view, &events), loaded.view);
}

fn folded(mut view: SessionView, events: &[SequencedEvent]) -> SessionView {
    events.iter().for_each(|event| view.apply(event).unwrap());
    view
}

pub async fn a_healthy_store_says_that_it_can_write(backend: impl Backend) {
    let (store, session) = with_one_session(&backend).await;
    assert_eq!(store.probe().await, Ok(()));
    assert_eq!(store.load(id(1)).await, Ok(Some(session)));
    assert_eq!(store.due(NOW, 9).await, Ok(vec![]));
}
