//! Who may revise which picture, how often, and what may be made of it.

use super::*;
use crate::outbox::Page;
use crate::picture::{Area, Crop};

#[test]
fn what_an_edit_cannot_make_of_the_original_is_refused() {
    let mut room = ready();
    let area = |x, width| Area {
        x,
        y: 0,
        width,
        height: 100,
    };
    let crop = |area| Crop::new(area, (9999, 9999)).unwrap();
    let good = claim(&room, 1);
    let cases = [
        ("no change", Edit::default(), (640, 480)),
        ("larger than it was", Edit::of_turns(1), (480, 641)),
        ("not turned", Edit::of_turns(1), (640, 480)),
        (
            "cropped beyond the edge",
            Edit::default().with_crop(Some(crop(area(600, 41)))),
            (41, 100),
        ),
    ];
    for (what, edit, (width, height)) in cases {
        let mut claim = good;
        claim.edit = edit;
        (claim.rendition.width, claim.rendition.height) = (width, height);
        assert_eq!(
            room.try_to(Actor::Desktop, Command::Revise(claim)),
            Err(Refusal::PictureOutOfBounds),
            "{what}"
        );
    }
    let mut cropped = good;
    cropped.edit = Edit::default().with_crop(Some(crop(area(600, 40))));
    (cropped.rendition.width, cropped.rendition.height) = (40, 100);
    assert!(
        room.try_to(Actor::Desktop, Command::Revise(cropped))
            .is_ok()
    );
}

#[test]
fn a_phone_revises_its_own_pictures_only() {
    let mut room = ready();
    let phone = room.phone(2);
    for command in [
        Command::Revise(claim(&room, 1)),
        Command::Revert { picture: id() },
        Command::CancelRevision {
            picture: id(),
            sha256: Sha256::of(b""),
        },
    ] {
        assert_eq!(room.try_to(phone, command), Err(Refusal::NotAllowed));
    }
    room.go(Actor::Desktop, Command::Remove { picture: id() });
    room.ready(phone, PICTURE);
    assert!(revise(&mut room, phone, 1).is_ok());
    assert_eq!(arrive(&mut room, phone, 1), Ok(Reply::Done));
    // And the desktop any.
    revised(&mut room, 2);
}

#[test]
fn only_what_has_arrived_and_is_not_committed_can_be_revised() {
    let mut room = Room::new();
    room.reserve(Actor::Desktop, PICTURE).unwrap();
    assert_eq!(
        revise(&mut room, Actor::Desktop, 1),
        Err(Refusal::UploadMissing)
    );
    let mut room = ready();
    room.commit(PICTURE).unwrap();
    assert_eq!(
        revise(&mut room, Actor::Desktop, 1),
        Err(Refusal::PictureFixed)
    );
    assert_eq!(
        room.try_to(Actor::Desktop, Command::Revert { picture: id() }),
        Err(Refusal::PictureFixed)
    );
}

#[test]
fn a_commit_files_the_revision_that_is_shown_and_waits_for_one_on_its_way() {
    let mut room = ready();
    let unedited = room.precondition();
    revise(&mut room, Actor::Desktop, 1).unwrap();
    assert_eq!(
        room.commit(PICTURE),
        Err(Refusal::RevisionUnderWay { count: 1 })
    );
    arrive(&mut room, Actor::Desktop, 1).unwrap();
    let command = Command::Commit {
        pictures: vec![id()],
        precondition: unedited,
        scans: Scans::Separate,
    };
    assert_eq!(room.try_to(Actor::Desktop, command), Err(Refusal::Stale));
    room.commit(PICTURE).unwrap();
    let page = room.session.outbox[&id().into()].pages[0];
    assert_eq!(
        page,
        Page {
            picture: id(),
            sha256: shown(&room).rendition.sha256
        }
    );
}

#[test]
fn the_announcements_of_a_picture_are_bounded() {
    let mut room = ready();
    room.session.limits.attempts_per_picture = 3;
    revised(&mut room, 1);
    revise(&mut room, Actor::Desktop, 2).unwrap();
    let over = Err(Refusal::TooManyAttempts { limit: 3 });
    assert_eq!(revise(&mut room, Actor::Desktop, 3), over);
    assert!(shown(&room).revising, "what is on its way still may come");
    assert_eq!(arrive(&mut room, Actor::Desktop, 2), Ok(Reply::Done));
    room.go(Actor::Desktop, Command::Revert { picture: id() });
}
