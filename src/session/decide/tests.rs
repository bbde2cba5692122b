//! The rules as sentences, and properties that hold over any history.

use super::*;
use crate::digest::Sha256;
use crate::id::{PictureId, SessionId};
use crate::launch::{Facility, FacilityCode, LaunchContext, Provider};
use crate::patient::{Patient, PatientId, Sex};
use crate::picture::jpeg::JpegHeader;
use crate::picture::{
    BodySite, Details, DetailsChange, FilingFailure, FilingReason, Laterality, PictureState,
    Rendition,
};
use crate::session::{
    DeviceLabel, EndOfLink, EndOfSession, Evidence, FilingOutcome, Limits, LinkState, MatchNumber,
    Seen, SessionView, UploadClaim,
};
use proptest::prelude::*;
use std::time::Duration;

fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_795_000_000_000).plus(Duration::from_secs(seconds))
}

fn fresh() -> Session {
    let launch = LaunchContext {
        patient: Patient {
            id: PatientId::parse(&"a".repeat(32)).unwrap(),
            nhi: "ZZZ0016".parse().ok(),
            family: "Test".into(),
            given: "Patient".into(),
            born: None,
            sex: Sex::Unknown,
        },
        facility: Facility {
            code: FacilityCode::parse("F2N060-E").unwrap(),
            name: "Test Practice".into(),
        },
        provider: Provider {
            id: "p1".into(),
            name: "Dr Test".into(),
        },
        launched_at: at(0),
        demo: true,
    };
    Session::open(
        SessionId::from_bits(1),
        7,
        99,
        launch,
        Sha256::of(b"desk"),
        Limits::default(),
        at(0),
    )
}

/// A session in which commands are carried out one after the other.
struct Room {
    session: Session,
    now: u64,
}

impl Room {
    fn new() -> Self {
        Self {
            session: fresh(),
            now: 0,
        }
    }

    fn try_to(&mut self, by: Actor, act: Act) -> Result<Reply, Refusal> {
        let decision = decide(&self.session, Command { by, act }, at(self.now))?;
        self.session = decision.next;
        Ok(decision.reply)
    }

    fn go(&mut self, by: Actor, act: Act) -> Reply {
        self.try_to(by, act).expect("allowed")
    }

    fn offer(&mut self, link: u128) {
        let code = Sha256::of(&link.to_le_bytes());
        let number = MatchNumber::from_bits(link);
        self.go(
            Actor::Desktop,
            Act::OfferLink {
                link: LinkId::from_bits(link),
                code,
                number,
            },
        );
    }

    fn claim(&mut self, link: u128) -> Result<Reply, Refusal> {
        let code = Sha256::of(&link.to_le_bytes());
        let device = DeviceLabel::from_user_agent("iPhone");
        self.try_to(
            Actor::Stranger,
            Act::ClaimLink {
                code,
                cookie: Sha256::of(b"cookie"),
                device,
            },
        )
    }

    /// A phone that joined and confirmed.
    fn phone(&mut self, link: u128) -> Actor {
        self.offer(link);
        self.claim(link).expect("claimed");
        let phone = Actor::Phone(LinkId::from_bits(link));
        self.go(phone, Act::ConfirmPatient);
        phone
    }

    fn reserve(&mut self, by: Actor, picture: u128) -> Result<Reply, Refusal> {
        self.try_to(by, Act::Reserve(announced(picture)))
    }

    fn ready(&mut self, by: Actor, picture: u128) {
        self.reserve(by, picture).expect("reserved");
        let evidence = Some(true_evidence(picture));
        self.go(
            by,
            Act::Arrive {
                picture: PictureId::from_bits(picture),
                evidence,
            },
        );
    }

    fn seen(&self) -> Seen {
        let view = &self.session.view;
        Seen {
            patient: view.launch.patient.fingerprint(),
            revision: view.revision,
        }
    }

    fn commit(&mut self, picture: u128) -> Result<Reply, Refusal> {
        let seen = self.seen();
        self.try_to(
            Actor::Desktop,
            Act::Commit {
                pictures: vec![PictureId::from_bits(picture)],
                seen,
            },
        )
    }

    fn state(&self, picture: u128) -> &PictureState {
        &self
            .session
            .view
            .picture(PictureId::from_bits(picture))
            .expect("known")
            .state
    }
}

fn announced(picture: u128) -> UploadClaim {
    let details = Details {
        site: BodySite::from_code("14975008"),
        laterality: Some(Laterality::Left),
        ..Details::default()
    };
    UploadClaim {
        picture: PictureId::from_bits(picture),
        rendition: rendition(picture),
        taken_at: at(0),
        details,
    }
}

fn rendition(picture: u128) -> Rendition {
    Rendition {
        length: 1000,
        sha256: Sha256::of(&picture.to_le_bytes()),
        width: 640,
        height: 480,
    }
}

fn true_evidence(picture: u128) -> Evidence {
    let jpeg = Some(JpegHeader {
        width: 640,
        height: 480,
        has_metadata: false,
    });
    Evidence {
        length: 1000,
        sha256: rendition(picture).sha256,
        jpeg,
    }
}

fn failure() -> FilingFailure {
    FilingFailure {
        reason: FilingReason::AlexAway,
        technical: "test".into(),
    }
}

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
    room.go(phone, Act::ConfirmPatient);
    assert!(room.reserve(phone, 5).is_ok());
}

#[test]
fn a_phone_that_was_cut_off_is_told_so_at_once() {
    let mut room = Room::new();
    let phone = room.phone(1);
    room.go(
        Actor::Desktop,
        Act::RevokeLink {
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
    let seen = room.seen();
    for act in [
        Act::Commit {
            pictures: vec![],
            seen,
        },
        Act::End {
            why: EndOfSession::Discarded,
        },
        Act::RevokeLink {
            link: LinkId::from_bits(1),
        },
        Act::Tick,
    ] {
        assert_eq!(room.try_to(phone, act), Err(Refusal::NotAllowed));
    }
}

#[test]
fn a_phone_touches_its_own_pictures_only() {
    let mut room = Room::new();
    let phone = room.phone(1);
    room.ready(Actor::Desktop, 5);
    let picture = PictureId::from_bits(5);
    assert_eq!(
        room.try_to(phone, Act::Remove { picture }),
        Err(Refusal::NotAllowed)
    );
    let view = room.session.view.for_phone(LinkId::from_bits(1));
    assert_eq!(
        (view.pictures.len(), view.others, view.launch.patient.nhi),
        (0, 1, None)
    );
}

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
fn a_commit_names_the_patient_and_what_was_seen() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let pictures = vec![PictureId::from_bits(5)];
    let seen = Seen {
        patient: Sha256::of(b"somebody else"),
        ..room.seen()
    };
    let act = Act::Commit {
        pictures: pictures.clone(),
        seen,
    };
    assert_eq!(room.try_to(Actor::Desktop, act), Err(Refusal::OtherPatient));
    let seen = room.seen();
    let change = DetailsChange {
        laterality: Some(Some(Laterality::Right)),
        ..DetailsChange::default()
    };
    room.go(
        Actor::Desktop,
        Act::Describe {
            pictures: pictures.clone(),
            change,
        },
    );
    assert_eq!(
        room.try_to(Actor::Desktop, Act::Commit { pictures, seen }),
        Err(Refusal::Stale)
    );
    assert!(room.commit(5).is_ok());
}

#[test]
fn a_second_press_of_commit_queues_nothing_twice() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let revision = room.session.view.revision;
    room.commit(5).unwrap();
    assert_eq!(room.session.view.revision, revision);
}

#[test]
fn a_picture_without_a_side_is_not_committed() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let change = DetailsChange {
        laterality: Some(None),
        ..DetailsChange::default()
    };
    room.go(
        Actor::Desktop,
        Act::Describe {
            pictures: vec![PictureId::from_bits(5)],
            change,
        },
    );
    assert_eq!(room.commit(5), Err(Refusal::DetailsMissing { count: 1 }));
}

#[test]
fn two_workers_cannot_take_the_same_picture() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let picture = PictureId::from_bits(5);
    room.go(Actor::Server, Act::BeginFiling { picture });
    assert_eq!(
        room.try_to(Actor::Server, Act::BeginFiling { picture }),
        Err(Refusal::PictureFixed)
    );
}

#[test]
fn a_crash_while_sending_ends_in_unknown_and_never_in_a_second_post() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    room.go(
        Actor::Server,
        Act::BeginFiling {
            picture: PictureId::from_bits(5),
        },
    );
    room.now = 359;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.state(5), &PictureState::Sending);
    room.now = 360;
    room.go(Actor::Server, Act::Tick);
    assert!(matches!(room.state(5), PictureState::Unknown { .. }));
    assert_eq!(
        room.commit(5),
        Err(Refusal::Stale),
        "a person has to look first"
    );
    room.go(
        Actor::Desktop,
        Act::Settle {
            picture: PictureId::from_bits(5),
            present: false,
        },
    );
    assert!(room.commit(5).is_ok());
}

#[test]
fn a_session_does_not_end_under_a_picture_that_is_being_filed() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let end = Act::End {
        why: EndOfSession::Discarded,
    };
    assert_eq!(room.try_to(Actor::Desktop, end), Err(Refusal::PictureFixed));
    room.now = 7200;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, None);
}

#[test]
fn idle_phones_and_idle_sessions_end_and_reading_does_not_matter() {
    let mut room = Room::new();
    room.phone(1);
    room.ready(Actor::Desktop, 5);
    room.now = 600;
    room.go(Actor::Server, Act::Tick);
    let ended = LinkState::Ended {
        why: EndOfLink::Idle,
        device: Some(DeviceLabel::from_user_agent("iPhone")),
    };
    assert_eq!(room.session.view.links[0].state, ended);
    room.now = 7199;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, None);
    room.now = 7200;
    room.go(Actor::Server, Act::Tick);
    assert_eq!(room.session.view.ended, Some(EndOfSession::Idle));
    assert_eq!(room.session.doomed.len(), 1, "its copy is to be deleted");
    assert_eq!(
        room.reserve(Actor::Desktop, 6),
        Err(Refusal::SessionEnded {
            why: EndOfSession::Idle
        })
    );
}

#[test]
fn a_session_is_forgotten_only_when_its_copies_are_gone() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    room.go(
        Actor::Desktop,
        Act::End {
            why: EndOfSession::Discarded,
        },
    );
    assert!(!room.session.can_be_forgotten(at(100_000)));
    let keys = room
        .session
        .doomed
        .iter()
        .map(|doomed| doomed.key.clone())
        .collect();
    room.go(Actor::Server, Act::Swept { keys });
    assert!(room.session.can_be_forgotten(at(100_000)));
    assert!(!room.session.can_be_forgotten(at(10)));
}

fn any_step() -> impl Strategy<Value = (u8, u128, u8, u64)> {
    (0u8..17, 0u128..6, 0u8..4, 0u64..200)
}

/// One step of a random history. Refusals are as good as anything else.
fn step(room: &mut Room, (kind, which, who, wait): (u8, u128, u8, u64)) -> Option<Decision> {
    room.now += wait;
    let by = match who {
        0 | 1 => Actor::Desktop,
        _ => Actor::Phone(LinkId::from_bits(u128::from(who))),
    };
    let (picture, link) = (
        PictureId::from_bits(which),
        LinkId::from_bits(2 + which % 2),
    );
    let code = Sha256::of(&link.bits().to_le_bytes());
    let pictures = vec![picture];
    let (by, act) = match kind {
        0 => (
            Actor::Desktop,
            Act::OfferLink {
                link,
                code,
                number: MatchNumber::from_bits(which),
            },
        ),
        1 | 2 => {
            let device = DeviceLabel::from_user_agent("Android Mobile");
            (
                Actor::Stranger,
                Act::ClaimLink {
                    code,
                    cookie: code,
                    device,
                },
            )
        }
        3 => (by, Act::ConfirmPatient),
        4 => (Actor::Desktop, Act::RevokeLink { link }),
        5 | 6 => (by, Act::Reserve(announced(which))),
        7 | 8 => (
            by,
            Act::Arrive {
                picture,
                evidence: Some(true_evidence(which)),
            },
        ),
        9 => (by, Act::Remove { picture }),
        10 | 11 => (
            Actor::Desktop,
            Act::Commit {
                pictures,
                seen: room.seen(),
            },
        ),
        12 => (Actor::Server, Act::BeginFiling { picture }),
        13 => (
            Actor::Server,
            Act::ConcludeFiling {
                picture,
                outcome: FilingOutcome::Filed { record: "m".into() },
            },
        ),
        14 => (
            Actor::Server,
            Act::ConcludeFiling {
                picture,
                outcome: FilingOutcome::Failed(failure()),
            },
        ),
        15 => (
            Actor::Server,
            Act::ConcludeFiling {
                picture,
                outcome: FilingOutcome::Unknown(failure()),
            },
        ),
        _ => (Actor::Server, Act::Tick),
    };
    let decision = decide(&room.session, Command { by, act }, at(room.now)).ok()?;
    room.session = decision.next.clone();
    Some(decision)
}

fn filed(view: &SessionView) -> Vec<PictureId> {
    let is = |state: &PictureState| matches!(state, PictureState::Filed { .. });
    view.pictures
        .iter()
        .filter(|picture| is(&picture.state))
        .map(|picture| picture.id)
        .collect()
}

proptest! {
    #[test]
    fn a_browser_that_folds_the_events_sees_what_the_server_has(steps in prop::collection::vec(any_step(), 1..80)) {
        let mut room = Room::new();
        let mut browser = room.session.view.clone();
        let link = LinkId::from_bits(2);
        let mut history = Vec::new();
        for decision in steps.into_iter().filter_map(|one| step(&mut room, one)) {
            for numbered in &decision.events {
                browser.apply(numbered).unwrap();
            }
            history.extend(decision.events);
        }
        prop_assert_eq!(&browser, &room.session.view);
        // A phone folds its own part of the same history and sees its own part of the same session.
        let now = room.session.view.for_phone(link);
        let mut phone = fresh().view.for_phone(link);
        for Numbered { revision, event } in history {
            phone.apply(&Numbered { revision, event: event.for_phone(link, &now) }).unwrap();
        }
        prop_assert_eq!(phone, now);
    }

    #[test]
    fn no_history_loses_a_filed_picture_or_breaks_a_limit(steps in prop::collection::vec(any_step(), 1..80)) {
        let mut room = Room::new();
        let mut known: Vec<PictureId> = Vec::new();
        for one in steps {
            let before = room.session.clone();
            match step(&mut room, one) {
                Some(decision) => prop_assert!(decision.next.version <= before.version + 1),
                None => prop_assert_eq!(&room.session, &before, "a refusal changes nothing"),
            }
            let now = filed(&room.session.view);
            prop_assert!(known.iter().all(|id| now.contains(id)), "what is filed stays filed");
            known = now;
            prop_assert!(room.session.view.pictures.len() <= 20);
            let offered = |state: &LinkState| *state == LinkState::Offered;
            prop_assert!(room.session.view.links.iter().filter(|link| offered(&link.state)).count() <= 1);
        }
    }
}
