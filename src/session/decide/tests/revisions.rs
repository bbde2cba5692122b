//! Later revisions of a picture: what they replace and what they leave alone. Who may revise what is in `refusals`, which
//! objects that needs in `objects`.

mod objects;
mod refusals;

use super::*;
use crate::picture::{Edit, ObjectKey};
use crate::session::{RevisionClaim, Upload, Uploads};

const PICTURE: u128 = 5;

fn id() -> PictureId {
    PictureId::from_bits(PICTURE)
}

/// The `number`th edit of the picture that is shown, turned once clockwise.
fn claim(room: &Room, number: u64) -> RevisionClaim {
    let shown = room.session.view.picture(id()).expect("known").rendition;
    RevisionClaim {
        picture: id(),
        edited_from: shown.sha256,
        rendition: Rendition {
            length: 900,
            sha256: Sha256::of(&number.to_le_bytes()),
            width: 480,
            height: 640,
        },
        edit: Edit::of_turns(1),
    }
}

fn revise(room: &mut Room, by: Actor, number: u64) -> Result<Reply, Refusal> {
    let claim = claim(room, number);
    room.try_to(by, Command::Revise(claim))
}

/// What the server finds when the bytes on their way are there.
fn found(room: &Room) -> Option<Evidence> {
    let next = room.session.uploads.get(&id())?.next.as_ref()?;
    Some(Evidence {
        attempt: next.attempt,
        length: next.expected.length,
        sha256: next.expected.sha256,
        jpeg: Some(JpegHeader {
            width: next.expected.width,
            height: next.expected.height,
            has_metadata: false,
        }),
    })
}

fn arrive(room: &mut Room, by: Actor, number: u64) -> Result<Reply, Refusal> {
    let command = Command::ArriveRevision {
        picture: id(),
        sha256: Sha256::of(&number.to_le_bytes()),
        evidence: found(room),
    };
    room.try_to(by, command)
}

fn cancel(room: &mut Room, by: Actor, number: u64) -> Result<Reply, Refusal> {
    let command = Command::CancelRevision {
        picture: id(),
        sha256: Sha256::of(&number.to_le_bytes()),
    };
    room.try_to(by, command)
}

fn revised(room: &mut Room, number: u64) {
    revise(room, Actor::Desktop, number).expect("announced");
    arrive(room, Actor::Desktop, number).expect("arrived");
}

fn ready() -> Room {
    let mut room = Room::new();
    room.ready(Actor::Desktop, PICTURE);
    room
}

fn shown(room: &Room) -> &crate::picture::Picture {
    room.session.view.picture(id()).expect("known")
}

fn keys(uploads: &Uploads) -> [Option<ObjectKey>; 3] {
    let key = |upload: &Option<Upload>| upload.as_ref().map(|upload| upload.key.clone());
    [
        key(&uploads.original),
        key(&uploads.current),
        key(&uploads.next),
    ]
}

#[test]
fn a_revision_replaces_what_is_shown_only_when_it_has_arrived() {
    let mut room = ready();
    let before = shown(&room).clone();
    revise(&mut room, Actor::Desktop, 1).unwrap();
    assert_eq!(shown(&room).rendition, before.rendition);
    assert!(shown(&room).revising);
    assert_eq!(shown(&room).revision, before.revision, "nothing to see yet");
    arrive(&mut room, Actor::Desktop, 1).unwrap();
    let after = shown(&room);
    assert_eq!((after.rendition.width, after.rendition.height), (480, 640));
    assert_eq!(after.original(), before.rendition);
    assert_eq!(after.edit(), Edit::of_turns(1));
    assert_eq!(
        (&after.state, after.revising),
        (&PictureState::Ready, false)
    );
    assert_eq!(
        (after.source, after.taken_at),
        (before.source, before.taken_at)
    );
    assert_eq!(after.details, before.details);
}

#[test]
fn the_original_stays_while_later_revisions_come_and_go() {
    let mut room = ready();
    let [_, first, _] = keys(&room.session.uploads[&id()]);
    revised(&mut room, 1);
    let [original, second, _] = keys(&room.session.uploads[&id()]);
    assert_eq!(original, first);
    assert_eq!(room.session.pending_deletions, []);
    revised(&mut room, 2);
    let [original, ..] = keys(&room.session.uploads[&id()]);
    assert_eq!(original, first);
    let pending: Vec<_> = room
        .session
        .pending_deletions
        .iter()
        .map(|it| &it.key)
        .collect();
    assert_eq!(pending, [&second.unwrap()]);
    assert!(
        room.session
            .objects()
            .any(|key| Some(key) == first.as_ref())
    );
}

#[test]
fn the_original_comes_back_without_being_sent_again() {
    let mut room = ready();
    let before = shown(&room).rendition;
    revised(&mut room, 1);
    let [original, ..] = keys(&room.session.uploads[&id()]);
    room.go(Actor::Desktop, Command::Revert { picture: id() });
    assert_eq!(shown(&room).rendition, before);
    assert_eq!(shown(&room).edited, None);
    let [none, current, next] = keys(&room.session.uploads[&id()]);
    assert_eq!((none, current, next), (None, original, None));
    let again = room.session.clone();
    room.go(Actor::Desktop, Command::Revert { picture: id() });
    assert_eq!(room.session, again, "nothing is left to take back");
}

#[test]
fn a_revision_that_never_comes_leaves_the_picture_as_it_was_and_says_so() {
    let mut room = ready();
    let before = shown(&room).clone();
    revise(&mut room, Actor::Desktop, 1).unwrap();
    for seconds in [15, 30, 60, 120, 240, 360] {
        assert!(shown(&room).revising);
        room.now = seconds;
        let nothing = room.reconcile_upload(PICTURE, false);
        room.go(Actor::Server, nothing);
    }
    assert_eq!(shown(&room), &before);
    assert_eq!(room.session.unconfirmed().count(), 0);
    assert_eq!(room.session.pending_deletions.len(), 1);
}

#[test]
fn a_revision_whose_confirmation_got_lost_is_found() {
    let mut room = ready();
    revise(&mut room, Actor::Desktop, 1).unwrap();
    room.now = 15;
    let command = Command::ReconcileUpload {
        picture: id(),
        evidence: found(&room),
        began: at(15),
    };
    room.go(Actor::Server, command);
    assert_eq!(shown(&room).edit(), Edit::of_turns(1));
    // The one who was cut off asks again, in either way.
    assert_eq!(arrive(&mut room, Actor::Desktop, 1), Ok(Reply::Done));
    let mut again = claim(&room, 1);
    again.edited_from = shown(&room).original().sha256;
    assert_eq!(
        room.try_to(Actor::Desktop, Command::Revise(again)),
        Ok(Reply::Done)
    );
}

#[test]
fn a_repeated_announcement_of_the_first_bytes_overwrites_no_edit() {
    let mut room = ready();
    revised(&mut room, 1);
    let before = room.session.clone();
    assert_eq!(
        room.reserve(Actor::Desktop, PICTURE),
        Err(Refusal::PictureFixed)
    );
    revise(&mut room, Actor::Desktop, 2).unwrap();
    let late = Command::Arrive {
        picture: id(),
        evidence: None,
    };
    assert_eq!(room.go(Actor::Desktop, late), Reply::Done);
    assert!(shown(&room).revising);
    assert_eq!(shown(&room).rendition, before.view.pictures[0].rendition);
}

#[test]
fn two_who_edit_the_same_picture_do_not_overwrite_each_other_unseen() {
    let mut room = ready();
    let theirs = claim(&room, 2);
    revised(&mut room, 1);
    assert_eq!(
        room.try_to(Actor::Desktop, Command::Revise(theirs)),
        Err(Refusal::Stale)
    );
    // Announced at the same time: the later one holds the place, the earlier one hears so.
    revise(&mut room, Actor::Desktop, 3).unwrap();
    revise(&mut room, Actor::Desktop, 4).unwrap();
    assert_eq!(arrive(&mut room, Actor::Desktop, 3), Err(Refusal::Stale));
    assert_eq!(arrive(&mut room, Actor::Desktop, 4), Ok(Reply::Done));
}

#[test]
fn a_revision_can_be_cancelled_and_its_object_goes() {
    let mut room = ready();
    let before = shown(&room).clone();
    revise(&mut room, Actor::Desktop, 1).unwrap();
    let [.., next] = keys(&room.session.uploads[&id()]);
    cancel(&mut room, Actor::Desktop, 2).unwrap();
    assert!(shown(&room).revising, "it is another's");
    cancel(&mut room, Actor::Desktop, 1).unwrap();
    assert_eq!(shown(&room), &before);
    assert_eq!(Some(&room.session.pending_deletions[0].key), next.as_ref());
    assert_eq!(
        arrive(&mut room, Actor::Desktop, 1),
        Err(Refusal::UploadMissing)
    );
}
