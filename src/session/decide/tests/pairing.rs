//! Who may join, and what a phone may do.

use super::*;

#[test]
fn a_code_is_claimed_once_and_the_loser_hears_that_it_was_used() {
    let mut room = Room::new();
    room.offer(1);
    assert!(room.claim(1).is_ok());
    assert_eq!(room.claim(1), Err(Refusal::LinkUsed));
    assert_eq!(room.claim(2), Err(Refusal::LinkUnknown));
}

#[test]
fn a_code_dies_with_its_time_and_with_its_successor() {
    let mut room = Room::new();
    room.offer(1);
    room.offer(2);
    assert_eq!(
        room.claim(1),
        Err(Refusal::LinkEnded {
            why: EndOfLink::Replaced
        })
    );
    room.now = 300;
    assert_eq!(
        room.claim(2),
        Err(Refusal::LinkEnded {
            why: EndOfLink::Expired
        })
    );
}

#[test]
fn a_phone_sends_nothing_before_its_patient_is_confirmed() {
    let mut room = Room::new();
    room.offer(1);
    room.claim(1).unwrap();
    let phone = Actor::Phone(LinkId::from_bits(1));
    assert_eq!(room.reserve(phone, 5), Err(Refusal::PatientNotConfirmed));
    room.go(phone, Command::ConfirmPatient);
    assert!(room.reserve(phone, 5).is_ok());
}

#[test]
fn a_phone_that_was_cut_off_is_told_so_at_once() {
    let mut room = Room::new();
    let phone = room.phone(1);
    room.go(
        Actor::Desktop,
        Command::RevokeLink {
            link: LinkId::from_bits(1),
        },
    );
    assert_eq!(
        room.reserve(phone, 5),
        Err(Refusal::LinkEnded {
            why: EndOfLink::Revoked
        })
    );
}

#[test]
fn a_phone_cannot_do_what_only_the_desktop_may() {
    let mut room = Room::new();
    let phone = room.phone(1);
    let precondition = room.precondition();
    for command in [
        Command::Commit {
            pictures: vec![],
            precondition,
            scans: Scans::Separate,
        },
        Command::End {
            why: EndOfSession::Discarded,
        },
        Command::RevokeLink {
            link: LinkId::from_bits(1),
        },
        Command::Tick,
    ] {
        assert_eq!(room.try_to(phone, command), Err(Refusal::NotAllowed));
    }
}

#[test]
fn a_phone_touches_its_own_pictures_only() {
    let mut room = Room::new();
    let phone = room.phone(1);
    room.ready(Actor::Desktop, 5);
    let picture = PictureId::from_bits(5);
    assert_eq!(
        room.try_to(phone, Command::Remove { picture }),
        Err(Refusal::NotAllowed)
    );
    let view = room.session.view.redacted_for(LinkId::from_bits(1));
    assert_eq!(
        (view.pictures.len(), view.others, view.launch.patient.nhi),
        (0, 1, None)
    );
}

#[test]
fn an_idle_phone_is_refused_at_its_deadline_whether_or_not_the_server_has_ticked() {
    for limit in [600, 75] {
        let mut room = Room::new();
        room.session.limits.phone_idle = Duration::from_secs(limit);
        let phone = room.phone(1);
        room.now = limit - 1;
        room.reserve(phone, 5).unwrap();
        room.now += limit - 1;
        assert!(room.reserve(phone, 6).is_ok(), "its own command keeps it");
        room.now += limit;
        let why = EndOfLink::Idle;
        assert_eq!(room.reserve(phone, 7), Err(Refusal::LinkEnded { why }));
        assert!(room.reserve(Actor::Desktop, 7).is_ok());
    }
}

#[test]
fn an_idle_session_is_over_at_its_deadline_for_everybody_but_the_server() {
    let mut room = Room::new();
    room.session.limits.session_idle = Duration::from_secs(900);
    room.offer(1);
    let over = Err(Refusal::SessionEnded {
        why: EndOfSession::Idle,
    });
    room.now = 900;
    assert_eq!(room.claim(1), over);
    assert_eq!(room.reserve(Actor::Desktop, 5), over);
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.session.view.ended, Some(EndOfSession::Idle));
}

#[test]
fn a_code_lives_as_long_as_was_set() {
    let mut room = Room::new();
    room.session.limits.pairing = Duration::from_secs(30);
    room.offer(1);
    room.now = 30;
    let why = EndOfLink::Expired;
    assert_eq!(room.claim(1), Err(Refusal::LinkEnded { why }));
    room.offer(2);
    room.now = 59;
    assert!(room.claim(2).is_ok());
}

#[test]
fn a_session_that_an_older_build_stored_keeps_its_access_tokens() {
    let mut room = Room::new();
    room.phone(1);
    let mut stored = serde_json::to_value(&room.session).unwrap();
    let fields = stored.as_object_mut().unwrap();
    let tokens = fields.remove("tokens").unwrap();
    fields.insert("keys".to_owned(), tokens);
    let loaded: Session = serde_json::from_value(stored).unwrap();
    assert_eq!(loaded, room.session);
}
