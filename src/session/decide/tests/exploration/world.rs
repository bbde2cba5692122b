//! What surrounds the rules: the record system as it may behave, workers, a person, and time.
//!
//! Time goes in whole seconds; the spans are small, in the proportions of the real ones: a claim 2, the gateway's work
//! up to 2, the settle period 3, what was created shows after at most 2, the second search after 2. The settle period is
//! longer than the gateway's work and not as long: with the two equal, a person who looks at that very second and says
//! "not there" is found to cause a duplicate.

mod steps;

use super::super::*;
use super::{Bug, Wrong};
use crate::id::{OutboxEntryId, WorkerId};
use crate::outbox::{OutboxEntry, OutboxRules, OutboxState, OutboxTask};
use crate::record::Target;
use crate::session::{Finding, Scans};
use std::rc::Rc;

const GATEWAY: u8 = 2;
const SHOWS_AFTER: u8 = 2;
const WORKERS: usize = 3;
const PICTURE: u128 = 5;
const SECOND: u128 = 6;

/// What is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A picture by itself.
    Picture,
    /// A scanned document of two pages, which the GP may want filed otherwise at any time.
    Document,
}

impl Subject {
    fn target(self) -> Target {
        match self {
            Self::Picture => Target::Media,
            Self::Document => Target::ScanPdf,
        }
    }

    fn pictures(self) -> Vec<PictureId> {
        let bits = match self {
            Self::Picture => &[PICTURE][..],
            Self::Document => &[PICTURE, SECOND],
        };
        bits.iter()
            .map(|bits| PictureId::from_bits(*bits))
            .collect()
    }
}

/// What the record system holds and may still come to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Alex {
    /// For each record, how long a search may still miss it.
    records: Vec<u8>,
    /// For each post that the gateway still works at, how long it may.
    pending: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Heard {
    Created,
    Refused,
    Overloaded,
    Silence,
    SuccessWithoutId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Shown {
    It,
    Nothing,
    SomethingElse,
    Refusal,
    Silence,
}

/// What a worker remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    Idle,
    Claimed { fencing_token: u64, until: Moment },
    Posted { fencing_token: u64, heard: Heard },
    LookupClaimed { fencing_token: u64 },
    Searched { fencing_token: u64, shown: Shown },
}

/// A state of everything, without what has no bearing on what can follow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    state: (u8, i64, i64, u32, u32),
    shown: u8,
    tries: u32,
    workers: [(u8, i64, u8); WORKERS],
    alex: Alex,
}

struct Step {
    name: &'static str,
    before: Option<Rc<Step>>,
}

#[derive(Clone)]
pub(super) struct World {
    subject: Subject,
    id: OutboxEntryId,
    session: Rc<Session>,
    now: u64,
    workers: [Worker; WORKERS],
    alex: Alex,
    bug: Option<Bug>,
    trail: Rc<Step>,
}

fn rules(subject: Subject, bug: Option<Bug>) -> OutboxRules {
    let seconds = Duration::from_secs;
    OutboxRules {
        targets: vec![subject.target()],
        lease: seconds(2),
        settle_period: seconds(if bug == Some(Bug::NoSettlePeriod) {
            0
        } else {
            3
        }),
        recheck_after: seconds(if bug == Some(Bug::NoSecondWait) { 0 } else { 2 }),
        not_found_required: if bug == Some(Bug::OneAbsence) { 1 } else { 2 },
        max_lookups: 2,
        tries: 3,
        first_wait: seconds(1),
        longest_wait: seconds(1),
    }
}

impl World {
    pub(super) fn new(subject: Subject, bug: Option<Bug>) -> Self {
        let mut room = Room::new();
        room.session.limits.outbox = rules(subject, bug);
        let pictures = subject.pictures();
        for picture in &pictures {
            room.ready(Actor::Desktop, picture.bits());
        }
        room.commit_all(&pictures, Scans::Together).unwrap();
        Self {
            subject,
            id: match subject {
                Subject::Picture => pictures[0].into(),
                Subject::Document => OutboxEntryId::of_document(&pictures),
            },
            session: Rc::new(room.session),
            now: 0,
            workers: [Worker::Idle; WORKERS],
            alex: Alex::default(),
            bug,
            trail: Rc::new(Step {
                name: "commit",
                before: None,
            }),
        }
    }

    fn own_entry(&self) -> &OutboxEntry {
        &self.session.outbox[&self.id]
    }

    fn state(&self) -> &PictureState {
        &self.session.view.pictures[0].state
    }

    /// Whether its pages were filed otherwise. What follows then is another entry's history.
    fn is_over(&self) -> bool {
        self.own_entry().state == OutboxState::Replaced
    }

    /// Whether another entry holds one of its pages.
    fn has_rivals(&self) -> bool {
        let others = self.session.outbox.iter().filter(|(id, _)| **id != self.id);
        others.count() > 0
    }

    pub(super) fn is_filed(&self) -> bool {
        matches!(self.state(), PictureState::Filed { .. })
    }

    pub(super) fn asks(&self) -> bool {
        matches!(self.state(), PictureState::NeedsCheck { .. })
    }

    pub(super) fn wrong(&self) -> Option<Wrong> {
        let waits = self.own_entry().is_open() && !self.asks();
        let may_be_there = !self.alex.records.is_empty() || !self.alex.pending.is_empty();
        // Pages that have another entry while this one can be, or come to be, in the record.
        let twofold = self.has_rivals() && (may_be_there || !self.is_over());
        if self.alex.records.len() > 1 || twofold {
            Some(Wrong::Duplicate)
        } else if self.pages_differ() {
            Some(Wrong::Torn)
        } else if self.is_filed() && self.alex.records.is_empty() {
            Some(Wrong::FalseFiled)
        } else if waits && self.own_entry().due().is_none() {
            Some(Wrong::Forgotten)
        } else {
            None
        }
    }

    /// Whether the pages of one document stand differently.
    fn pages_differ(&self) -> bool {
        let mut pages = self.session.view.pictures.iter();
        pages.any(|page| page.state != *self.state())
    }

    pub(super) fn steps(&self) -> Vec<&'static str> {
        let mut steps = vec![self.trail.name];
        let mut step = &self.trail;
        while let Some(before) = &step.before {
            steps.push(before.name);
            step = before;
        }
        steps.reverse();
        steps
    }

    pub(super) fn key(&self) -> Key {
        let now = at(self.now);
        let ahead = |moment: Moment| i64::try_from(moment.since(now).as_millis()).unwrap();
        let state = match &self.own_entry().state {
            OutboxState::Queued { not_before, .. } => (0, ahead(*not_before), 0, 0, 0),
            OutboxState::Sending(lease) => (1, ahead(lease.until), 0, 0, 0),
            OutboxState::Unknown(reconciliation) => {
                let lease = reconciliation.lease.as_ref();
                let until = lease.map_or(-1, |lease| ahead(lease.until));
                let (not_found, failed_lookups) =
                    (reconciliation.not_found, reconciliation.failed_lookups);
                (
                    2,
                    ahead(reconciliation.next_lookup_at),
                    until,
                    not_found,
                    failed_lookups,
                )
            }
            OutboxState::NeedsCheck { .. } => (3, 0, 0, 0, 0),
            OutboxState::Failed(_) => (4, 0, 0, 0, 0),
            OutboxState::Filed => (5, 0, 0, 0, 0),
            OutboxState::Replaced => (6, 0, 0, 0, 0),
        };
        // Only whether a claim is the last one matters, never its number.
        let last = |fencing_token: u64| i64::from(fencing_token == self.own_entry().fencing_token);
        let mut workers = self.workers.map(|worker| match worker {
            Worker::Idle => (0, 0, 0),
            Worker::Claimed {
                fencing_token,
                until,
            } => (1, last(fencing_token), self.claim_left(until)),
            Worker::Posted {
                fencing_token,
                heard,
            } => (2, last(fencing_token), heard as u8),
            Worker::LookupClaimed { fencing_token } => (3, last(fencing_token), 0),
            Worker::Searched {
                fencing_token,
                shown,
            } => (4, last(fencing_token), shown as u8),
        });
        workers.sort_unstable();
        let mut alex = self.alex.clone();
        alex.records.sort_unstable();
        alex.pending.sort_unstable();
        Key {
            state,
            shown: match self.state() {
                PictureState::Queued => 0,
                PictureState::Waiting { .. } => 1,
                _ => 2,
            },
            tries: self.own_entry().tries,
            workers,
            alex,
        }
    }

    fn claim_left(&self, until: Moment) -> u8 {
        u8::try_from(until.since(at(self.now)).as_secs().min(9)).unwrap()
    }

    fn then(&self, name: &'static str) -> Self {
        let mut next = self.clone();
        next.trail = Rc::new(Step {
            name,
            before: Some(Rc::clone(&self.trail)),
        });
        next
    }

    /// Whether the bug is this one.
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    fn run(&mut self, by: Actor, command: Command) -> Option<Reply> {
        let decided = decide(&self.session, Request { by, command }, at(self.now)).ok()?;
        self.session = Rc::new(decided.next);
        Some(decided.reply)
    }

    /// Whether from here, with every fault over and everybody dead, the picture comes to no end.
    pub(super) fn is_stuck(&self) -> bool {
        const LONG: usize = 60;
        let mut world = self.clone();
        world.workers = [Worker::Idle; WORKERS];
        world.alex.pending.clear();
        for _ in 0..LONG {
            world.run(Actor::Server, Command::Tick);
            if !world.own_entry().is_open() || world.asks() {
                return false;
            }
            let mut nexts = Vec::new();
            world.claim(0, &mut nexts);
            if let Some(claimed) = nexts.pop() {
                world = claimed.carried_out();
            }
            world.now += 1;
            world.alex.records.iter_mut().for_each(|hidden| *hidden = 0);
        }
        true
    }

    /// The claim of the first worker, done without a fault.
    fn carried_out(mut self) -> Self {
        match self.workers[0] {
            Worker::Claimed { fencing_token, .. } => {
                self.alex.records.push(0);
                self.conclude(0, fencing_token, Heard::Created)
            }
            Worker::LookupClaimed { fencing_token } => {
                let there = !self.alex.records.is_empty();
                let shown = if there { Shown::It } else { Shown::Nothing };
                self.conclude_lookup(0, fencing_token, shown)
                    .unwrap_or(self)
            }
            _ => self,
        }
    }
}
