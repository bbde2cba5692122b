//! Maintenance of sessions that are due: links and sessions run out, queued pictures are filed, lost uploads are
//! found, temporary copies are deleted, and what is over is forgotten. Objects that no session refers to are the business of
//! `orphans`.

use super::Services;
use crate::id::{OutboxEntryId, SessionId};
use crate::moment::Moment;
use crate::ports::{ObjectKey, PortFault};
use crate::refusal::Refusal;
use crate::session::{Actor, Command, Session};
use std::collections::HashSet;

impl Services {
    /// Sessions that are due for maintenance now, at most `most` of them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sessions_due(&self, most: usize) -> Result<Vec<SessionId>, PortFault> {
        self.sessions.due(self.clock.now(), most).await
    }

    /// When a session is due again, without the tasks of these outbox entries that are due already.
    ///
    /// # Errors
    /// When the session cannot be loaded.
    pub async fn next_due_excluding(
        &self,
        id: SessionId,
        entries: &HashSet<OutboxEntryId>,
    ) -> Result<Option<Moment>, Refusal> {
        let session = self.load(id).await?;
        Ok(session.next_due_excluding(entries, self.clock.now()))
    }

    /// Does everything that is due for one session. Doing it twice, or on two servers at once, is harmless. What
    /// cannot be done now stays due.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn maintain(&self, id: SessionId) -> Result<(), Refusal> {
        let (session, _) = self.execute(id, Actor::Server, Command::Tick).await?;
        let session = self.reconcile_uploads(session).await?;
        let session = self.delete_due_objects(session).await?;
        if session.can_be_forgotten(self.clock.now()) {
            self.sessions
                .forget(id)
                .await
                .map_err(|fault| super::refused(&fault))?;
            tracing::info!(session.id = %id, "session forgotten");
        }
        Ok(())
    }

    /// Carries out the session's pending deletions that are due, and records those whose objects are confirmed to be gone.
    async fn delete_due_objects(&self, session: Session) -> Result<Session, Refusal> {
        let (id, now) = (session.view.id, self.clock.now());
        let mut gone: Vec<ObjectKey> = Vec::new();
        let mut stays = 0;
        for pending in session
            .pending_deletions
            .iter()
            .filter(|pending| pending.after <= now)
        {
            if self.delete_for_good(&pending.key).await? {
                gone.push(pending.key.clone());
            } else {
                stays += 1;
            }
        }
        let mut session = session;
        if !gone.is_empty() {
            let objects = gone.len();
            (session, _) = self
                .execute(id, Actor::Server, Command::ObjectsDeleted { keys: gone })
                .await?;
            tracing::info!(session.id = %id, objects, "temporary copies deleted");
        }
        if stays > 0 {
            tracing::error!(session.id = %id, objects = stays, "the object store still has copies that it said were deleted");
            return Err(Refusal::ObjectStoreUnavailable);
        }
        Ok(session)
    }

    /// Deletes an object; whether the store confirms that it is gone.
    pub(super) async fn delete_for_good(&self, key: &ObjectKey) -> Result<bool, Refusal> {
        let refused = |fault: PortFault| super::refused(&fault);
        self.object_store.delete(key).await.map_err(refused)?;
        let is_left = self.object_store.exists(key).await.map_err(refused)?;
        Ok(!is_left)
    }
}
