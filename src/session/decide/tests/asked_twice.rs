//! A browser that got no answer asks again, or its user does, after the server has done what was asked. Nothing may happen
//! twice by it: browsers send no idempotency key, so every command that they may send tells by itself what it is about.

use super::*;
use crate::access::{Operation, POLICY, Role};
use crate::id::WorkerId;
use crate::picture::Edit;
use crate::record::Target;
use crate::session::{Finding, RevisionClaim};
use std::collections::HashSet;

const LINK: u128 = 2;
const PICTURE: u128 = 5;

fn picture() -> PictureId {
    PictureId::from_bits(PICTURE)
}

fn digest() -> Sha256 {
    Sha256::of(b"a later revision")
}

/// A desktop, a confirmed phone, and a picture of the desktop's that is ready.
fn ready() -> Room {
    let mut room = Room::new();
    room.phone(LINK);
    room.ready(Actor::Desktop, PICTURE);
    room
}

/// The same, and a revision of the picture is on its way.
fn revising() -> Room {
    let mut room = ready();
    let claim = revision(&room);
    room.go(Actor::Desktop, Command::Revise(claim));
    room
}

fn revision(room: &Room) -> RevisionClaim {
    let shown = &room
        .session
        .view
        .picture(picture())
        .expect("known")
        .rendition;
    RevisionClaim {
        picture: picture(),
        edited_from: shown.sha256,
        rendition: Rendition {
            length: 900,
            sha256: digest(),
            width: 480,
            height: 640,
        },
        edit: Edit::of_turns(1),
    }
}

/// The picture was posted, and nobody knows what came of it.
fn unknown() -> Room {
    let mut room = ready();
    room.commit(PICTURE).expect("committed");
    let begin = BeginSubmit {
        entry: picture().into(),
        worker: WorkerId::from_bits(1),
        correlation: "c".into(),
    };
    let Reply::Begun(begun) = room.go(Actor::Server, Command::BeginSubmit(begin)) else {
        panic!("not begun");
    };
    let conclude = Command::ConcludeSubmit {
        entry: picture().into(),
        target: Target::Media,
        fencing_token: begun.fencing_token,
        outcome: SubmitOutcome::Unknown(failure()),
        jitter: 0,
    };
    room.go(Actor::Server, conclude);
    room
}

/// Nor can the program find out.
fn uncheckable() -> Room {
    let mut room = unknown();
    room.now += 600;
    let begin = BeginLookup {
        entry: picture().into(),
        worker: WorkerId::from_bits(1),
    };
    let Reply::Begun(begun) = room.go(Actor::Server, Command::BeginLookup(begin)) else {
        panic!("not begun");
    };
    let conclude = Command::ConcludeLookup {
        entry: picture().into(),
        target: Target::Media,
        fencing_token: begun.fencing_token,
        finding: Finding::CannotTell(failure()),
        jitter: 0,
    };
    room.go(Actor::Server, conclude);
    room
}

fn evidence_of_revision(room: &Room) -> Option<Evidence> {
    let attempt = room.session.uploads[&picture()].next.as_ref()?.attempt;
    Some(Evidence {
        attempt,
        length: 900,
        sha256: digest(),
        jpeg: Some(JpegHeader {
            width: 480,
            height: 640,
            has_metadata: false,
        }),
    })
}

/// A command, who asks for it, and a room in which it does something.
type Asked = (Room, Actor, Command);

const DESKTOP: Actor = Actor::Desktop;

/// Every command that a browser may send, but for those that ask for a place.
fn asked() -> Vec<Asked> {
    let mut asked = about_links();
    asked.extend(about_pictures());
    asked.extend(about_filing());
    asked
}

fn about_links() -> Vec<Asked> {
    let phone = Actor::Phone(LinkId::from_bits(LINK));
    let (link, code) = (LinkId::from_bits(LINK), Sha256::of(&LINK.to_le_bytes()));
    let number = MatchNumber::from_bits(LINK);
    let mut offered = Room::new();
    offered.offer(LINK);
    let claim = ClaimLink {
        code,
        cookie: Sha256::of(b"cookie"),
        device: DeviceKind::from_user_agent("iPhone"),
    };
    let claimed = || {
        let mut room = Room::new();
        room.offer(LINK);
        room.claim(LINK).expect("claimed");
        room
    };
    vec![
        (
            Room::new(),
            DESKTOP,
            Command::OfferLink { link, code, number },
        ),
        (offered, Actor::Unpaired, Command::ClaimLink(claim)),
        (claimed(), phone, Command::ConfirmPatient),
        (claimed(), phone, Command::DeclinePatient),
        (ready(), phone, Command::LeaveLink),
        (ready(), DESKTOP, Command::RevokeLink { link }),
    ]
}

fn about_pictures() -> Vec<Asked> {
    let (picture, sha256) = (picture(), digest());
    let mut reserved = Room::new();
    reserved.reserve(DESKTOP, PICTURE).expect("reserved");
    let arrive = Command::Arrive {
        picture,
        evidence: Some(reserved.true_evidence(PICTURE)),
    };
    let arrive_revision = Command::ArriveRevision {
        picture,
        sha256,
        evidence: evidence_of_revision(&revising()),
    };
    let mut edited = revising();
    edited.go(DESKTOP, arrive_revision.clone());
    let describe = Command::Describe {
        pictures: vec![picture],
        change: DetailsChange {
            note: Note::new("mole").ok(),
            ..DetailsChange::default()
        },
    };
    vec![
        (reserved, DESKTOP, arrive),
        (revising(), DESKTOP, arrive_revision),
        (
            revising(),
            DESKTOP,
            Command::CancelRevision { picture, sha256 },
        ),
        (edited, DESKTOP, Command::Revert { picture }),
        (ready(), DESKTOP, describe),
        (ready(), DESKTOP, Command::Remove { picture }),
    ]
}

fn about_filing() -> Vec<Asked> {
    let commit = Command::Commit {
        pictures: vec![picture()],
        precondition: ready().precondition(),
        scans: Scans::Separate,
    };
    let resolve = |present| Command::ResolveManually {
        picture: picture(),
        target: Target::Media,
        present,
    };
    let why = EndOfSession::Discarded;
    vec![
        (ready(), DESKTOP, commit),
        (unknown(), DESKTOP, resolve(true)),
        (uncheckable(), DESKTOP, resolve(false)),
        (ready(), DESKTOP, Command::End { why }),
    ]
}

#[test]
fn what_a_browser_asks_twice_happens_once() {
    for (mut room, by, command) in asked() {
        let before = room.session.clone();
        room.go(by, command.clone());
        assert_ne!(room.session, before, "{command:?} does something");
        let once = room.session.clone();
        room.now += 2;
        let _ = room.try_to(by, command.clone());
        assert_eq!(room.session, once, "{command:?}");
    }
}

/// The exceptions. Each attempt at sending bytes has a key of its own, because a PUT creates and never overwrites.
#[test]
fn a_place_that_is_asked_for_twice_is_one_place_and_the_first_object_goes() {
    let mut first = Room::new();
    first.reserve(Actor::Desktop, PICTURE).expect("reserved");
    let mut later = revising();
    let again = later.session.uploads[&picture()].next.clone();
    let again = RevisionClaim {
        edited_from: later.session.view.pictures[0].rendition.sha256,
        rendition: again.expect("on its way").expected,
        picture: picture(),
        edit: Edit::of_turns(1),
    };
    for (room, command) in [
        (&mut first, Command::Reserve(announced(PICTURE))),
        (&mut later, Command::Revise(again)),
    ] {
        let before = room.session.uploads[&picture()].clone();
        room.go(Actor::Desktop, command);
        assert_eq!(room.session.view.pictures.len(), 1);
        let after = &room.session.uploads[&picture()];
        assert_eq!(after.current, before.current);
        let (replaced, next) = (before.next.unwrap().key, after.next.as_ref().unwrap());
        assert_ne!(replaced, next.key);
        let pending = &room.session.pending_deletions;
        assert_eq!(pending.len(), 1);
        assert_eq!(pending[0].key, replaced);
    }
}

#[test]
fn no_command_that_a_browser_may_send_is_left_out_above() {
    let tried: HashSet<Operation> = asked()
        .iter()
        .map(|(_, _, command)| command.operation())
        .chain([Operation::Reserve, Operation::Revise])
        .collect();
    // Reads, and what is no command of a session.
    let others = [
        Operation::ReadStart,
        Operation::Launch,
        Operation::ReadHealth,
        Operation::ReadPage,
        Operation::ChooseLanguage,
        Operation::Analyse,
        Operation::ReadSession,
        Operation::FollowSession,
        Operation::ViewPicture,
    ];
    for (operation, roles) in POLICY {
        let is_browsers = roles.iter().any(|role| *role != Role::Server);
        assert_eq!(
            is_browsers,
            tried.contains(operation) || others.contains(operation),
            "{operation:?}"
        );
    }
}
