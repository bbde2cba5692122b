//! The durable memory: `ledger.jsonl`, appended and synced, and the pictures in `media/`.
//!
//! A Media counts once its line is on the disk; its bytes are there before. The end of the file may
//! be a line cut short by a crash: it is cut off on opening, since nothing was promised for it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::mint;
use crate::record::{Answer, Entry, Filed, Launch, Received, file_name};

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or a file in it cannot be made, read or written.
    #[error("cannot use the simulator's data at {path}: {source}")]
    Unusable {
        /// What was being used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line in the middle is not a ledger line: not our file, or edited by hand.
    #[error("line {line} of {path} is not a line of the simulator's ledger")]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}

/// What was received, in memory and on disk.
pub(crate) struct Ledger {
    file: File,
    length: u64,
    media_dir: PathBuf,
    next_seq: u64,
    requests: Vec<Received>,
    media: Vec<Filed>,
    launches: HashMap<String, Launch>,
}

impl Ledger {
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Unusable { path, source }
        };
        let media_dir = dir.join("media");
        fs::create_dir_all(&media_dir).map_err(unusable(&media_dir))?;
        let path = dir.join("ledger.jsonl");
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(&path);
        let file = file.map_err(unusable(&path))?;
        let text = fs::read(&path).map_err(unusable(&path))?;
        let mut ledger = Self {
            file,
            length: 0,
            media_dir,
            next_seq: 1,
            requests: Vec::new(),
            media: Vec::new(),
            launches: HashMap::new(),
        };
        ledger.replay(&text).map_err(|line| OpenError::Damaged {
            path: path.clone(),
            line,
        })?;
        ledger
            .file
            .set_len(ledger.length)
            .map_err(unusable(&path))?;
        sync_dir(dir).map_err(unusable(dir))?;
        Ok(ledger)
    }

    /// Takes up the whole lines; says which line is none.
    fn replay(&mut self, text: &[u8]) -> Result<(), usize> {
        for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if !line.ends_with(b"\n") {
                break;
            }
            match serde_json::from_slice(line) {
                Ok(entry) => self.remember(entry),
                Err(_) => return Err(index + 1),
            }
            self.length += line.len() as u64;
        }
        Ok(())
    }

    fn remember(&mut self, entry: Entry) {
        match entry {
            Entry::Request(request) => {
                self.next_seq = self.next_seq.max(request.seq + 1);
                self.requests.push(request);
            }
            Entry::Answer { seq, answer } => {
                // After a clearing the request may be gone while its answer still comes in.
                if let Ok(index) = self.requests.binary_search_by_key(&seq, |r| r.seq) {
                    self.requests[index].answer = answer;
                }
            }
            Entry::Media(filed) => self.media.push(*filed),
            Entry::Launch(launch) => {
                self.launches.insert(launch.context_sha256.clone(), launch);
            }
            Entry::Cleared { .. } => {
                self.requests.clear();
                self.media.clear();
            }
        }
    }

    /// Writes one line. When that fails nothing of it stays, and nothing is remembered.
    fn append(&mut self, entry: Entry, durable: bool) -> io::Result<()> {
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        let kept = written.and_then(|()| {
            if durable {
                self.file.sync_data()
            } else {
                Ok(())
            }
        });
        if let Err(error) = kept {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        self.remember(entry);
        Ok(())
    }

    /// Notes a request before anything is done about it; gives its number. Not synced: its answer is.
    pub(crate) fn arrived(&mut self, mut request: Received) -> io::Result<u64> {
        let seq = self.next_seq;
        request.seq = seq;
        self.append(Entry::Request(request), false)?;
        Ok(seq)
    }

    pub(crate) fn answered(&mut self, seq: u64, answer: Answer) -> io::Result<()> {
        self.append(Entry::Answer { seq, answer }, true)
    }

    /// Keeps a picture for good: its bytes first, then the line that makes it count.
    pub(crate) fn file_media(&mut self, filed: Filed, bytes: &[u8]) -> io::Result<()> {
        let path = self.media_path(&filed);
        let mut file = File::create(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        sync_dir(&self.media_dir)?;
        self.append(Entry::Media(Box::new(filed)), true)
    }

    pub(crate) fn launched(&mut self, launch: Launch) -> io::Result<()> {
        self.append(Entry::Launch(launch), true)
    }

    /// Forgets requests and pictures, for tests. Launches stay usable.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        let paths: Vec<_> = self
            .media
            .iter()
            .map(|filed| self.media_path(filed))
            .collect();
        self.append(Entry::Cleared { time: mint::now() }, true)?;
        for path in paths {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn requests(&self) -> &[Received] {
        &self.requests
    }

    pub(crate) fn media(&self) -> &[Filed] {
        &self.media
    }

    pub(crate) fn one_media(&self, id: &str) -> Option<&Filed> {
        self.media.iter().find(|filed| filed.id == id)
    }

    pub(crate) fn bytes(&self, filed: &Filed) -> io::Result<Vec<u8>> {
        fs::read(self.media_path(filed))
    }

    /// The launch minted with this context, by the context's SHA-256.
    pub(crate) fn launch(&self, context_sha256: &str) -> Option<&Launch> {
        self.launches.get(context_sha256)
    }

    fn media_path(&self, filed: &Filed) -> PathBuf {
        self.media_dir
            .join(file_name(&filed.id, &filed.content_type))
    }
}

/// Makes new names in a directory survive a power cut.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
