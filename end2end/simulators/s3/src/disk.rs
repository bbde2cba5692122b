//! The disk store: a directory of objects, over which the S3 simulator works.
//!
//! Owns how an object lies on disk, and that what was reported as stored is durable. Must not know S3's words, HTTP or
//! signatures. Everything here blocks; callers run it where that does no harm.
//!
//! ```text
//! {root}/.lock                 held by the one process that may write here
//! {root}/.staging/{n}          bytes that are still coming in; emptied at start
//! {root}/.rules/{bucket}.json   who may come from a browser, and what goes by itself
//! {root}/{bucket}/{sha256 of the key}.object
//! ```
//!
//! An object is one file: the bytes, then its metadata as JSON ([`ObjectMeta`]), then the metadata's length and a magic
//! number. Bytes and metadata become visible by one step, so there is never one without the other. That step is a hard link
//! for a create-only put (the file system lets exactly one of several racers make a name, so no lock of our own is needed) and a rename
//! for a replacing one. Keys are hashed into file names: no key can leave the directory, be too long, or be a file
//! where another key needs a directory.

mod rules;

pub(super) use rules::Rules;

use crate::digest::Sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Error, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// The last bytes of every object's file.
const MAGIC: [u8; 8] = *b"CPOBJ1\r\n";
/// The metadata's length (four bytes, little-endian) and the magic number.
const FOOTER: u64 = 12;
/// No metadata is longer: a key has at most 1024 bytes.
const META_LIMIT: u64 = 16 * 1024;

/// What is known of an object besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ObjectMeta {
    /// The key as S3 spells it.
    pub key: String,
    /// Number of bytes.
    pub length: u64,
    /// Digest of the bytes, computed when they came in.
    pub sha256: Sha256,
    /// Media type, if one was given.
    pub content_type: Option<String>,
}

/// An object's metadata and its age.
#[derive(Clone, Debug)]
pub(super) struct StoredObject {
    /// The metadata that lies behind the bytes.
    pub meta: ObjectMeta,
    /// When the object got its name.
    pub stored_at: SystemTime,
}

/// How a PUT ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PutResult {
    /// The object is there, durably.
    Stored,
    /// Create-only, and there was one already: nothing changed.
    AlreadyExists,
    /// There is no such bucket.
    NoBucket,
}

/// The directory. One per process and `root`.
#[derive(Debug)]
pub(super) struct DiskStore {
    root: PathBuf,
    next: AtomicU64,
    lock: File,
    rules: RwLock<BTreeMap<String, Rules>>,
}

/// Bytes on their way in. Its file is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Staged {
    path: PathBuf,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What stays behind after a failure here is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

impl DiskStore {
    /// Opens the store at `root`, which is created if need be, and removes what a crash left in staging.
    ///
    /// # Errors
    /// `ResourceBusy` when another process holds it; `Unsupported` when the file system knows no hard links.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join(".staging"))?;
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(root.join(".lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::ResourceBusy.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let disk = Self {
            root: root.to_owned(),
            next: AtomicU64::new(0),
            lock,
            rules: RwLock::new(rules::load_all(root)?),
        };
        for left in fs::read_dir(root.join(".staging"))? {
            fs::remove_file(left?.path())?;
        }
        disk.probe_hard_links()?;
        sync_directory(root)?;
        Ok(disk)
    }

    /// Lets another process have the directory, even while someone still holds this value.
    pub fn release(&self) -> io::Result<()> {
        self.lock.unlock()
    }

    /// Makes `bucket`; false when it was there.
    pub fn create_bucket(&self, bucket: &str) -> io::Result<bool> {
        match fs::create_dir(self.root.join(bucket)) {
            Ok(()) => sync_directory(&self.root).map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a `bucket`.
    pub fn has_bucket(&self, bucket: &str) -> bool {
        self.root.join(bucket).is_dir()
    }

    /// An empty file for bytes that come in.
    pub fn stage(&self) -> io::Result<(Staged, File)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(".staging").join(number.to_string());
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&path)?;
        Ok((Staged { path }, file))
    }

    /// Puts `meta` behind the bytes in `file`, makes both durable, and only then gives them their name.
    #[expect(clippy::needless_pass_by_value, reason = "the staged file is used up")]
    pub fn publish(
        &self,
        staged: Staged,
        mut file: File,
        bucket: &str,
        meta: &ObjectMeta,
        create_only: bool,
    ) -> io::Result<PutResult> {
        if !self.has_bucket(bucket) {
            return Ok(PutResult::NoBucket);
        }
        let text = serde_json::to_vec(meta)?;
        let length = u32::try_from(text.len()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
        file.write_all(&text)?;
        file.write_all(&length.to_le_bytes())?;
        file.write_all(&MAGIC)?;
        file.sync_all()?;
        let path = self.path_of(bucket, &meta.key);
        if !create_only {
            fs::rename(&staged.path, &path)?;
        } else if let Err(error) = fs::hard_link(&staged.path, &path) {
            return match error.kind() {
                ErrorKind::AlreadyExists => Ok(PutResult::AlreadyExists),
                _ => Err(error),
            };
        }
        sync_directory(&self.root.join(bucket))?;
        Ok(PutResult::Stored)
    }

    /// The metadata of the object at `key`.
    pub fn head(&self, bucket: &str, key: &str) -> io::Result<Option<StoredObject>> {
        let file = opened(&self.path_of(bucket, key))?;
        file.map(|mut file| read_meta(&mut file)).transpose()
    }

    /// The object at `key`, bytes and all.
    pub fn get(&self, bucket: &str, key: &str) -> io::Result<Option<(StoredObject, Vec<u8>)>> {
        let Some(mut file) = opened(&self.path_of(bucket, key))? else {
            return Ok(None);
        };
        let stored = read_meta(&mut file)?;
        let mut bytes = Vec::with_capacity(usize::try_from(stored.meta.length).unwrap_or(0));
        file.seek(SeekFrom::Start(0))?;
        file.take(stored.meta.length).read_to_end(&mut bytes)?;
        Ok(Some((stored, bytes)))
    }

    /// Removes the object at `key` durably. Removing nothing is fine.
    pub fn remove(&self, bucket: &str, key: &str) -> io::Result<()> {
        match fs::remove_file(self.path_of(bucket, key)) {
            Ok(()) => sync_directory(&self.root.join(bucket)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// All objects of `bucket` whose key begins with `prefix`, by key. Reads the metadata of every object, which is fast
    /// enough for the demo.
    pub fn list(&self, bucket: &str, prefix: &str) -> io::Result<Vec<StoredObject>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.root.join(bucket))? {
            // What is deleted meanwhile is not there.
            let Some(mut file) = opened(&entry?.path())? else {
                continue;
            };
            let stored = read_meta(&mut file)?;
            if stored.meta.key.starts_with(prefix) {
                found.push(stored);
            }
        }
        found.sort_by(|a, b| a.meta.key.cmp(&b.meta.key));
        Ok(found)
    }

    fn path_of(&self, bucket: &str, key: &str) -> PathBuf {
        self.root
            .join(bucket)
            .join(format!("{}.object", Sha256::of(key.as_bytes())))
    }

    fn probe_hard_links(&self) -> io::Result<()> {
        let (staged, _) = self.stage()?;
        let twin = Staged {
            path: staged.path.with_extension("twin"),
        };
        fs::hard_link(&staged.path, &twin.path).map_err(|_| ErrorKind::Unsupported.into())
    }
}

fn opened(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_meta(file: &mut File) -> io::Result<StoredObject> {
    let about = file.metadata()?;
    let damaged = || Error::from(ErrorKind::InvalidData);
    let end = about.len().checked_sub(FOOTER).ok_or_else(damaged)?;
    let (mut length, mut magic) = ([0; 4], [0; 8]);
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut length)?;
    file.read_exact(&mut magic)?;
    let length = u64::from(u32::from_le_bytes(length));
    let start = end.checked_sub(length).ok_or_else(damaged)?;
    if magic != MAGIC || length > META_LIMIT {
        return Err(damaged());
    }
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut text)?;
    let meta: ObjectMeta = serde_json::from_slice(&text)?;
    if meta.length != start {
        return Err(damaged());
    }
    Ok(StoredObject {
        meta,
        stored_at: about.modified()?,
    })
}

/// Makes names in `directory` durable. Only Unix needs and knows this.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()
    } else {
        Ok(())
    }
}
