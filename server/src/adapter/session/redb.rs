//! Sessions in one file on this server's disk, by redb: durable without a second process to run.
//!
//! Owns the file and the one thread that writes to it. All writers' jobs that wait at a moment go into one
//! transaction (group commit), so that one `fsync` makes many appends durable; each job is compared with the state
//! inside that transaction. Readers take a snapshot of their own and wait for nobody. Must not know what a decision
//! means, nor of any other server: one process holds the file.
//!
//! `job` is what a caller hands to the writer, `writer` the thread, `tables` what lies where and how it changes,
//! `snapshot` what is read, `file` the open file and how it comes back after a disk error.

mod file;
mod job;
mod snapshot;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

use self::file::StoreFile;
use self::job::{Change, Job, Outcome};
use super::PORT;
use super::subscribers::Subscribers;
use ::redb::ReadTransaction;
use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{
    Append, Appended, AuditOutbox, ChangeNotifications, Opening, PortFault, ReplayGuard,
    SessionStore,
};
use clinical_images::session::{SequencedEvent, Session};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};
use tokio::task;

/// Jobs that may wait for the writer; whoever brings one more waits for a place.
const WAITING_ROOM: usize = 1024;

/// A durable session store in one file.
///
/// Needs a tokio runtime around its calls. Dropping it finishes what was handed in, ends all streams of notifications and
/// closes the file; it blocks for as long as that takes.
pub struct RedbSessions {
    file: Arc<StoreFile>,
    subscribers: Arc<Subscribers>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl RedbSessions {
    /// Opens the store in the file at `path`, or begins a new one there, readable by this user only. The directory
    /// must exist.
    ///
    /// # Errors
    /// One sentence: when another process holds the file, when it is damaged or no store of this program, when the
    /// disk refuses.
    pub fn open(path: &Path) -> Result<Self, PortFault> {
        Self::start(StoreFile::open(file::on_disk(path))?)
    }

    fn start(file: StoreFile) -> Result<Self, PortFault> {
        let (file, subscribers) = (Arc::new(file), Arc::new(Subscribers::default()));
        let (sender, jobs) = mpsc::channel(WAITING_ROOM);
        let (its_file, its_subscribers) = (Arc::clone(&file), Arc::clone(&subscribers));
        let writer = thread::Builder::new()
            .name("session-writer".into())
            .spawn(move || writer::run(&its_file, &its_subscribers, jobs))
            .map_err(|error| {
                PortFault::unavailable(PORT, format!("no thread to write with: {error}"))
            })?;
        Ok(Self {
            file,
            subscribers,
            jobs: Some(sender),
            writer: Some(writer),
        })
    }

    /// Hands a change to the writer and waits until it is durable.
    async fn write(&self, change: Change) -> Result<Outcome, PortFault> {
        let gone = || PortFault::unavailable(PORT, "the writer has stopped");
        let (answer, answered) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(Job { change, answer })
            .await
            .map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Reads off the runtime's threads: a page may have to come from the disk.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, tables::Trouble> + Send + 'static,
    ) -> Result<T, PortFault> {
        let file = Arc::clone(&self.file);
        let reading = task::spawn_blocking(move || file.read(read));
        reading
            .await
            .map_err(|error| PortFault::protocol(PORT, format!("a read broke off: {error}")))?
    }
}

impl Drop for RedbSessions {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            // A panic was answered to its callers where it happened.
            let _ = writer.join();
        }
        self.subscribers.close();
        self.file.close();
    }
}

#[async_trait]
impl SessionStore for RedbSessions {
    async fn open(&self, session: &Session) -> Result<Opening, PortFault> {
        self.write(Change::open(session)?).await?.opening()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        self.read(move |snapshot| snapshot::load(snapshot, id))
            .await
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        self.write(Change::append(&append)?).await?.appended()
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault> {
        self.read(move |snapshot| snapshot::events_after(snapshot, id, revision))
            .await
    }

    fn subscribe(&self, id: SessionId) -> ChangeNotifications {
        self.subscribers.subscribe(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        self.read(move |snapshot| snapshot::due(snapshot, now, most))
            .await
    }

    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault> {
        self.read(move |snapshot| snapshot::sessions(snapshot, after, most))
            .await
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        self.write(Change::Forget(id)).await?.done()
    }

    async fn probe(&self) -> Result<(), PortFault> {
        self.write(Change::Probe).await?.done()
    }
}

#[async_trait]
impl AuditOutbox for RedbSessions {
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault> {
        self.read(move |snapshot| snapshot::pending_audit(snapshot, most))
            .await
    }

    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        self.write(Change::ack_audit(records)).await?.done()
    }
}

#[async_trait]
impl ReplayGuard for RedbSessions {
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault> {
        let change = Change::ClaimOnce {
            nonce,
            session,
            until,
            now,
        };
        self.write(change).await?.claimed_for()
    }
}
