//! The one thread that writes: takes all jobs that wait, applies them in order within one transaction, makes it
//! durable, and only then answers.
//!
//! A transaction that fails, by an error or a panic, answers every job in it with a fault. The file is then closed and
//! opened again, because redb writes nothing more after a disk error; when that does not work, each further batch tries
//! it first.

use super::file::StoreFile;
use super::job::{Job, Outcome};
use super::tables::{Tables, Trouble};
use crate::adapter::session::PORT;
use crate::adapter::session::subscribers::Subscribers;
use ::redb::Database;
use clinical_images::ports::PortFault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Jobs in one transaction at most, so that the first of a crowd does not wait for all of it.
const MOST_AT_ONCE: usize = 256;

/// How long a transaction waits for those who are likely to come: short beside the `fsync` it saves them.
const GATHERING: Duration = Duration::from_micros(500);

/// Writes until nobody can hand in jobs any more, and all are answered.
pub(super) fn run(file: &StoreFile, subscribers: &Subscribers, mut jobs: mpsc::Receiver<Job>) {
    let mut likely = 1;
    while let Some(first) = jobs.blocking_recv() {
        let batch = gather(first, &mut jobs, likely);
        file.ensure_open();
        let attempt = || file.with(|database| commit(database, &batch));
        let written = catch_unwind(AssertUnwindSafe(attempt))
            .unwrap_or_else(|_| Err(PortFault::protocol(PORT, "the writer broke off")));
        // Whoever is answered now tends to be back at once, and joins those who wait already.
        likely = batch.len() + jobs.len();
        match written {
            Ok(outcomes) => answer(batch, outcomes, subscribers),
            Err(fault) => {
                tracing::error!(
                    store.jobs = batch.len(),
                    "A transaction of the session store failed: {fault}"
                );
                file.reopen();
                for job in batch {
                    let _ = job.answer.send(Err(fault.clone()));
                }
            }
        }
    }
}

/// All jobs that wait, or are likely to within a moment: without them each would cost an `fsync` of its own.
fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>, likely: usize) -> Vec<Job> {
    let wanted = likely.min(MOST_AT_ONCE);
    let until = Instant::now() + GATHERING;
    while 1 + jobs.len() < wanted && Instant::now() < until {
        thread::sleep(GATHERING / 10);
    }
    let mut batch = vec![first];
    while batch.len() < MOST_AT_ONCE {
        let Ok(job) = jobs.try_recv() else { break };
        batch.push(job);
    }
    batch
}

/// Applies a batch and makes it durable; redb's default durability is an `fsync` before `commit` returns.
fn commit(database: &Database, batch: &[Job]) -> Result<Vec<Outcome>, Trouble> {
    let transaction = database.begin_write()?;
    let mut tables = Tables::open(&transaction)?;
    let outcomes = batch
        .iter()
        .map(|job| tables.apply(&job.change))
        .collect::<Result<Vec<_>, _>>()?;
    let changed = tables.changed();
    drop(tables);
    if changed {
        transaction.commit()?;
    } else {
        transaction.abort()?;
    }
    Ok(outcomes)
}

/// Notifies subscribers before the callers: after an answer, the notification is already there.
fn answer(batch: Vec<Job>, outcomes: Vec<Outcome>, subscribers: &Subscribers) {
    for (job, outcome) in batch.into_iter().zip(outcomes) {
        if let Some(id) = job.change.changed_session(&outcome) {
            subscribers.notify(id);
        }
        // Whoever has gone away meanwhile learns it from a replay.
        let _ = job.answer.send(Ok(outcome));
    }
}
