//! Deeds are noted together with what they changed; from there the notes come into the audit.

use super::Services;
use crate::ports::PortFault;

/// Notes that are moved at once.
const AT_ONCE: usize = 256;

impl Services {
    /// Moves the oldest notes from the session store into the audit, and says how many. Doing it twice, or on two servers
    /// at once, keeps some notes twice and loses none.
    ///
    /// # Errors
    /// When the store or the audit does not answer; what was not moved stays.
    pub async fn move_audit_notes(&self) -> Result<usize, PortFault> {
        let notes = self.sessions.noted(AT_ONCE).await?;
        if !notes.is_empty() {
            self.audit.keep(&notes).await?;
            self.sessions.let_go(&notes).await?;
        }
        Ok(notes.len())
    }
}
