//! Pictures on their way in.

use super::*;

#[test]
fn a_full_session_refuses_the_twenty_first_picture() {
    let mut room = Room::new();
    for picture in 0..20 {
        assert!(room.reserve(Actor::Desktop, picture).is_ok());
    }
    assert_eq!(
        room.reserve(Actor::Desktop, 20),
        Err(Refusal::SessionFull { limit: 20 })
    );
    room.go(
        Actor::Desktop,
        Command::Remove {
            picture: PictureId::from_bits(3),
        },
    );
    assert!(room.reserve(Actor::Desktop, 20).is_ok());
}

#[test]
fn every_attempt_has_its_own_key_and_the_one_before_is_doomed() {
    let mut room = Room::new();
    let first = room.reserve(Actor::Desktop, 5).unwrap();
    let second = room.reserve(Actor::Desktop, 5).unwrap();
    assert_ne!(first, second);
    assert_eq!(room.session.pending_deletions.len(), 1);
    assert_eq!(room.session.view.pictures.len(), 1);
}

#[test]
fn what_arrived_counts_only_when_it_is_what_was_announced() {
    let jpeg = |width, has_metadata| {
        Some(JpegHeader {
            width,
            height: 480,
            has_metadata,
        })
    };
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    let honest = room.true_evidence(5);
    let lies = [
        (None, Refusal::UploadMissing),
        (
            Some(Evidence {
                length: 999,
                ..honest
            }),
            Refusal::UploadDiffers,
        ),
        (
            Some(Evidence {
                sha256: Sha256::of(b"other"),
                ..honest
            }),
            Refusal::UploadDiffers,
        ),
        (
            Some(Evidence {
                jpeg: None,
                ..honest
            }),
            Refusal::UploadDiffers,
        ),
        (
            Some(Evidence {
                jpeg: jpeg(641, false),
                ..honest
            }),
            Refusal::UploadDiffers,
        ),
        (
            Some(Evidence {
                jpeg: jpeg(640, true),
                ..honest
            }),
            Refusal::UploadDiffers,
        ),
        (
            Some(Evidence {
                attempt: 0,
                ..honest
            }),
            Refusal::UploadMissing,
        ),
    ];
    let picture = PictureId::from_bits(5);
    for (evidence, refusal) in lies {
        assert_eq!(
            room.try_to(Actor::Desktop, Command::Arrive { picture, evidence }),
            Err(refusal)
        );
        assert_eq!(room.state(5), &PictureState::Reserved);
    }
}

#[test]
fn confirming_an_arrival_twice_changes_nothing() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let before = room.session.clone();
    let command = Command::Arrive {
        picture: PictureId::from_bits(5),
        evidence: None,
    };
    assert_eq!(room.go(Actor::Desktop, command), Reply::Done);
    assert_eq!(room.session, before);
}

#[test]
fn a_repeated_announcement_does_not_undo_what_was_said_meanwhile() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    let pictures = vec![PictureId::from_bits(5)];
    let laterality = Some(Some(Laterality::Right));
    let change = DetailsChange {
        laterality,
        ..DetailsChange::default()
    };
    room.go(Actor::Desktop, Command::Describe { pictures, change });
    room.reserve(Actor::Desktop, 5).unwrap();
    assert_eq!(
        room.session.view.pictures[0].details.laterality,
        Some(Laterality::Right)
    );
}

#[test]
fn no_key_is_ever_used_twice() {
    let mut room = Room::new();
    let picture = PictureId::from_bits(5);
    let first = room.reserve(Actor::Desktop, 5).unwrap();
    room.go(Actor::Desktop, Command::Remove { picture });
    let second = room.reserve(Actor::Desktop, 5).unwrap();
    assert_ne!(
        first, second,
        "the first object still waits for its deletion"
    );
    let pending: Vec<_> = room
        .session
        .pending_deletions
        .iter()
        .map(|it| &it.key)
        .collect();
    let needed = room.session.uploads[&picture].next.as_ref().unwrap();
    assert!(!pending.contains(&&needed.key));
}

fn next_check(room: &Room) -> Option<Moment> {
    room.session
        .unconfirmed()
        .map(|(_, upload)| upload.next_check_at)
        .min()
}

#[test]
fn a_confirmation_that_got_lost_is_made_good() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    room.now = 15;
    assert_eq!(room.session.next_due(), Some(at(15)));
    let found = room.reconcile_upload(5, true);
    room.go(Actor::Server, found);
    assert_eq!(room.state(5), &PictureState::Ready);
    assert_eq!(next_check(&room), None);
}

#[test]
fn the_server_looks_ever_more_seldom_and_a_last_time_when_nothing_can_come_any_more() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    for seconds in [15, 30, 60, 120, 240, 360] {
        assert_eq!(next_check(&room), Some(at(seconds)));
        room.now = seconds;
        assert_eq!(room.state(5), &PictureState::Reserved);
        let nothing = room.reconcile_upload(5, false);
        room.go(Actor::Server, nothing);
    }
    assert!(
        room.session.view.pictures.is_empty(),
        "its place is free again"
    );
    assert_eq!(
        room.session.pending_deletions.len(),
        1,
        "should its bytes come all the same"
    );
    assert_eq!(room.session.view.ended, None);
    assert!(
        room.reserve(Actor::Desktop, 5).is_ok(),
        "the photo is announced anew"
    );
}

#[test]
fn a_place_is_not_given_up_on_what_was_seen_too_early() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    room.now = 360;
    let command = Command::ReconcileUpload {
        picture: PictureId::from_bits(5),
        evidence: None,
        began: at(359),
    };
    room.go(Actor::Server, command);
    assert_eq!(room.state(5), &PictureState::Reserved);
    assert_eq!(next_check(&room), Some(at(360)));
}

#[test]
fn looking_decides_nothing_for_a_picture_that_is_not_waited_for() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.reserve(Actor::Desktop, 6).unwrap();
    let before = room.session.clone();
    room.now = 14;
    for picture in [5, 6, 7] {
        let nothing = room.reconcile_upload(picture, false);
        room.go(Actor::Server, nothing);
    }
    assert_eq!(room.session, before);
}

#[test]
fn evidence_about_an_earlier_attempt_proves_nothing() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    let earlier = room.true_evidence(5);
    room.reserve(Actor::Desktop, 5).unwrap();
    let picture = PictureId::from_bits(5);
    let evidence = Some(earlier);
    let refused = room.try_to(Actor::Desktop, Command::Arrive { picture, evidence });
    assert_eq!(refused, Err(Refusal::UploadMissing));
    room.now = 15;
    let reconcile = Command::ReconcileUpload {
        picture,
        evidence,
        began: at(15),
    };
    room.go(Actor::Server, reconcile);
    assert_eq!(room.state(5), &PictureState::Reserved);
}

#[test]
fn a_limit_that_was_set_otherwise_is_kept_at_its_edge() {
    let mut room = Room::new();
    room.session.limits.most_pictures = 2;
    room.session.view.most_pictures = 2;
    assert!(room.reserve(Actor::Desktop, 1).is_ok());
    assert!(room.reserve(Actor::Desktop, 2).is_ok());
    let full = Refusal::SessionFull { limit: 2 };
    assert_eq!(room.reserve(Actor::Desktop, 3), Err(full));
}

#[test]
fn a_picture_and_its_note_are_held_to_what_the_session_was_opened_under() {
    let mut room = Room::new();
    room.session.limits.picture = PictureLimits {
        output_bytes: 300_000,
        note_chars: 100,
        ..PictureLimits::default()
    };
    let mut claim = announced(1);
    claim.rendition.length = 300_001;
    let beyond = room.try_to(Actor::Desktop, Command::Reserve(claim.clone()));
    assert_eq!(beyond, Err(Refusal::PictureOutOfBounds));
    claim.rendition.length = 300_000;
    claim.details.note = Note::new("x".repeat(101)).unwrap();
    let too_long = Refusal::NoteTooLong { limit: 100 };
    let beyond = room.try_to(Actor::Desktop, Command::Reserve(claim.clone()));
    assert_eq!(beyond, Err(too_long.clone()));
    claim.details.note = Note::new("x".repeat(100)).unwrap();
    room.go(Actor::Desktop, Command::Reserve(claim));
    let change = |length| Command::Describe {
        pictures: vec![PictureId::from_bits(1)],
        change: DetailsChange {
            note: Note::new("y".repeat(length)).ok(),
            ..DetailsChange::default()
        },
    };
    assert_eq!(room.try_to(Actor::Desktop, change(101)), Err(too_long));
    room.go(Actor::Desktop, change(100));
}

#[test]
fn a_session_stored_before_pictures_had_limits_has_the_products() {
    let session = fresh();
    let mut stored = serde_json::to_value(&session).unwrap();
    for (part, name) in [("/limits", "picture"), ("/view", "picture_limits")] {
        let part = stored.pointer_mut(part).unwrap().as_object_mut().unwrap();
        assert!(part.remove(name).is_some(), "{name}");
    }
    assert_eq!(serde_json::from_value::<Session>(stored).unwrap(), session);
}

#[test]
fn a_session_stored_under_the_older_names_still_loads() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, 5).unwrap();
    room.reserve(Actor::Desktop, 5).unwrap();
    let mut stored = serde_json::to_string(&room.session).unwrap();
    for (name, older) in [
        ("key_prefix", "room"),
        ("pending_deletions", "doomed"),
        ("next_check_at", "look_at"),
    ] {
        let (name, older) = (format!("\"{name}\":"), format!("\"{older}\":"));
        assert!(stored.contains(&name), "{name}");
        stored = stored.replace(&name, &older);
    }
    let loaded: Session = serde_json::from_str(&stored).unwrap();
    assert_eq!(loaded, room.session);
}
