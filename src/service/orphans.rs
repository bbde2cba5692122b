//! Garbage collection of orphans: objects that no session refers to, because a presigned PUT was used after its session
//! was gone, or because a session was lost. Mark-and-sweep: objects are listed, what a session refers to is marked by
//! walking all sessions, and the rest is deleted.
//!
//! **Why nothing is deleted that somebody needs.** A key is made in `decide`, appended with its session, and presigned
//! only after that; so when an object can be listed, its session has referred to the key before. A pass lists objects
//! *first* and walks the sessions *afterwards*. Whatever it listed is therefore referred to by a session that the walk
//! meets, unless that session has dropped it for good (deleted it, or was forgotten). A picture that is reserved during
//! the pass is not among the listed objects. The other way round, sessions first, such a picture would look like an
//! orphan. And since no key is ever made twice ([`Session::attempts`]), an orphan stays an orphan.
//!
//! A pass that cannot read every session deletes nothing. Objects younger than a presigned PUT can live are left alone,
//! and so is everything whose name this program did not make.
//!
//! Any number of servers may do this at once.
//!
//! [`Session::attempts`]: crate::session::Session::attempts

use super::{Services, refused};
use crate::id::SessionId;
use crate::ports::{ObjectKey, StoredObject};
use crate::refusal::Refusal;
use crate::session::{LATE_BYTES, Session};
use std::collections::BTreeSet;

/// Objects or sessions asked for at once.
const PAGE: usize = 1000;
/// Objects that one pass holds in memory at most; the next pass goes on behind them.
const MOST_AT_ONCE: usize = 20_000;

/// One pass of the garbage collector: what it found and deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GcPass {
    /// Orphans found.
    pub found: usize,
    /// How many of them were deleted and are confirmed to be gone.
    pub deleted: usize,
    /// Where the next pass starts; `None` when this one reached the end of the listing.
    pub next: Option<ObjectKey>,
}

impl Services {
    /// Deletes the orphans among the stored objects behind `after`.
    ///
    /// # Errors
    /// When a store does not answer. What was deleted until then stays deleted; the next pass finds the rest.
    pub async fn collect_orphans(&self, after: Option<ObjectKey>) -> Result<GcPass, Refusal> {
        let (listed, next) = self.listed(after).await?;
        let youngest = self.clock.now().minus(self.practices.longest_put());
        let youngest = youngest.minus(LATE_BYTES);
        let mut orphans: BTreeSet<ObjectKey> = listed
            .into_iter()
            .filter(|object| object.key.is_an_attempt() && object.stored_at <= youngest)
            .map(|object| object.key)
            .collect();
        if !orphans.is_empty() {
            self.for_every_session(|session| {
                session.objects().for_each(|key| {
                    orphans.remove(key);
                });
            })
            .await?;
        }
        let (found, mut deleted) = (orphans.len(), 0);
        for key in &orphans {
            deleted += usize::from(self.delete_for_good(key).await?);
        }
        if found > 0 {
            tracing::warn!(
                found,
                deleted,
                "orphans deleted: objects that no session refers to"
            );
        }
        Ok(GcPass {
            found,
            deleted,
            next,
        })
    }

    /// Objects behind `after`, and behind which of them there may be more.
    pub(super) async fn listed(
        &self,
        after: Option<ObjectKey>,
    ) -> Result<(Vec<StoredObject>, Option<ObjectKey>), Refusal> {
        let (mut listed, mut after) = (Vec::new(), after);
        loop {
            let page = self.object_store.list(after.as_ref(), PAGE).await;
            let page = page.map_err(|fault| refused(&fault))?;
            let Some(last) = page.last() else {
                return Ok((listed, None));
            };
            after = Some(last.key.clone());
            listed.extend(page);
            if listed.len() >= MOST_AT_ONCE {
                return Ok((listed, after));
            }
        }
    }

    /// Shows every session that exists from the beginning of the walk to its end.
    pub(super) async fn for_every_session(
        &self,
        mut visit: impl FnMut(&Session) + Send,
    ) -> Result<(), Refusal> {
        let mut after: Option<SessionId> = None;
        loop {
            let page = self.sessions.sessions(after, PAGE).await;
            let page = page.map_err(|fault| refused(&fault))?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(*last);
            for id in &page {
                let session = self.sessions.load(*id).await;
                if let Some(session) = session.map_err(|fault| refused(&fault))? {
                    visit(&session);
                }
            }
        }
    }
}
