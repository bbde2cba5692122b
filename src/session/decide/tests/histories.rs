//! Properties that hold over any history.

use super::*;
use crate::id::WorkerId;
use crate::outbox::OutboxState;
use crate::picture::Edit;
use crate::record::Target;
use crate::session::{Finding, RevisionClaim};

fn any_step() -> impl Strategy<Value = (u8, u128, u8, u64)> {
    (0u8..28, 0u128..6, 0u8..4, 0u64..200)
}

fn begin(picture: PictureId) -> Command {
    Command::BeginSubmit(BeginSubmit {
        entry: picture.into(),
        worker: WorkerId::from_bits(1),
        correlation: "c".into(),
    })
}

fn look(picture: PictureId) -> Command {
    Command::BeginLookup(BeginLookup {
        entry: picture.into(),
        worker: WorkerId::from_bits(1),
    })
}

/// The number of the claim that holds, if one does.
fn fencing_token(room: &Room, picture: PictureId) -> u64 {
    let entry = room.session.outbox.get(&picture.into());
    match entry.map(|entry| &entry.state) {
        Some(OutboxState::Sending(lease)) => lease.fencing_token,
        Some(OutboxState::Unknown(reconciliation)) => reconciliation
            .lease
            .as_ref()
            .map_or(0, |lease| lease.fencing_token),
        _ => 0,
    }
}

fn conclude(room: &Room, picture: PictureId, outcome: SubmitOutcome) -> Command {
    Command::ConcludeSubmit {
        entry: picture.into(),
        target: Target::Media,
        fencing_token: fencing_token(room, picture),
        outcome,
        jitter: 0,
    }
}

fn find(room: &Room, picture: PictureId, finding: Finding) -> Command {
    Command::ConcludeLookup {
        entry: picture.into(),
        target: Target::Media,
        fencing_token: fencing_token(room, picture),
        finding,
        jitter: 0,
    }
}

/// What the outbox worker, the scheduler or a person who checked in Medtech does.
fn outbox_step(room: &Room, kind: u8, picture: PictureId, present: bool) -> (Actor, Command) {
    let (record, after) = ("m".to_owned(), None);
    let command = match kind {
        12 => begin(picture),
        13 => conclude(room, picture, SubmitOutcome::Filed { record }),
        14 => conclude(room, picture, SubmitOutcome::Failed(failure())),
        15 => conclude(room, picture, SubmitOutcome::Unknown(failure())),
        16 => {
            let failure = failure();
            conclude(room, picture, SubmitOutcome::Later { failure, after })
        }
        17 => look(picture),
        18 => find(room, picture, Finding::Absent(failure())),
        19 => find(room, picture, Finding::CannotTell(failure())),
        20 => {
            return (
                Actor::Desktop,
                Command::ResolveManually {
                    picture,
                    target: Target::Media,
                    present,
                },
            );
        }
        _ => Command::Tick,
    };
    (Actor::Server, command)
}

/// Somebody turns a picture, or says that the turned one is sent.
fn revision_step(
    room: &Room,
    by: Actor,
    picture: PictureId,
    announces: bool,
) -> Option<(Actor, Command)> {
    let rendition = room.session.view.picture(picture)?.rendition;
    let turned = Rendition {
        sha256: Sha256::of(&rendition.sha256.to_string().into_bytes()),
        width: 480,
        height: 480,
        ..rendition
    };
    let command = if announces {
        Command::Revise(RevisionClaim {
            picture,
            edited_from: rendition.sha256,
            rendition: turned,
            edit: Edit::of_turns(1),
        })
    } else {
        let next = room.session.uploads.get(&picture)?.next.as_ref()?;
        let Rendition {
            length,
            sha256,
            width,
            height,
        } = next.expected;
        let evidence = Some(Evidence {
            attempt: next.attempt,
            length,
            sha256,
            jpeg: Some(JpegHeader {
                width,
                height,
                has_metadata: false,
            }),
        });
        Command::ArriveRevision {
            picture,
            sha256,
            evidence,
        }
    };
    Some((by, command))
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
    let (by, command) = match kind {
        0 => (
            Actor::Desktop,
            Command::OfferLink {
                link,
                code,
                number: MatchNumber::from_bits(which),
            },
        ),
        1 | 2 => {
            let device = DeviceKind::from_user_agent("Android Mobile");
            (
                Actor::Unpaired,
                Command::ClaimLink(ClaimLink {
                    code,
                    cookie: code,
                    device,
                }),
            )
        }
        3 => (by, Command::ConfirmPatient),
        4 => (Actor::Desktop, Command::RevokeLink { link }),
        5 | 6 => (by, Command::Reserve(announced(which))),
        7 | 8 => (
            by,
            Command::Arrive {
                picture,
                evidence: Some(room.true_evidence(which)),
            },
        ),
        9 => (by, Command::Remove { picture }),
        10 | 11 => {
            let all = room.session.view.pictures.iter().map(|picture| picture.id);
            let together = Command::Commit {
                pictures: all.collect(),
                precondition: room.precondition(),
                scans: Scans::Together,
            };
            let one = Command::Commit {
                pictures,
                precondition: room.precondition(),
                scans: Scans::AsBefore,
            };
            (Actor::Desktop, if kind == 10 { together } else { one })
        }
        21 => (Actor::Server, room.reconcile_upload(which, true)),
        22 => (Actor::Server, room.reconcile_upload(which, false)),
        24 => (by, Command::Revert { picture }),
        25 => {
            let sha256 = room
                .session
                .uploads
                .get(&picture)?
                .next
                .as_ref()?
                .expected
                .sha256;
            (by, Command::CancelRevision { picture, sha256 })
        }
        26 | 27 => revision_step(room, by, picture, kind == 26)?,
        _ => outbox_step(room, kind, picture, wait % 2 == 0),
    };
    let decision = decide(&room.session, Request { by, command }, at(room.now)).ok()?;
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
            for sequenced in &decision.events {
                browser.apply(sequenced).unwrap();
            }
            history.extend(decision.events);
        }
        prop_assert_eq!(&browser, &room.session.view);
        // A phone folds its own part of the same history and sees its own part of the same session.
        let now = room.session.view.redacted_for(link);
        let mut phone = fresh().view.redacted_for(link);
        for SequencedEvent { revision, event } in history {
            phone.apply(&SequencedEvent { revision, event: event.redacted_for(link, &now) }).unwrap();
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
