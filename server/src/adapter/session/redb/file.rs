//! The open file: opened once, shared by readers and the writer, opened anew after a failure, closed at the end.

use super::tables::{self, Trouble};
use crate::adapter::session::PORT;
use ::redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase};
use clinical_images::ports::PortFault;
use std::fs::{File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// Memory for pages of the file. Sessions are small and short-lived; this holds thousands of them.
const CACHE_BYTES: usize = 64 << 20;

/// Opens the file.
type Opener = Box<dyn Fn() -> Result<Database, PortFault> + Send + Sync>;

/// The store's file. Everybody uses it under the shared lock; only opening anew and closing take it alone.
pub(super) struct StoreFile {
    opener: Opener,
    database: RwLock<Result<Database, PortFault>>,
}

impl StoreFile {
    pub(super) fn open(opener: Opener) -> Result<Self, PortFault> {
        let database = prepared(&opener)?;
        Ok(Self {
            opener,
            database: RwLock::new(Ok(database)),
        })
    }

    /// Does something with the open file.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Trouble>,
    ) -> Result<T, PortFault> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        work(database.as_ref().map_err(Clone::clone)?).map_err(PortFault::from)
    }

    /// Reads a snapshot of the file.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, Trouble>,
    ) -> Result<T, PortFault> {
        self.with(|database| read(&database.begin_read()?))
    }

    /// Closes the file and opens it again; stays closed, with a fault for everybody, when that does not work.
    pub(super) fn reopen(&self) {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Close first: the file is locked as long as it is open.
        *database = Err(PortFault::unavailable(
            PORT,
            "its file is being opened again",
        ));
        *database = prepared(&self.opener);
    }

    /// Tries once more to open a file that could not be opened again.
    pub(super) fn ensure_open(&self) {
        let closed = self
            .database
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_err();
        if closed {
            self.reopen();
        }
    }

    /// Waits for readers, then closes the file.
    pub(super) fn close(&self) {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *database = Err(PortFault::unavailable(PORT, "closed"));
    }
}

/// Opens the file and makes sure of what it holds. redb checks a damaged file's structure partly by assertions, so a
/// panic in here is a finding about the file.
fn prepared(opener: &Opener) -> Result<Database, PortFault> {
    let open = || {
        let database = opener()?;
        tables::prepare(&database)?;
        Ok(database)
    };
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(PortFault::protocol(PORT, "the store's file is damaged")))
}

/// Opens a file on disk.
pub(super) fn on_disk(path: &Path) -> Opener {
    let path = path.to_owned();
    Box::new(move || {
        let shown = path.display();
        let file = create(&path).map_err(|error| {
            PortFault::unavailable(PORT, format!("cannot open {shown}: {error}"))
        })?;
        let mut builder = Database::builder();
        builder
            .set_cache_size(CACHE_BYTES)
            .create_file(file)
            .map_err(|error| match error {
                DatabaseError::DatabaseAlreadyOpen => {
                    PortFault::unavailable(PORT, format!("{shown} is held by another process"))
                }
                error => {
                    PortFault::protocol(PORT, format!("{shown} cannot be read as a store: {error}"))
                }
            })
    })
}

/// The file, created when it is not there: for this user only, as it will hold patients' names.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.create(true).truncate(false).open(path)?;
    #[cfg(unix)]
    if let Some(directory) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        // The new name must be as durable as what will lie under it.
        File::open(directory)?.sync_all()?;
    }
    Ok(file)
}
