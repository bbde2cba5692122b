//! What each client asked and what it was told, in the order in which it was written down.
//!
//! A line goes to the run's file before a question leaves and another when its answer is read, so that what a client
//! believed can still be read after a crash of this process. No names, no secrets, no keys.

use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId, SessionId};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What a client asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Asked {
    /// Open a session for this patient.
    Launch {
        /// ALEX's id of the (fictional) patient.
        patient: String,
    },
    /// Offer a link.
    Offer,
    /// Claim a link by its code.
    Claim {
        /// Which link.
        link: LinkId,
    },
    /// Say that the patient is right.
    Confirm {
        /// On which link.
        link: LinkId,
    },
    /// Keep a place for a picture.
    Reserve {
        /// Its name.
        picture: PictureId,
        /// Digest of its bytes.
        sha256: Sha256,
    },
    /// Put its bytes into the picture store.
    Put {
        /// Which.
        picture: PictureId,
    },
    /// Say that the bytes are there.
    Arrive {
        /// Which.
        picture: PictureId,
    },
    /// Change the note of a picture.
    Describe {
        /// Which.
        picture: PictureId,
        /// The new note; no two are alike.
        note: String,
    },
    /// Take a picture away.
    Remove {
        /// Which.
        picture: PictureId,
    },
    /// File pictures.
    Commit {
        /// Which.
        pictures: Vec<PictureId>,
    },
    /// End the session and discard what is not in the record.
    Discard,
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Told {
    /// It is done.
    Acknowledged,
    /// It is not done, and why.
    Refused(String),
    /// No answer, or one that leaves open what happened.
    Unknown(String),
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Op {
    /// Its number in the run, from 0.
    pub number: usize,
    /// In which session; for a launch, the one it opened.
    pub session: Option<SessionId>,
    /// What was asked.
    pub asked: Asked,
    /// What was told; a question without an answer stays `Unknown`.
    pub told: Told,
    /// The link that an offer made.
    pub offered: Option<LinkId>,
}

impl Op {
    /// Whether the client may rely on it.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        self.told == Told::Acknowledged
    }
}

/// A history in the making. Copies write into the same one.
#[derive(Clone, Debug)]
pub struct History {
    pages: Arc<Mutex<Pages>>,
    begun: Instant,
}

#[derive(Debug)]
struct Pages {
    ops: Vec<Op>,
    file: Option<File>,
}

impl History {
    /// An empty history that is also written to a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn to_file(path: &Path) -> io::Result<Self> {
        Ok(Self::with(Some(File::create(path)?)))
    }

    /// An empty history.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with(None)
    }

    fn with(file: Option<File>) -> Self {
        let pages = Pages {
            ops: Vec::new(),
            file,
        };
        Self {
            pages: Arc::new(Mutex::new(pages)),
            begun: Instant::now(),
        }
    }

    /// Writes a question down; returns its number.
    pub fn ask(&self, session: Option<SessionId>, asked: Asked) -> usize {
        let mut pages = self.pages();
        let op = Op {
            number: pages.ops.len(),
            session,
            asked,
            told: Told::Unknown("no answer yet".to_owned()),
            offered: None,
        };
        self.note(&mut pages, "asked", &op);
        let number = op.number;
        pages.ops.push(op);
        number
    }

    /// Writes the answer down.
    pub fn tell(&self, number: usize, told: Told) {
        self.conclude(number, |op| op.told = told);
    }

    /// Writes down that a launch opened this session.
    pub fn opened(&self, number: usize, session: SessionId) {
        self.conclude(number, |op| {
            op.session = Some(session);
            op.told = Told::Acknowledged;
        });
    }

    /// Writes down that an offer made this link.
    pub fn offered(&self, number: usize, link: LinkId) {
        self.conclude(number, |op| {
            op.offered = Some(link);
            op.told = Told::Acknowledged;
        });
    }

    fn conclude(&self, number: usize, change: impl FnOnce(&mut Op)) {
        let mut pages = self.pages();
        let Some(op) = pages.ops.get_mut(number) else {
            return;
        };
        change(op);
        let op = op.clone();
        self.note(&mut pages, "told", &op);
    }

    /// Everything so far.
    #[must_use]
    pub fn ops(&self) -> Vec<Op> {
        self.pages().ops.clone()
    }

    /// A history that cannot be written to disk is still checked; only the file is then short.
    fn note(&self, pages: &mut Pages, what: &str, op: &Op) {
        let ms = self.begun.elapsed().as_millis();
        if let (Some(file), Ok(line)) = (&mut pages.file, serde_json::to_string(op)) {
            let _ = writeln!(file, "{{\"ms\":{ms},\"{what}\":{line}}}");
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
