//! What happens when the disk fails under the writer: callers hear of it, and the store comes back.

use super::RedbSessions;
use super::file::StoreFile;
use ::redb::backends::FileBackend;
use ::redb::{Database, StorageBackend};
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{Port, PortFault, ReplayGuard as _, SessionStore as _};
use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

const WELL: u8 = 0;
const FULL: u8 = 1;
const PANICS: u8 = 2;

/// A disk that can be made to fail.
#[derive(Debug)]
struct Disk {
    file: FileBackend,
    mood: Arc<AtomicU8>,
}

impl Disk {
    fn check(&self) -> io::Result<()> {
        match self.mood.load(Ordering::SeqCst) {
            FULL => Err(io::Error::from(io::ErrorKind::StorageFull)),
            PANICS => panic!("a fault in the storage"),
            _ => Ok(()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check()?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        self.file.write(offset, data)
    }
}

fn store_on(path: &Path) -> (RedbSessions, Arc<AtomicU8>) {
    let mood = Arc::new(AtomicU8::new(WELL));
    let (its_mood, path) = (Arc::clone(&mood), path.to_owned());
    let opener = move || {
        let options = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .clone();
        let file = options.open(&path).and_then(|file| {
            FileBackend::new(file).map_err(|error| io::Error::other(error.to_string()))
        });
        let file = file.map_err(|error| PortFault::unavailable(Port::Sessions, error))?;
        Database::builder()
            .create_with_backend(Disk {
                file,
                mood: Arc::clone(&its_mood),
            })
            .map_err(|error| PortFault::protocol(Port::Sessions, error))
    };
    let file = StoreFile::open(Box::new(opener)).unwrap();
    (RedbSessions::start(file).unwrap(), mood)
}

/// A name that no session has yet.
fn unused_name() -> SessionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    SessionId::from_bits(NEXT.fetch_add(1, Ordering::Relaxed).into())
}

/// Whether nobody has claimed this before.
async fn is_first(store: &RedbSessions, what: &str) -> Result<bool, PortFault> {
    let (nonce, session) = (Sha256::of(what.as_bytes()), unused_name());
    let (until, now) = (Moment::from_millis(10), Moment::from_millis(1));
    let claimed = store.claim_once(nonce, session, until, now).await;
    claimed.map(|holds| holds == session)
}

async fn fails_and_comes_back(mood: u8) {
    let directory = tempfile::tempdir().unwrap();
    let (store, disk) = store_on(&directory.path().join("sessions.redb"));
    assert_eq!(is_first(&store, "before").await, Ok(true));
    disk.store(mood, Ordering::SeqCst);
    for _ in 0..3 {
        let together = tokio::join!(is_first(&store, "a"), is_first(&store, "b"), store.probe());
        assert!(together.0.is_err() && together.1.is_err() && together.2.is_err());
    }
    disk.store(WELL, Ordering::SeqCst);
    assert_eq!(store.probe().await, Ok(()));
    assert_eq!(
        is_first(&store, "before").await,
        Ok(false),
        "what was answered is still there"
    );
    assert_eq!(is_first(&store, "after").await, Ok(true));
}

#[tokio::test]
async fn a_full_disk_is_answered_and_the_store_comes_back_with_space() {
    fails_and_comes_back(FULL).await;
}

#[tokio::test]
async fn a_panic_while_writing_hangs_nobody_and_the_store_comes_back() {
    fails_and_comes_back(PANICS).await;
}

#[tokio::test]
async fn dropping_the_store_finishes_what_was_handed_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let store = RedbSessions::open(&path).unwrap();
    for number in 0..50 {
        let change = super::Change::ClaimOnce {
            nonce: Sha256::of(&[number]),
            session: unused_name(),
            until: Moment::from_millis(10),
            now: Moment::from_millis(1),
        };
        let (answer, _) = tokio::sync::oneshot::channel();
        let job = super::Job { change, answer };
        assert!(store.jobs.as_ref().unwrap().send(job).await.is_ok());
    }
    drop(store);
    let store = RedbSessions::open(&path).unwrap();
    for number in 0..50 {
        let (until, now) = (Moment::from_millis(10), Moment::from_millis(1));
        let nonce = Sha256::of(&[number]);
        let late = unused_name();
        let claimed = store.claim_once(nonce, late, until, now).await;
        assert!(claimed.is_ok_and(|holds| holds != late));
    }
}
