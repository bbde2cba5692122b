//! Sessions end, and are forgotten, when nothing is owed any more.

use super::*;

#[test]
fn nobody_can_say_that_a_session_was_idle() {
    let mut room = Room::new();
    let end = Command::End {
        why: EndOfSession::Idle,
    };
    assert_eq!(room.try_to(Actor::Desktop, end), Err(Refusal::NotAllowed));
    assert_eq!(room.session.view.ended, None);
}

#[test]
fn a_session_does_not_end_under_a_picture_that_is_being_filed() {
    let mut room = Room::committed();
    let end = Command::End {
        why: EndOfSession::Discarded,
    };
    assert_eq!(
        room.try_to(Actor::Desktop, end.clone()),
        Err(Refusal::PictureFixed)
    );
    room.now = 7200;
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.session.view.ended, None);
    let fencing_token = room.claim_submit().unwrap();
    room.conclude(fencing_token, SubmitOutcome::Unknown(failure()));
    assert_eq!(room.try_to(Actor::Desktop, end), Err(Refusal::PictureFixed));
    room.now += 330;
    let look = room.claim_lookup().unwrap();
    room.conclude_lookup(look, Finding::CannotTell(failure()));
    room.now += 72_000;
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.session.view.ended, None, "a person still has to look");
    let told = Command::Recorded {
        entry: five().into(),
        outcomes: 2,
    };
    room.go(Actor::Server, told);
    assert_eq!(room.session.next_due(), None, "and nobody else needs to");
}

#[test]
fn idle_phones_and_idle_sessions_end_and_reading_does_not_matter() {
    let mut room = Room::new();
    room.phone(1);
    room.ready(Actor::Desktop, 5);
    room.now = 600;
    room.go(Actor::Server, Command::Tick);
    let ended = LinkState::Ended {
        why: EndOfLink::Idle,
        device: Some(DeviceKind::from_user_agent("iPhone")),
    };
    assert_eq!(room.session.view.links[0].state, ended);
    room.now = 7199;
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.session.view.ended, None);
    room.now = 7200;
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.session.view.ended, Some(EndOfSession::Idle));
    assert_eq!(
        room.session.pending_deletions.len(),
        1,
        "its copy is to be deleted"
    );
    assert_eq!(
        room.reserve(Actor::Desktop, 6),
        Err(Refusal::SessionEnded {
            why: EndOfSession::Idle
        })
    );
}

#[test]
fn a_session_is_forgotten_only_when_its_copies_are_gone_and_the_ledger_knows_all() {
    let mut room = Room::committed();
    let fencing_token = room.claim_submit().unwrap();
    room.conclude(fencing_token, filed("m1"));
    room.go(
        Actor::Desktop,
        Command::End {
            why: EndOfSession::Finished,
        },
    );
    assert!(!room.session.can_be_forgotten(at(100_000)));
    let keys = room
        .session
        .pending_deletions
        .iter()
        .map(|pending| pending.key.clone())
        .collect();
    room.go(Actor::Server, Command::ObjectsDeleted { keys });
    assert!(!room.session.can_be_forgotten(at(100_000)));
    assert_eq!(room.session.next_due(), Some(at(0)), "the ledger is due");
    let told = Command::Recorded {
        entry: five().into(),
        outcomes: 1,
    };
    room.go(Actor::Server, told);
    assert_eq!(room.own_entry().state, OutboxState::Filed);
    assert!(room.session.can_be_forgotten(at(100_000)));
    assert!(!room.session.can_be_forgotten(at(10)));
}
