//! Which objects a picture with revisions needs, and when the others go.

use super::*;
use std::collections::BTreeSet;

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
const BEFORE_REVISIONS: &str = include_str!("../before_revisions.json");

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
