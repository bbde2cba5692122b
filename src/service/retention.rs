//! What is held and for how long: the numbers for whoever must be able to say that temporary copies are temporary. No
//! patient, no picture, no key.

use super::Services;
use crate::id::PracticeId;
use crate::moment::Moment;
use crate::ports::{ObjectKey, StoredObject};
use crate::refusal::Refusal;
use crate::session::{Session, Uploads};
use std::collections::BTreeMap;

/// What is held at a moment. Both stores are read one after the other while others work with them, so that an object
/// may be counted where it was a moment ago.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionReport {
    /// The moment, by the server's clock.
    pub at: Moment,
    /// What is held of each practice that was asked for; none is left out because nothing is held of it.
    pub practices: BTreeMap<PracticeId, PracticeRetention>,
    /// Objects that no session of any practice knows; the orphan collector deletes them.
    pub unknown: ObjectTotals,
    /// Objects that this program did not make; it leaves them alone.
    pub foreign: ObjectTotals,
}

/// What is held of one practice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PracticeRetention {
    /// Sessions that somebody works with.
    pub open_sessions: usize,
    /// Sessions that are over and are kept until their copies are gone, and long enough to say that they ended.
    pub ended_sessions: usize,
    /// When the oldest of all these sessions was launched.
    pub oldest_session: Option<Moment>,
    /// Objects that open sessions need.
    pub needed: ObjectTotals,
    /// Objects whose deletion is pending.
    pub pending_deletion: ObjectTotals,
    /// When the next copy is due to be deleted: one whose deletion is pending, or one of a session that ends for idleness.
    /// `None` when nothing is held.
    pub next_deletion: Option<Moment>,
}

/// Number, size and age of some objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectTotals {
    /// How many.
    pub objects: usize,
    /// Bytes in all of them.
    pub bytes: u64,
    /// When the oldest was stored, by the store's clock.
    pub oldest: Option<Moment>,
}

impl ObjectTotals {
    fn add(&mut self, object: &StoredObject) {
        self.objects += 1;
        self.bytes = self.bytes.saturating_add(object.length);
        self.oldest = earlier(self.oldest, object.stored_at);
    }
}

fn earlier(known: Option<Moment>, other: Moment) -> Option<Moment> {
    Some(known.map_or(other, |known| known.min(other)))
}

impl Services {
    /// Counts what is held, for each practice by itself. A practice that is configured no more is listed under the name it
    /// had as long as it has sessions.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn retention_report(&self) -> Result<RetentionReport, Refusal> {
        let mut objects = BTreeMap::new();
        let mut after = None;
        loop {
            let (listed, next) = self.listed(after).await?;
            objects.extend(
                listed
                    .into_iter()
                    .map(|object| (object.key.clone(), object)),
            );
            if next.is_none() {
                break;
            }
            after = next;
        }
        let mut held = RetentionReport {
            at: self.clock.now(),
            ..RetentionReport::default()
        };
        for practice in self.practices.all() {
            let id = practice.settings.id.clone();
            held.practices.insert(id, PracticeRetention::default());
        }
        self.for_every_session(|session| {
            let practice = self.practices.of(session);
            let id = practice.map_or_else(
                || session.view.launch.practice.clone(),
                |known| known.settings.id.clone(),
            );
            let of_practice = held.practices.entry(id).or_default();
            of_practice.count(session, &mut objects);
        })
        .await?;
        for object in objects.values() {
            if object.key.is_an_attempt() {
                held.unknown.add(object);
            } else {
                held.foreign.add(object);
            }
        }
        Ok(held)
    }
}

impl PracticeRetention {
    /// Takes what this session knows of out of the stored objects.
    fn count(&mut self, session: &Session, objects: &mut BTreeMap<ObjectKey, StoredObject>) {
        if session.ended_at.is_some() {
            self.ended_sessions += 1;
        } else {
            self.open_sessions += 1;
        }
        self.oldest_session = earlier(self.oldest_session, session.view.launch.launched_at);
        for upload in session.uploads.values().flat_map(Uploads::all) {
            if let Some(object) = objects.remove(&upload.key) {
                self.needed.add(&object);
                self.next_deletion = earlier(self.next_deletion, session.idle_at());
            }
        }
        for pending in &session.pending_deletions {
            if let Some(object) = objects.remove(&pending.key) {
                self.pending_deletion.add(&object);
                self.next_deletion = earlier(self.next_deletion, pending.after);
            }
        }
    }
}
