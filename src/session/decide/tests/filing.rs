//! Commits, outcomes, and the end.

use super::*;

#[test]
fn a_commit_names_the_patient_and_what_was_seen() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let pictures = vec![PictureId::from_bits(5)];
    let seen = Seen {
        patient: Sha256::of(b"somebody else"),
        ..room.seen()
    };
    let act = Act::Commit {
        pictures: pictures.clone(),
        seen,
    };
    assert_eq!(room.try_to(Actor::Desktop, act), Err(Refusal::OtherPatient));
    let seen = room.seen();
    let change = DetailsChange {
        laterality: Some(Some(Laterality::Right)),
        ..DetailsChange::default()
    };
    room.go(
        Actor::Desktop,
        Act::Describe {
            pictures: pictures.clone(),
            change,
        },
    );
    assert_eq!(
        room.try_to(Actor::Desktop, Act::Commit { pictures, seen }),
        Err(Refusal::Stale)
    );
    assert!(room.commit(5).is_ok());
}

#[test]
fn a_second_press_of_commit_queues_nothing_twice() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let revision = room.session.view.revision;
    room.commit(5).unwrap();
    assert_eq!(room.session.view.revision, revision);
}

#[test]
fn a_picture_without_a_side_is_not_committed() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let change = DetailsChange {
        laterality: Some(None),
        ..DetailsChange::default()
    };
    room.go(
        Actor::Desktop,
        Act::Describe {
            pictures: vec![PictureId::from_bits(5)],
            change,
        },
    );
    assert_eq!(room.commit(5), Err(Refusal::DetailsMissing { count: 1 }));
}

#[test]
fn two_workers_cannot_take_the_same_picture() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let picture = PictureId::from_bits(5);
    room.go(Actor::Server, Act::BeginFiling { picture });
    assert_eq!(
        room.try_to(Actor::Server, Act::BeginFiling { picture }),
        Err(Refusal::PictureFixed)
    );
}

#[test]
fn a_crash_while_sending_ends_in_unknown_and_never_in_a_second_post() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    room.go(
        Actor::Server,
        Act::BeginFiling {
            picture: PictureId::from_bits(5),
        },
    );
    room.now = 359;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.state(5), &PictureState::Sending);
    room.now = 360;
    room.go(Actor::Server, Act::Tick);
    assert!(matches!(room.state(5), PictureState::Unknown { .. }));
    assert_eq!(
        room.commit(5),
        Err(Refusal::Stale),
        "a person has to look first"
    );
    room.go(
        Actor::Desktop,
        Act::Settle {
            picture: PictureId::from_bits(5),
            present: false,
        },
    );
    assert!(room.commit(5).is_ok());
}

#[test]
fn a_session_does_not_end_under_a_picture_that_is_being_filed() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let end = Act::End {
        why: EndOfSession::Discarded,
    };
    assert_eq!(room.try_to(Actor::Desktop, end), Err(Refusal::PictureFixed));
    room.now = 7200;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, None);
}

#[test]
fn idle_phones_and_idle_sessions_end_and_reading_does_not_matter() {
    let mut room = Room::new();
    room.phone(1);
    room.ready(Actor::Desktop, 5);
    room.now = 600;
    room.go(Actor::Server, Act::Tick);
    let ended = LinkState::Ended {
        why: EndOfLink::Idle,
        device: Some(DeviceLabel::from_user_agent("iPhone")),
    };
    assert_eq!(room.session.view.links[0].state, ended);
    room.now = 7199;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, None);
    room.now = 7200;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, Some(EndOfSession::Idle));
    assert_eq!(room.session.doomed.len(), 1, "its copy is to be deleted");
    assert_eq!(
        room.reserve(Actor::Desktop, 6),
        Err(Refusal::SessionEnded {
            why: EndOfSession::Idle
        })
    );
}

#[test]
fn a_session_is_forgotten_only_when_its_copies_are_gone() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.go(
        Actor::Desktop,
        Act::End {
            why: EndOfSession::Discarded,
        },
    );
    assert!(!room.session.can_be_forgotten(at(100_000)));
    let keys = room
        .session
        .doomed
        .iter()
        .map(|doomed| doomed.key.clone())
        .collect();
    room.go(Actor::Server, Act::Swept { keys });
    assert!(room.session.can_be_forgotten(at(100_000)));
    assert!(!room.session.can_be_forgotten(at(10)));
}
