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
        Act::Remove {
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
    assert_eq!(room.session.doomed.len(), 1);
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
    let honest = true_evidence(5);
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
    ];
    let picture = PictureId::from_bits(5);
    for (evidence, refusal) in lies {
        let mut room = Room::new();
        room.reserve(Actor::Desktop, 5).unwrap();
        assert_eq!(
            room.try_to(Actor::Desktop, Act::Arrive { picture, evidence }),
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
    let act = Act::Arrive {
        picture: PictureId::from_bits(5),
        evidence: None,
    };
    assert_eq!(room.go(Actor::Desktop, act), Reply::Done);
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
    room.go(Actor::Desktop, Act::Describe { pictures, change });
    room.reserve(Actor::Desktop, 5).unwrap();
    assert_eq!(
        room.session.view.pictures[0].details.laterality,
        Some(Laterality::Right)
    );
}
