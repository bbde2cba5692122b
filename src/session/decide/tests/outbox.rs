//! Commits, claims, outcomes, and the end.

mod ending;
mod reconcile;

use super::*;
use crate::id::WorkerId;
use crate::outbox::{OutboxEntry, OutboxState};
use crate::record::{Record, Target};
use crate::session::Finding;

const WORKER: WorkerId = WorkerId::from_bits(77);

fn five() -> PictureId {
    PictureId::from_bits(5)
}

fn conclusion(fencing_token: u64, outcome: SubmitOutcome) -> Command {
    Command::ConcludeSubmit {
        entry: five().into(),
        target: Target::Media,
        fencing_token,
        outcome,
        jitter: u16::MAX / 2,
    }
}

fn found(fencing_token: u64, finding: Finding) -> Command {
    Command::ConcludeLookup {
        entry: five().into(),
        target: Target::Media,
        fencing_token,
        finding,
        jitter: u16::MAX / 2,
    }
}

fn filed(record: &str) -> SubmitOutcome {
    SubmitOutcome::Filed {
        record: record.into(),
    }
}

impl Room {
    /// A room with one picture that was committed.
    fn committed() -> Self {
        let mut room = Self::new();
        room.ready(Actor::Desktop, 5);
        room.commit(5).unwrap();
        room
    }

    fn own_entry(&self) -> &OutboxEntry {
        &self.session.outbox[&five().into()]
    }

    /// Ids of what was filed, as the GP sees them.
    fn records(&self) -> Vec<Option<&str>> {
        match self.state(5) {
            PictureState::Filed { records, .. } => records.iter().map(Record::id).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn claim_submit(&mut self) -> Result<u64, Refusal> {
        let correlation = format!("c{}", self.own_entry().fencing_token);
        let begun = self.try_to(
            Actor::Server,
            Command::BeginSubmit(BeginSubmit {
                entry: five().into(),
                worker: WORKER,
                correlation,
            }),
        );
        begun.map(fencing_token)
    }

    fn claim_lookup(&mut self) -> Result<u64, Refusal> {
        let command = Command::BeginLookup(BeginLookup {
            entry: five().into(),
            worker: WORKER,
        });
        self.try_to(Actor::Server, command).map(fencing_token)
    }

    fn conclude(&mut self, fencing_token: u64, outcome: SubmitOutcome) {
        self.go(Actor::Server, conclusion(fencing_token, outcome));
    }

    fn conclude_lookup(&mut self, fencing_token: u64, finding: Finding) {
        self.go(Actor::Server, found(fencing_token, finding));
    }

    fn resolve_manually(&mut self, present: bool) -> Result<Reply, Refusal> {
        let command = Command::ResolveManually {
            picture: five(),
            target: Target::Media,
            present,
        };
        self.try_to(Actor::Desktop, command)
    }

    /// Posted, with an unknown outcome.
    fn unknown() -> Self {
        let mut room = Self::committed();
        let fencing_token = room.claim_submit().unwrap();
        room.conclude(fencing_token, SubmitOutcome::Unknown(failure()));
        room
    }
}

fn fencing_token(reply: Reply) -> u64 {
    match reply {
        Reply::Begun(Begun { fencing_token, .. }) => fencing_token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_commit_names_the_patient_and_what_was_seen() {
    let mut room = Room::new();
    room.ready(Actor::Desktop, 5);
    let pictures = vec![five()];
    let precondition = CommitPrecondition {
        patient: Sha256::of(b"somebody else"),
        ..room.precondition()
    };
    let command = Command::Commit {
        pictures: pictures.clone(),
        precondition,
        scans: Scans::Separate,
    };
    assert_eq!(
        room.try_to(Actor::Desktop, command),
        Err(Refusal::OtherPatient)
    );
    let precondition = room.precondition();
    let change = DetailsChange {
        laterality: Some(Some(Laterality::Right)),
        ..DetailsChange::default()
    };
    room.go(
        Actor::Desktop,
        Command::Describe {
            pictures: pictures.clone(),
            change,
        },
    );
    assert_eq!(
        room.try_to(
            Actor::Desktop,
            Command::Commit {
                pictures: pictures.clone(),
                precondition,
                scans: Scans::Separate
            }
        ),
        Err(Refusal::Stale)
    );
    let now = room.precondition();
    let ahead = Command::Commit {
        pictures,
        precondition: CommitPrecondition {
            revision: now.revision + 1,
            ..now
        },
        scans: Scans::Separate,
    };
    assert_eq!(
        room.try_to(Actor::Desktop, ahead),
        Err(Refusal::Stale),
        "a page that has seen more than the store holds"
    );
    assert!(room.commit(5).is_ok());
    let entry = room.own_entry();
    assert_eq!((entry.patient, entry.revision), (now.patient, now.revision));
    assert_eq!(entry.pages[0].sha256, rendition(5).sha256);
}

#[test]
fn a_second_press_of_commit_queues_nothing_twice() {
    let mut room = Room::committed();
    let before = room.session.clone();
    room.commit(5).unwrap();
    assert_eq!(room.session, before);
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
        Command::Describe {
            pictures: vec![five()],
            change,
        },
    );
    assert_eq!(room.commit(5), Err(Refusal::DetailsMissing { count: 1 }));
}

#[test]
fn two_workers_cannot_take_the_same_picture_and_one_may_ask_twice() {
    let mut room = Room::committed();
    let command = |worker| {
        Command::BeginSubmit(BeginSubmit {
            entry: five().into(),
            worker,
            correlation: "c".into(),
        })
    };
    let first = room.go(Actor::Server, command(WORKER));
    let before = room.session.clone();
    let again = room.try_to(Actor::Server, command(WORKER));
    assert_eq!(again, Ok(first), "its answer may have been lost");
    assert_eq!(room.session, before);
    let other = room.try_to(Actor::Server, command(WorkerId::from_bits(78)));
    assert_eq!(other, Err(Refusal::PictureFixed));
    assert_eq!(
        room.claim_submit(),
        Err(Refusal::PictureFixed),
        "another attempt"
    );
}

#[test]
fn a_claim_that_runs_out_leads_to_unknown_and_never_to_a_second_post() {
    let mut room = Room::committed();
    room.claim_submit().unwrap();
    room.now = 119;
    room.go(Actor::Server, Command::Tick);
    assert_eq!(room.state(5), &PictureState::Sending);
    room.now = 120;
    room.go(Actor::Server, Command::Tick);
    assert!(matches!(room.state(5), PictureState::Unknown { .. }));
    assert_eq!(room.claim_submit(), Err(Refusal::PictureFixed));
    assert_eq!(room.commit(5), Err(Refusal::Stale));
}

#[test]
fn what_passes_is_tried_five_times_with_growing_waits() {
    let mut room = Room::committed();
    for wait in [5, 25, 125, 600] {
        let fencing_token = room.claim_submit().unwrap();
        room.conclude(
            fencing_token,
            SubmitOutcome::Later {
                failure: failure(),
                after: None,
            },
        );
        assert!(matches!(room.state(5), PictureState::Waiting { .. }));
        assert_eq!(room.claim_submit(), Err(Refusal::PictureFixed));
        room.now += wait;
    }
    let fencing_token = room.claim_submit().unwrap();
    room.conclude(
        fencing_token,
        SubmitOutcome::Later {
            failure: failure(),
            after: None,
        },
    );
    assert!(matches!(room.state(5), PictureState::Failed { .. }));
    room.commit(5).unwrap();
    assert_eq!(room.own_entry().tries, 0, "a person asked again");
    assert_eq!(room.claim_submit(), Ok(6));
}

#[test]
fn a_gp_need_not_wait_for_the_next_try() {
    let mut room = Room::committed();
    let fencing_token = room.claim_submit().unwrap();
    let after = Some(Duration::from_secs(500));
    room.conclude(
        fencing_token,
        SubmitOutcome::Later {
            failure: failure(),
            after,
        },
    );
    room.now = 1;
    room.commit(5).unwrap();
    assert!(room.claim_submit().is_ok());
}

#[test]
fn a_picture_for_two_targets_is_filed_when_both_have_it() {
    let mut room = Room::new();
    room.session.limits.outbox.targets = vec![Target::Media, Target::ScanPdf];
    room.ready(Actor::Desktop, 5);
    room.commit(5).unwrap();
    let first = room.claim_submit().unwrap();
    room.conclude(first, filed("m1"));
    assert_eq!(room.state(5), &PictureState::Queued);
    let second = room.claim_submit().unwrap();
    // A late repetition about the first target says nothing of the second.
    room.conclude(first, filed("m1"));
    assert_eq!(room.state(5), &PictureState::Sending);
    room.conclude(second, SubmitOutcome::Failed(failure()));
    room.commit(5).unwrap();
    assert_eq!(
        room.own_entry().targets,
        [Target::ScanPdf],
        "not both again"
    );
    let third = room.claim_submit().unwrap();
    let scan = Command::ConcludeSubmit {
        entry: five().into(),
        target: Target::ScanPdf,
        fencing_token: third,
        outcome: filed("d1"),
        jitter: 0,
    };
    room.go(Actor::Server, scan);
    assert_eq!(room.records(), [Some("m1"), Some("d1")]);
}

#[test]
fn a_remembered_reply_under_its_older_name_loads() {
    let reply: Reply = serde_json::from_str(r#"{"Begun":{"fence":3,"until":9}}"#).unwrap();
    let until = Moment::from_millis(9);
    assert_eq!(
        reply,
        Reply::Begun(Begun {
            fencing_token: 3,
            until
        })
    );
}
