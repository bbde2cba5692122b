//! Later revisions of a picture: what they replace, what they leave alone, and which objects that needs.

use super::*;
use crate::outbox::Page;
use crate::picture::{Area, Crop, Edit, ObjectKey};
use crate::session::{RevisionClaim, Upload, Uploads};
use std::collections::BTreeSet;

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

#[test]
fn removing_a_picture_or_ending_the_session_lets_go_of_all_its_objects() {
    for command in [
        Command::Remove { picture: id() },
        Command::End {
            why: EndOfSession::Discarded,
        },
    ] {
        let mut room = ready();
        revised(&mut room, 1);
        revise(&mut room, Actor::Desktop, 2).unwrap();
        let held: BTreeSet<ObjectKey> = keys(&room.session.uploads[&id()])
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(held.len(), 3);
        room.go(Actor::Desktop, command);
        let pending: BTreeSet<ObjectKey> = room
            .session
            .pending_deletions
            .iter()
            .map(|it| it.key.clone())
            .collect();
        assert_eq!(pending, held);
        assert!(room.session.uploads.is_empty());
    }
}

/// As it was stored before pictures had revisions: picture 5 has arrived, picture 6 has not.
const BEFORE_REVISIONS: &str = include_str!("before_revisions.json");

#[test]
fn a_session_stored_before_pictures_had_revisions_goes_on() {
    let session: Session = serde_json::from_str(BEFORE_REVISIONS).unwrap();
    let mut room = Room { session, now: 10 };
    let [original, current, next] = keys(&room.session.uploads[&id()]);
    assert!(original.is_none() && current.is_some() && next.is_none());
    let unconfirmed: Vec<PictureId> = room.session.unconfirmed().map(|(id, _)| id).collect();
    assert_eq!(unconfirmed, [PictureId::from_bits(6)]);
    let stored = serde_json::to_string(&room.session).unwrap();
    assert_eq!(
        serde_json::from_str::<Session>(&stored).unwrap(),
        room.session
    );
    let evidence = Some(room.true_evidence(6));
    let picture = PictureId::from_bits(6);
    room.go(Actor::Desktop, Command::Arrive { picture, evidence });
    assert_eq!(room.state(6), &PictureState::Ready);
    revised(&mut room, 1);
    assert_eq!(shown(&room).edit(), Edit::of_turns(1));
}

/// The picture store beside a session: which objects lie in it.
struct Store(BTreeSet<ObjectKey>);

impl Store {
    /// A step of somebody who edits, sends, gives up, or looks after the session.
    fn step(&mut self, room: &mut Room, (kind, number, wait): (u8, u64, u64)) {
        room.now += wait;
        let next = room
            .session
            .uploads
            .get(&id())
            .and_then(|it| it.next.clone());
        let is_there = next.as_ref().is_some_and(|it| self.0.contains(&it.key));
        let picture = id();
        let desktop = Actor::Desktop;
        let _ = match kind {
            0 | 1 => revise(room, desktop, number),
            2 | 3 => {
                self.0.extend(next.map(|next| next.key));
                Ok(Reply::Done)
            }
            4 | 5 => {
                let evidence = found(room).filter(|_| is_there);
                let sha256 = Sha256::of(&number.to_le_bytes());
                room.try_to(
                    desktop,
                    Command::ArriveRevision {
                        picture,
                        sha256,
                        evidence,
                    },
                )
            }
            6 => {
                let reconcile = Command::ReconcileUpload {
                    picture,
                    evidence: found(room).filter(|_| is_there),
                    began: at(room.now),
                };
                room.try_to(Actor::Server, reconcile)
            }
            7 => room.try_to(desktop, Command::Revert { picture }),
            8 => cancel(room, desktop, number),
            9 => room.commit(PICTURE),
            _ => self.sweep(room),
        };
    }

    fn sweep(&mut self, room: &mut Room) -> Result<Reply, Refusal> {
        let due = |it: &&crate::session::PendingDeletion| it.after <= at(room.now);
        let due = room.session.pending_deletions.iter().filter(due);
        let keys: Vec<ObjectKey> = due.map(|it| it.key.clone()).collect();
        self.0.retain(|key| !keys.contains(key));
        room.try_to(Actor::Server, Command::ObjectsDeleted { keys })
    }
}

proptest! {
    #[test]
    fn no_history_of_edits_deletes_what_is_needed_or_leaves_anything(
        steps in prop::collection::vec((0u8..11, 0u64..4, 0u64..150), 1..60),
    ) {
        let mut room = ready();
        room.session.limits.session_idle = Duration::from_secs(1 << 20);
        let first = room.session.uploads[&id()].current.clone().unwrap();
        let mut store = Store([first.key.clone()].into());
        for step in steps {
            store.step(&mut room, step);
            let uploads = &room.session.uploads[&id()];
            let current = uploads.current.as_ref().unwrap();
            prop_assert_eq!(uploads.original(), Some(&first), "the original is known");
            prop_assert!(store.0.contains(&first.key), "the original is there");
            prop_assert!(store.0.contains(&current.key), "what is shown is there");
            prop_assert_eq!(current.expected, shown(&room).rendition);
            prop_assert_eq!(uploads.next.is_some(), shown(&room).revising);
            let known: Vec<_> = room.session.objects().collect();
            let distinct: BTreeSet<_> = known.iter().collect();
            prop_assert_eq!(known.len(), distinct.len(), "needed and to be deleted at once");
            prop_assert!(store.0.iter().all(|key| known.contains(&key)), "nobody's object");
            if let Some(entry) = room.session.outbox.get(&id().into()) {
                prop_assert_eq!(entry.pages[0].sha256, current.expected.sha256);
                prop_assert!(uploads.next.is_none(), "what is being filed stays as it is");
            }
        }
        let _ = room.try_to(Actor::Desktop, Command::End { why: EndOfSession::Discarded });
        if room.session.view.ended.is_some() {
            room.now += 400;
            store.sweep(&mut room).unwrap();
            prop_assert!(store.0.is_empty(), "a copy is left");
        }
    }
}
