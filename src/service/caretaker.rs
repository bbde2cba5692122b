//! Looking after sessions that nobody touches: links and sessions run out, queued pictures are filed, temporary copies
//! are deleted, and what is over is forgotten.

use super::Services;
use crate::id::SessionId;
use crate::ports::{ObjectKey, PortFault};
use crate::refusal::Refusal;
use crate::session::{Act, Actor, Session};

impl Services {
    /// Sessions that need looking after now, at most `most` of them.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn sessions_due(&self, most: usize) -> Result<Vec<SessionId>, PortFault> {
        self.sessions.due(self.clock.now(), most).await
    }

    /// Does everything that is due for one session. Doing it twice, or on two servers at once, is harmless. What
    /// cannot be done now stays due.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn look_after(&self, id: SessionId) -> Result<(), Refusal> {
        self.file_queued(id).await?;
        let (session, _) = self.carry_out(id, Actor::Server, Act::Tick).await?;
        let session = self.sweep(session).await?;
        if session.can_be_forgotten(self.clock.now()) {
            self.sessions
                .forget(id)
                .await
                .map_err(|fault| super::refused(&fault))?;
            tracing::info!(session.id = %id, "session forgotten");
        }
        Ok(())
    }

    /// Deletes objects whose time has come and makes sure that they are gone before forgetting about them.
    async fn sweep(&self, session: Session) -> Result<Session, Refusal> {
        let now = self.clock.now();
        let mut gone: Vec<ObjectKey> = Vec::new();
        for doomed in session.doomed.iter().filter(|doomed| doomed.after <= now) {
            let deleted = self.vault.delete(&doomed.key).await;
            deleted.map_err(|fault| super::refused(&fault))?;
            if self
                .vault
                .head(&doomed.key)
                .await
                .map_err(|fault| super::refused(&fault))?
                .is_none()
            {
                gone.push(doomed.key.clone());
            }
        }
        if gone.is_empty() {
            return Ok(session);
        }
        let count = gone.len();
        let swept = self
            .carry_out(session.view.id, Actor::Server, Act::Swept { keys: gone })
            .await?;
        tracing::info!(session.id = %session.view.id, objects = count, "temporary copies deleted");
        Ok(swept.0)
    }
}
