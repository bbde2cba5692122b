//! Everything that can happen next.

use super::*;

impl World {
    /// Everything that can happen next.
    pub(in super::super) fn nexts(&self) -> Vec<Self> {
        let mut nexts = Vec::new();
        if self.is_over() {
            return nexts;
        }
        for index in 0..self.workers.len() {
            self.work(index, &mut nexts);
        }
        self.gateway(&mut nexts);
        self.person(&mut nexts);
        self.time(&mut nexts);
        nexts
    }

    fn work(&self, index: usize, nexts: &mut Vec<Self>) {
        let mut set = |name, worker| {
            let mut next = self.then(name);
            next.workers[index] = worker;
            nexts.push(next);
        };
        match self.workers[index] {
            Worker::Idle => self.claim(index, nexts),
            Worker::Claimed { until, fence } => {
                set("a worker dies before it posts", Worker::Idle);
                if at(self.now) < until || self.has(Bug::NoGuard) {
                    self.post(index, fence, nexts);
                } else {
                    let heard = Heard::Silence;
                    set("a worker is held back", Worker::Posted { fence, heard });
                }
            }
            Worker::Posted { fence, heard } => {
                set("a worker dies before it writes down", Worker::Idle);
                nexts.push(self.conclude(index, fence, heard));
            }
            Worker::LookClaimed { fence } => {
                set("a worker dies before it looks", Worker::Idle);
                for (name, shown) in self.shows() {
                    set(name, Worker::Looked { fence, shown });
                }
            }
            Worker::Looked { fence, shown } => {
                set("a worker dies after it looked", Worker::Idle);
                nexts.extend(self.conclude_look(index, fence, shown));
            }
        }
    }

    pub(super) fn claim(&self, index: usize, nexts: &mut Vec<Self>) {
        let worker = WorkerId::from_bits(index as u128);
        let filing_id = self.id;
        let filing = self.filing();
        let errand = filing.errand(at(self.now));
        if self.has(Bug::NoIntent) && errand == Some(Errand::Post) {
            let until = at(u64::from(u32::MAX));
            let mut next = self.then("a worker begins without a claim");
            next.workers[index] = Worker::Claimed { fence: 0, until };
            nexts.push(next);
            return;
        }
        if self.has(Bug::EarlySearch) && matches!(filing.stage, Stage::Unknown(_)) {
            for (name, shown) in self.shows() {
                let mut next = self.then(name);
                next.workers[index] = Worker::Looked { fence: 0, shown };
                nexts.push(next);
            }
        }
        let act = match errand {
            // A fresh name for every attempt, as random as it has to be.
            Some(Errand::Post) => Act::BeginFiling {
                filing: filing_id,
                worker,
                correlation: filing.fence.to_string(),
            },
            Some(Errand::Look) => Act::BeginLook {
                filing: filing_id,
                worker,
            },
            None => return,
        };
        let mut next = self.then("a worker claims");
        let Some(Reply::Begun { fence, until }) = next.act(Actor::Server, act) else {
            return;
        };
        next.workers[index] = match errand {
            Some(Errand::Post) => Worker::Claimed { fence, until },
            _ => Worker::LookClaimed { fence },
        };
        nexts.push(next);
    }

    fn post(&self, index: usize, fence: u64, nexts: &mut Vec<Self>) {
        for (name, heard, created, pending) in [
            ("posted: created", Heard::Created, true, false),
            (
                "posted: created, the reply is lost",
                Heard::Silence,
                true,
                false,
            ),
            ("posted: refused", Heard::Refused, false, false),
            ("posted: overloaded", Heard::Overloaded, false, false),
            ("posted: lost on the way", Heard::Silence, false, false),
            (
                "posted: the gateway takes long",
                Heard::Silence,
                false,
                true,
            ),
            (
                "posted: a success without an id",
                Heard::SuccessWithoutId,
                false,
                false,
            ),
        ] {
            let mut next = self.then(name);
            next.workers[index] = Worker::Posted { fence, heard };
            next.alex.records.extend(created.then_some(SHOWS_AFTER));
            next.alex.pending.extend(pending.then_some(GATEWAY));
            nexts.push(next);
        }
    }

    /// What a search may show now.
    fn shows(&self) -> Vec<(&'static str, Shown)> {
        let mut all = vec![
            ("searched: refused", Shown::Refusal),
            ("searched: no answer", Shown::Silence),
            ("searched: something else", Shown::SomethingElse),
        ];
        let looks_elsewhere = self.has(Bug::NewIdentifier);
        if !self.alex.records.is_empty() && !looks_elsewhere {
            all.push(("searched: found", Shown::It));
        }
        if looks_elsewhere || self.alex.records.iter().all(|hidden| *hidden > 0) {
            all.push(("searched: not there", Shown::Nothing));
        }
        all
    }

    /// The claim that a word is said under; with the bug, whichever is the last.
    fn under(&self, fence: u64) -> u64 {
        if self.has(Bug::NoFence) {
            self.filing().fence
        } else {
            fence
        }
    }

    pub(super) fn conclude(&self, index: usize, fence: u64, heard: Heard) -> Self {
        let mut next = self.then("a worker writes down");
        next.workers[index] = Worker::Idle;
        let mut fence = next.under(fence);
        if next.has(Bug::NoIntent) {
            let begin = Act::BeginFiling {
                filing: self.id,
                worker: WorkerId::from_bits(index as u128),
                correlation: next.filing().fence.to_string(),
            };
            if let Some(Reply::Begun { fence: begun, .. }) = next.act(Actor::Server, begin) {
                fence = begun;
            }
        }
        let (record, after) = ("m1".to_owned(), None);
        let outcome = match heard {
            Heard::Created => FilingOutcome::Filed { record },
            Heard::SuccessWithoutId if next.has(Bug::SuccessIsFiled) => {
                FilingOutcome::Filed { record }
            }
            Heard::Refused => FilingOutcome::Failed(failure()),
            Heard::Overloaded => FilingOutcome::Later {
                failure: failure(),
                after,
            },
            Heard::Silence if next.has(Bug::SilenceIsFailure) => FilingOutcome::Later {
                failure: failure(),
                after,
            },
            Heard::Silence | Heard::SuccessWithoutId => FilingOutcome::Unknown(failure()),
        };
        next.act(
            Actor::Server,
            Act::ConcludeFiling {
                filing: self.id,
                target: self.subject.target(),
                fence,
                outcome,
                jitter: 0,
            },
        );
        next
    }

    pub(super) fn conclude_look(&self, index: usize, fence: u64, shown: Shown) -> Option<Self> {
        let mut next = self.then("a worker writes down what it saw");
        next.workers[index] = Worker::Idle;
        let mut fence = next.under(fence);
        if next.has(Bug::EarlySearch) {
            let worker = WorkerId::from_bits(index as u128);
            let begin = Act::BeginLook {
                filing: self.id,
                worker,
            };
            let Some(Reply::Begun { fence: begun, .. }) = next.act(Actor::Server, begin) else {
                return None;
            };
            fence = begun;
        }
        let finding = match shown {
            Shown::It => Finding::Found {
                record: "m1".into(),
            },
            Shown::SomethingElse if next.has(Bug::NoComparison) => Finding::Found {
                record: "x1".into(),
            },
            Shown::Nothing => Finding::Absent(failure()),
            Shown::Refusal if next.has(Bug::RefusalIsAbsence) => Finding::Absent(failure()),
            Shown::Silence if next.has(Bug::SilenceIsAbsence) => Finding::Absent(failure()),
            Shown::SomethingElse | Shown::Refusal => Finding::CannotTell(failure()),
            Shown::Silence => Finding::Away(failure()),
        };
        next.act(
            Actor::Server,
            Act::ConcludeLook {
                filing: self.id,
                target: self.subject.target(),
                fence,
                finding,
                jitter: 0,
            },
        );
        Some(next)
    }

    fn gateway(&self, nexts: &mut Vec<Self>) {
        for index in 0..self.alex.pending.len() {
            let mut created = self.then("the gateway creates it late");
            created.alex.pending.remove(index);
            created.alex.records.push(SHOWS_AFTER);
            let mut gave_up = self.then("the gateway gives up");
            gave_up.alex.pending.remove(index);
            nexts.extend([created, gave_up]);
        }
    }

    /// The GP presses Commit again at any time, and says truthfully what Medtech shows.
    fn person(&self, nexts: &mut Vec<Self>) {
        let seen = Seen {
            patient: self.session.view.launch.patient.fingerprint(),
            revision: self.session.view.revision,
        };
        let mut pressed = self.then("the GP presses Commit");
        let again = Act::Commit {
            pictures: self.subject.pictures(),
            seen,
            scans: Scans::AsBefore,
        };
        pressed.act(Actor::Desktop, again);
        if self.has(Bug::PressPostsAgain) {
            pressed.queue();
        }
        if self.subject == Subject::Document {
            self.take_apart(seen, nexts);
        }
        let present = !self.alex.records.is_empty();
        let mut looked = self.then("the GP looks into Medtech");
        let settle = Act::Settle {
            picture: PictureId::from_bits(PICTURE),
            target: self.subject.target(),
            present,
        };
        looked.act(Actor::Desktop, settle);
        if self.has(Bug::NotThereTooEarly) && !present {
            looked.queue();
        }
        nexts.extend([pressed, looked]);
    }

    /// The GP wants the pages filed by themselves, both or one of them.
    fn take_apart(&self, seen: Seen, nexts: &mut Vec<Self>) {
        let pages = self.subject.pictures();
        for pictures in [pages.clone(), pages[..1].to_vec()] {
            let mut apart = self.then("the GP commits pages by themselves");
            if self.has(Bug::TakenApartTooEarly) {
                let session = Rc::make_mut(&mut apart.session);
                let filing = session.filings.get_mut(&self.id).unwrap();
                if let Stage::Unknown(search) = &filing.stage {
                    filing.stage = Stage::Failed(search.failure.clone());
                    let failure = failure();
                    for page in &mut session.view.pictures {
                        page.state = PictureState::Failed {
                            failure: failure.clone(),
                        };
                    }
                }
            }
            let separate = Act::Commit {
                pictures,
                seen,
                scans: Scans::Separate,
            };
            apart.act(Actor::Desktop, separate);
            nexts.push(apart);
        }
    }

    /// The mistake that several bugs come to: what nobody knows of is posted again.
    fn queue(&mut self) {
        let not_before = at(self.now);
        let session = Rc::make_mut(&mut self.session);
        let filing = session.filings.get_mut(&self.id).unwrap();
        if matches!(filing.stage, Stage::Unknown(_)) {
            filing.stage = Stage::due_at(not_before);
        }
    }

    fn time(&self, nexts: &mut Vec<Self>) {
        let mut ticked = self.then("the caretaker comes");
        ticked.act(Actor::Server, Act::Tick);
        if self.has(Bug::TakeOverPosts) && matches!(self.filing().stage, Stage::Sending(_)) {
            ticked.queue();
        }
        nexts.push(ticked);
        // What the gateway cannot put off any longer comes before time goes on.
        if !self.alex.pending.contains(&0) {
            let mut later = self.then("a second passes");
            later.now += 1;
            let spans = later.alex.records.iter_mut().chain(&mut later.alex.pending);
            spans.for_each(|span| *span = span.saturating_sub(1));
            nexts.push(later);
        }
    }
}
