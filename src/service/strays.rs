//! Objects that no session knows: a put that outlived its session, or what a lost session left behind. They are found
//! by comparing the picture store with the session store, and deleted.
//!
//! **Why nothing is deleted that somebody needs.** A key is made in `decide`, appended with its session, and only then
//! signed for; so when an object can be listed, its session has known the key before. A round lists objects *first*
//! and walks the sessions *afterwards*. Whatever it listed is therefore known to a session that the walk meets, unless
//! that session has let go of it for good (deleted it, or was forgotten). A picture reserved while the round is under
//! way is not among what was listed. The other way round, sessions first, such a picture would look like nobody's.
//! And since no key is ever made twice ([`Session::attempts`]), what is nobody's now stays nobody's.
//!
//! A round that cannot read every session deletes nothing. Objects younger than a permission to put can live are left
//! alone, and so is everything whose name this program did not make.
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
/// Objects that one round holds in its hand at most; the next one goes on behind them.
const MOST_AT_ONCE: usize = 20_000;

/// What a round found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Objects that no session knew.
    pub found: usize,
    /// How many of them are seen to be gone now.
    pub deleted: usize,
    /// Where the next round goes on; `None` when this one came to the end.
    pub next: Option<ObjectKey>,
}

impl Services {
    /// Compares stored objects behind `after` with what the sessions know, and deletes those that are nobody's.
    ///
    /// # Errors
    /// When a store does not answer. What was deleted until then stays deleted; the rest is found by the next round.
    pub async fn sweep_strays(&self, after: Option<ObjectKey>) -> Result<Round, Refusal> {
        let (listed, next) = self.listed(after).await?;
        let settled = self.clock.now().minus(self.settings.limits.put);
        let settled = settled.minus(LATE_BYTES);
        let mut strays: BTreeSet<ObjectKey> = listed
            .into_iter()
            .filter(|object| object.key.is_an_attempt() && object.stored_at <= settled)
            .map(|object| object.key)
            .collect();
        if !strays.is_empty() {
            self.for_every_session(|session| {
                session.objects().for_each(|key| {
                    strays.remove(key);
                });
            })
            .await?;
        }
        let (found, mut deleted) = (strays.len(), 0);
        for key in &strays {
            deleted += usize::from(self.delete_for_good(key).await?);
        }
        if found > 0 {
            tracing::warn!(found, deleted, "objects that no session knew were deleted");
        }
        Ok(Round {
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
            let page = self.vault.list(after.as_ref(), PAGE).await;
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
