//! Pictures of which nobody knows whether they arrived: they are looked for, and somebody's word settles it.

use super::*;

#[test]
fn nothing_is_looked_for_before_the_quiet_period_is_over() {
    let mut room = Room::unknown();
    room.now = 329;
    assert_eq!(room.claim_lookup(), Err(Refusal::PictureFixed));
    room.now = 330;
    let look = room.claim_lookup().unwrap();
    assert_eq!(
        room.claim_lookup(),
        Err(Refusal::PictureFixed),
        "one at a time"
    );
    room.conclude_lookup(
        look,
        Finding::Found {
            record: "m1".into(),
        },
    );
    assert_eq!(room.records(), [Some("m1")]);
}

#[test]
fn absence_is_believed_the_second_time_and_then_it_is_posted_again() {
    let mut room = Room::unknown();
    room.now = 330;
    let look = room.claim_lookup().unwrap();
    room.conclude_lookup(look, Finding::Absent(failure()));
    room.conclude_lookup(look, Finding::Absent(failure()));
    assert!(
        matches!(room.state(5), PictureState::Unknown { .. }),
        "said twice, seen once"
    );
    assert_eq!(room.claim_lookup(), Err(Refusal::PictureFixed));
    room.now = 390;
    let look = room.claim_lookup().unwrap();
    room.conclude_lookup(look, Finding::Absent(failure()));
    assert!(matches!(room.state(5), PictureState::Waiting { .. }));
    room.now = 395;
    assert!(room.claim_submit().is_ok());
}

#[test]
fn what_cannot_be_looked_for_is_a_person_s_to_find_out() {
    for present in [true, false] {
        let mut room = Room::unknown();
        assert_eq!(
            room.resolve_manually(false),
            Err(Refusal::PictureFixed),
            "the gateway may still be at it"
        );
        room.now = 330;
        let look = room.claim_lookup().unwrap();
        room.conclude_lookup(look, Finding::CannotTell(failure()));
        assert!(matches!(room.state(5), PictureState::NeedsCheck { .. }));
        room.resolve_manually(present).unwrap();
        assert_eq!(room.state(5) == &PictureState::Queued, !present);
        assert_eq!(matches!(room.state(5), PictureState::Filed { .. }), present);
        assert_eq!(room.resolve_manually(present), Err(Refusal::Stale));
    }
}

#[test]
fn looking_in_vain_goes_on_for_a_while_and_then_a_person_is_asked() {
    let mut room = Room::unknown();
    for _ in 0..8 {
        room.now += 600;
        let look = room.claim_lookup().unwrap();
        assert!(matches!(room.state(5), PictureState::Unknown { .. }));
        room.conclude_lookup(look, Finding::Unavailable(failure()));
    }
    assert!(matches!(room.state(5), PictureState::NeedsCheck { .. }));
}

#[test]
fn a_late_word_counts_only_when_it_is_filed() {
    let mut room = Room::unknown();
    room.now = 330;
    room.claim_lookup().unwrap();
    let before = room.session.clone();
    for outcome in [
        SubmitOutcome::Failed(failure()),
        SubmitOutcome::Unknown(failure()),
        SubmitOutcome::Later {
            failure: failure(),
            after: None,
        },
    ] {
        room.conclude(1, outcome);
        assert_eq!(room.session, before);
    }
    room.conclude_lookup(1, Finding::Absent(failure()));
    room.conclude_lookup(1, Finding::CannotTell(failure()));
    assert_eq!(room.session, before, "a post's claim is no look's");
    room.conclude(1, filed("m1"));
    assert!(matches!(room.state(5), PictureState::Filed { .. }));
    let before = room.session.clone();
    room.conclude(1, filed("m1"));
    assert_eq!(room.session, before, "heard twice");
    room.conclude(9, filed("m2"));
    assert_eq!(
        room.own_entry().duplicates,
        ["m2"],
        "a duplicate is not hidden"
    );
}

#[test]
fn the_id_of_what_a_person_saw_is_filled_in_when_it_is_heard() {
    let mut room = Room::unknown();
    room.resolve_manually(true).unwrap();
    assert_eq!(room.records(), [None]);
    room.conclude(1, filed("m1"));
    assert_eq!(room.records(), [Some("m1")]);
    assert!(room.own_entry().duplicates.is_empty());
}
