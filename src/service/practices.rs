//! The practices of this deployment as they are now: settings that can be read anew while sessions are open, and for
//! each practice the way to its record.
//!
//! A practice that is no longer configured stays, closed: its open sessions go on under the settings that it had last,
//! and what waits in their outboxes is filed with the credentials that it had. That holds until the server ends; an
//! operator who restarts it meanwhile leaves the practice in the file, marked as closed.

use super::Services;
use crate::access::Scope;
use crate::id::{PracticeId, SessionId};
use crate::ports::Ehr;
use crate::practice::{FrameAncestor, PracticeSettings};
use crate::refusal::Refusal;
use crate::session::Session;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// A practice: its settings, and the way to its record.
#[derive(Clone)]
pub struct Practice {
    /// What the operator decided about it.
    pub settings: Arc<PracticeSettings>,
    /// Its record system, opened with its credentials.
    pub ehr: Arc<dyn Ehr>,
}

impl fmt::Debug for Practice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Practice({})", self.settings.id)
    }
}

/// All practices of a deployment. What was taken out of it stays as it was, whatever is read anew meanwhile.
#[derive(Debug)]
pub struct Practices {
    all: RwLock<BTreeMap<PracticeId, Practice>>,
    /// Those that sessions belong to and that are not configured, as far as the log has said so.
    told_missing: Mutex<BTreeSet<PracticeId>>,
}

impl Practices {
    /// These practices.
    #[must_use]
    pub fn new(practices: Vec<Practice>) -> Self {
        Self {
            all: RwLock::new(by_id(practices)),
            told_missing: Mutex::default(),
        }
    }

    /// From now on these. Those that are not among them any more stay, closed; answers which are closed by this.
    pub fn replace(&self, practices: Vec<Practice>) -> Vec<PracticeId> {
        let mut new = by_id(practices);
        let mut known = self.all.write().unwrap_or_else(PoisonError::into_inner);
        let mut removed = Vec::new();
        for (id, practice) in known.iter() {
            if new.contains_key(id) {
                continue;
            }
            if !practice.settings.closed {
                removed.push(id.clone());
            }
            let closed = PracticeSettings {
                closed: true,
                ..PracticeSettings::clone(&practice.settings)
            };
            let practice = Practice {
                settings: Arc::new(closed),
                ehr: Arc::clone(&practice.ehr),
            };
            new.insert(id.clone(), practice);
        }
        *known = new;
        removed
    }

    /// The practice of this name, be it closed.
    #[must_use]
    pub fn find(&self, id: &PracticeId) -> Option<Practice> {
        self.read(|all| all.get(id).cloned())
    }

    /// The practice that a session belongs to: the one of its name, as long as that name stands for the same HPI number. What
    /// the environment's practice left behind belongs to the practice with its number when a file of practices names them
    /// differently.
    #[must_use]
    pub fn of(&self, session: &Session) -> Option<Practice> {
        let launch = &session.view.launch;
        self.read(|all| {
            let same = |it: &&Practice| it.settings.facility == launch.facility.code;
            let was_unnamed = launch.practice == PracticeId::of_environment();
            let renamed = || all.values().find(same).filter(|_| was_unnamed);
            let named = all.get(&launch.practice).filter(same);
            named.or_else(renamed).cloned()
        })
    }

    /// The only practice that opens sessions; `None` when there are several, or none.
    #[must_use]
    pub fn only(&self) -> Option<Practice> {
        self.read(|all| {
            let mut open = all.values().filter(|it| !it.settings.closed);
            open.next().filter(|_| open.next().is_none()).cloned()
        })
    }

    /// All of them in the order of their names, closed ones too.
    #[must_use]
    pub fn all(&self) -> Vec<Practice> {
        self.read(|all| all.values().cloned().collect())
    }

    /// The longest that a permission to upload lives in any of them.
    #[must_use]
    pub fn longest_put(&self) -> Duration {
        let longest = |all: &BTreeMap<_, Practice>| {
            let lifetimes = all.values().map(|it| it.settings.limits.put);
            lifetimes.max().unwrap_or_default()
        };
        self.read(longest)
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<PracticeId, Practice>) -> T) -> T {
        look(&self.all.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sessions of a missing practice are looked after every few seconds: the log says once what to do about it.
    fn tell_missing(&self, session: &Session) {
        let launch = &session.view.launch;
        let mut told = self
            .told_missing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told.insert(launch.practice.clone()) {
            tracing::error!(
                practice.id = %launch.practice,
                practice.facility = launch.facility.code.as_str(),
                "sessions belong to a practice that is not configured; put it back with closed = true until their pictures are filed"
            );
        }
    }
}

fn by_id(practices: Vec<Practice>) -> BTreeMap<PracticeId, Practice> {
    let named = |it: Practice| (it.settings.id.clone(), it);
    practices.into_iter().map(named).collect()
}

/// A page, as far as it tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageOf {
    /// The desktop of this session.
    Session(SessionId),
    /// A page that a launch of this practice led to.
    Practice(PracticeId),
    /// Any other.
    Nobody,
}

impl Services {
    /// The practice that a session belongs to.
    ///
    /// # Errors
    /// `PracticeUnknown` when it is configured no more, and was not when this server started.
    pub(crate) fn practice_of(&self, session: &Session) -> Result<Practice, Refusal> {
        self.practices.of(session).ok_or_else(|| {
            self.practices.tell_missing(session);
            Refusal::PracticeUnknown
        })
    }

    /// The practice that a launch address names, or the only one for an address that names none.
    ///
    /// # Errors
    /// `PracticeUnknown` and `PracticeClosed`.
    pub(super) fn practice_to_launch(&self, named: Option<&str>) -> Result<Practice, Refusal> {
        let Some(named) = named else {
            return self.practices.only().ok_or(Refusal::PracticeUnknown);
        };
        let id: PracticeId = named.parse().map_err(|_| Refusal::PracticeUnknown)?;
        let practice = self.practices.find(&id).ok_or(Refusal::PracticeUnknown)?;
        if practice.settings.closed {
            return Err(Refusal::PracticeClosed);
        }
        Ok(practice)
    }

    /// Origins that may show a page in a frame. Where there are several practices these are the practice's own, and for a
    /// session's page only when the request (its `Cookie` header) holds the session's key: nobody else learns whose it is.
    pub async fn frame_ancestors(&self, page: PageOf, cookies: &str) -> Vec<FrameAncestor> {
        // Not the only one that is open: pages of one that was closed must not be framed by another's portal.
        let alone = match self.practices.all().as_slice() {
            [alone] => Some(alone.clone()),
            _ => None,
        };
        let practice = match (alone, page) {
            (Some(alone), _) => Some(alone),
            (None, PageOf::Session(session)) => {
                let scope = Scope::Desktop(session);
                let token = self.token_among(scope, cookies);
                let entered = self.authenticate(scope, token.as_ref()).await.ok();
                entered.and_then(|caller| self.practices.of(&caller.session))
            }
            (None, PageOf::Practice(id)) => self.practices.find(&id),
            (None, PageOf::Nobody) => None,
        };
        practice.map_or_else(Vec::new, |it| it.settings.frame_ancestors.clone())
    }
}
