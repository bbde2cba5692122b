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
            Worker::Claimed {
                until,
                fencing_token,
            } => {
                set("a worker dies before it posts", Worker::Idle);
                if at(self.now) < until || self.has(Bug::NoGuard) {
                    self.post(index, fencing_token, nexts);
                } else {
                    let heard = Heard::Silence;
                    set(
                        "a worker's lease expires before it posts",
                        Worker::Posted {
                            fencing_token,
                            heard,
                        },
                    );
                }
            }
            Worker::Posted {
                fencing_token,
                heard,
            } => {
                set("a worker dies before it writes down", Worker::Idle);
                nexts.push(self.conclude(index, fencing_token, heard));
            }
            Worker::LookupClaimed { fencing_token } => {
                set("a worker dies before it searches", Worker::Idle);
                for (name, shown) in self.shows() {
                    set(
                        name,
                        Worker::Searched {
                            fencing_token,
                            shown,
                        },
                    );
                }
            }
            Worker::Searched {
                fencing_token,
                shown,
            } => {
                set("a worker dies after it searched", Worker::Idle);
                nexts.extend(self.conclude_lookup(index, fencing_token, shown));
            }
        }
    }

    pub(super) fn claim(&self, index: usize, nexts: &mut Vec<Self>) {
        let worker = WorkerId::from_bits(index as u128);
        let id = self.id;
        let entry = self.own_entry();
        let task = entry.due_task(at(self.now));
        if self.has(Bug::NoIntent) && task == Some(OutboxTask::Submit) {
            let until = at(u64::from(u32::MAX));
            let mut next = self.then("a worker begins without a claim");
            next.workers[index] = Worker::Claimed {
                fencing_token: 0,
                until,
            };
            nexts.push(next);
            return;
        }
        if self.has(Bug::EarlySearch) && matches!(entry.state, OutboxState::Unknown(_)) {
            for (name, shown) in self.shows() {
                let mut next = self.then(name);
                next.workers[index] = Worker::Searched {
                    fencing_token: 0,
                    shown,
                };
                nexts.push(next);
            }
        }
        let command = match task {
            // A fresh name for every attempt, as random as it has to be.
            Some(OutboxTask::Submit) => Command::BeginSubmit(BeginSubmit {
                entry: id,
                worker,
                correlation: entry.fencing_token.to_string(),
            }),
            Some(OutboxTask::Reconcile) => Command::BeginLookup(BeginLookup { entry: id, worker }),
            None => return,
        };
        let mut next = self.then("a worker claims");
        let Some(Reply::Begun(Begun {
            fencing_token,
            until,
        })) = next.run(Actor::Server, command)
        else {
            return;
        };
        next.workers[index] = match task {
            Some(OutboxTask::Submit) => Worker::Claimed {
                fencing_token,
                until,
            },
            _ => Worker::LookupClaimed { fencing_token },
        };
        nexts.push(next);
    }

    fn post(&self, index: usize, fencing_token: u64, nexts: &mut Vec<Self>) {
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
            next.workers[index] = Worker::Posted {
                fencing_token,
                heard,
            };
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
        let searches_elsewhere = self.has(Bug::NewIdentifier);
        if !self.alex.records.is_empty() && !searches_elsewhere {
            all.push(("searched: found", Shown::It));
        }
        if searches_elsewhere || self.alex.records.iter().all(|hidden| *hidden > 0) {
            all.push(("searched: not there", Shown::Nothing));
        }
        all
    }

    /// The claim that a word is said under; with the bug, whichever is the last.
    fn under(&self, fencing_token: u64) -> u64 {
        if self.has(Bug::NoFencingToken) {
            self.own_entry().fencing_token
        } else {
            fencing_token
        }
    }

    pub(super) fn conclude(&self, index: usize, fencing_token: u64, heard: Heard) -> Self {
        let mut next = self.then("a worker writes down");
        next.workers[index] = Worker::Idle;
        let mut fencing_token = next.under(fencing_token);
        if next.has(Bug::NoIntent) {
            let begin = Command::BeginSubmit(BeginSubmit {
                entry: self.id,
                worker: WorkerId::from_bits(index as u128),
                correlation: next.own_entry().fencing_token.to_string(),
            });
            if let Some(Reply::Begun(Begun {
                fencing_token: begun,
                ..
            })) = next.run(Actor::Server, begin)
            {
                fencing_token = begun;
            }
        }
        let (record, after) = ("m1".to_owned(), None);
        let outcome = match heard {
            Heard::Created => SubmitOutcome::Filed { record },
            Heard::SuccessWithoutId if next.has(Bug::SuccessIsFiled) => {
                SubmitOutcome::Filed { record }
            }
            Heard::Refused => SubmitOutcome::Failed(failure()),
            Heard::Overloaded => SubmitOutcome::Later {
                failure: failure(),
                after,
            },
            Heard::Silence if next.has(Bug::SilenceIsFailure) => SubmitOutcome::Later {
                failure: failure(),
                after,
            },
            Heard::Silence | Heard::SuccessWithoutId => SubmitOutcome::Unknown(failure()),
        };
        next.run(
            Actor::Server,
            Command::ConcludeSubmit {
                entry: self.id,
                target: self.subject.target(),
                fencing_token,
                outcome,
                jitter: 0,
            },
        );
        next
    }

    pub(super) fn conclude_lookup(
        &self,
        index: usize,
        fencing_token: u64,
        shown: Shown,
    ) -> Option<Self> {
        let mut next = self.then("a worker writes down what it saw");
        next.workers[index] = Worker::Idle;
        let mut fencing_token = next.under(fencing_token);
        if next.has(Bug::EarlySearch) {
            let worker = WorkerId::from_bits(index as u128);
            let begin = Command::BeginLookup(BeginLookup {
                entry: self.id,
                worker,
            });
            let Some(Reply::Begun(Begun {
                fencing_token: begun,
                ..
            })) = next.run(Actor::Server, begin)
            else {
                return None;
            };
            fencing_token = begun;
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
            Shown::Silence => Finding::Unavailable(failure()),
        };
        next.run(
            Actor::Server,
            Command::ConcludeLookup {
                entry: self.id,
                target: self.subject.target(),
                fencing_token,
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
        let precondition = CommitPrecondition {
            patient: self.session.view.launch.patient.fingerprint(),
            revision: self.session.view.revision,
        };
        let mut pressed = self.then("the GP presses Commit");
        let again = Command::Commit {
            pictures: self.subject.pictures(),
            precondition,
            scans: Scans::AsBefore,
        };
        pressed.run(Actor::Desktop, again);
        if self.has(Bug::PressPostsAgain) {
            pressed.queue();
        }
        if self.subject == Subject::Document {
            self.take_apart(precondition, nexts);
        }
        let present = !self.alex.records.is_empty();
        let mut looked = self.then("the GP looks into Medtech");
        let resolve_manually = Command::ResolveManually {
            picture: PictureId::from_bits(PICTURE),
            target: self.subject.target(),
            present,
        };
        looked.run(Actor::Desktop, resolve_manually);
        if self.has(Bug::NotThereTooEarly) && !present {
            looked.queue();
        }
        nexts.extend([pressed, looked]);
    }

    /// The GP wants the pages filed by themselves, both or one of them.
    fn take_apart(&self, precondition: CommitPrecondition, nexts: &mut Vec<Self>) {
        let pages = self.subject.pictures();
        for pictures in [pages.clone(), pages[..1].to_vec()] {
            let mut apart = self.then("the GP commits pages by themselves");
            if self.has(Bug::TakenApartTooEarly) {
                let session = Rc::make_mut(&mut apart.session);
                let entry = session.outbox.get_mut(&self.id).unwrap();
                if let OutboxState::Unknown(reconciliation) = &entry.state {
                    entry.state = OutboxState::Failed(reconciliation.failure.clone());
                    let failure = failure();
                    for page in &mut session.view.pictures {
                        page.state = PictureState::Failed {
                            failure: failure.clone(),
                        };
                    }
                }
            }
            let separate = Command::Commit {
                pictures,
                precondition,
                scans: Scans::Separate,
            };
            apart.run(Actor::Desktop, separate);
            nexts.push(apart);
        }
    }

    /// The mistake that several bugs come to: what nobody knows of is posted again.
    fn queue(&mut self) {
        let not_before = at(self.now);
        let session = Rc::make_mut(&mut self.session);
        let entry = session.outbox.get_mut(&self.id).unwrap();
        if matches!(entry.state, OutboxState::Unknown(_)) {
            entry.state = OutboxState::due_at(not_before);
        }
    }

    fn time(&self, nexts: &mut Vec<Self>) {
        let mut ticked = self.then("the scheduler ticks");
        ticked.run(Actor::Server, Command::Tick);
        if self.has(Bug::ExpiryPostsAgain)
            && matches!(self.own_entry().state, OutboxState::Sending(_))
        {
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
