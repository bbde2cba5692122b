//! The durable memory: `ledger.jsonl`, appended and synced.
//!
//! A record counts once its line is on the disk; its bytes are stored before. The end of the
//! file may be a line cut short by a crash: it is cut off on opening, since nothing was promised for
//! it. Requests and their answers are written but not synced: they outlive the process, not a power
//! cut, and are on the disk at the latest with the next record.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::media_files::sync_dir;
use crate::nondeterminism;
use crate::record::{Answer, Entry, Filed, Launch, Received};

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
    next_seq: u64,
    requests: Vec<Received>,
    records: Vec<Filed>,
    launches: HashMap<String, Launch>,
    ahead_ms: u64,
}

impl Ledger {
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Unusable { path, source }
        };
        fs::create_dir_all(dir).map_err(unusable(dir))?;
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
            next_seq: 1,
            requests: Vec::new(),
            records: Vec::new(),
            launches: HashMap::new(),
            ahead_ms: 0,
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
            Entry::Record(filed) => self.records.push(*filed),
            Entry::Launch(launch) => {
                self.launches.insert(launch.context_sha256.clone(), launch);
            }
            Entry::Cleared { .. } => {
                self.requests.clear();
                self.records.clear();
            }
            Entry::Clock { ahead_ms } => self.ahead_ms = ahead_ms,
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

    /// Notes a request before anything is done about it; gives its number.
    pub(crate) fn arrived(&mut self, mut request: Received) -> io::Result<u64> {
        let seq = self.next_seq;
        request.seq = seq;
        self.append(Entry::Request(request), false)?;
        Ok(seq)
    }

    pub(crate) fn answered(&mut self, seq: u64, answer: Answer) -> io::Result<()> {
        self.append(Entry::Answer { seq, answer }, false)
    }

    /// Makes a record count for good. Its bytes are stored already.
    pub(crate) fn filed(&mut self, filed: Filed) -> io::Result<()> {
        self.append(Entry::Record(Box::new(filed)), true)
    }

    pub(crate) fn launched(&mut self, launch: Launch) -> io::Result<()> {
        self.append(Entry::Launch(launch), true)
    }

    /// Remembers how far ahead the simulator's clock is.
    pub(crate) fn clock_put_ahead(&mut self, ahead_ms: u64) -> io::Result<()> {
        self.append(Entry::Clock { ahead_ms }, false)
    }

    /// How far ahead of the machine's the simulator's clock is, in milliseconds.
    pub(crate) fn ahead_ms(&self) -> u64 {
        self.ahead_ms
    }

    /// Forgets requests and records, for tests, and gives what was forgotten. Launches stay usable.
    pub(crate) fn clear(&mut self) -> io::Result<Vec<Filed>> {
        let forgotten = self.records.clone();
        self.append(
            Entry::Cleared {
                time: nondeterminism::now(),
            },
            true,
        )?;
        Ok(forgotten)
    }

    pub(crate) fn requests(&self) -> &[Received] {
        &self.requests
    }

    /// Everything created, oldest first.
    pub(crate) fn records(&self) -> &[Filed] {
        &self.records
    }

    pub(crate) fn record(&self, id: &str) -> Option<&Filed> {
        self.records.iter().find(|filed| filed.id == id)
    }

    /// The launch minted with this context, by the context's SHA-256.
    pub(crate) fn launch(&self, context_sha256: &str) -> Option<&Launch> {
        self.launches.get(context_sha256)
    }
}
