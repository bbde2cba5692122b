//! Writes every outcome to the ledger; a session is not forgotten before that is done.

use crate::id::{PictureId, PracticeId, SessionId};
use crate::ports::{LedgerEntry, PortFault};
use crate::refusal::Refusal;
use crate::service::{Services, refused};
use crate::session::{Actor, Command};

impl Services {
    /// Writes every outcome that the ledger does not have yet. Doing it twice is harmless.
    ///
    /// # Errors
    /// When a store does not answer; what was not written stays due.
    pub async fn update_ledger(&self, id: SessionId) -> Result<(), Refusal> {
        let session = self.load(id).await?;
        let owed = session
            .outbox
            .iter()
            .filter(|(_, entry)| entry.recorded < entry.outcomes);
        for (entry_id, entry) in owed {
            for picture in entry.pictures() {
                if let Some(line) = LedgerEntry::of(&session, picture, self.clock.now()) {
                    let written = self.ledger.write(&line).await;
                    written.map_err(|fault| refused(&fault))?;
                }
            }
            if !entry.duplicates.is_empty() {
                tracing::error!(
                    session.id = %id,
                    outbox.entry = %entry_id,
                    records = ?entry.duplicates,
                    "the record holds something more than once"
                );
            }
            let command = Command::Recorded {
                entry: *entry_id,
                outcomes: entry.outcomes,
            };
            self.execute(id, Actor::Server, command).await?;
        }
        Ok(())
    }

    /// The line of a practice's picture in the ledger. What the practice filed while environment variables described it is
    /// found as well.
    ///
    /// # Errors
    /// When the ledger does not answer.
    pub async fn ledger_entry(
        &self,
        practice: &PracticeId,
        picture: PictureId,
    ) -> Result<Option<LedgerEntry>, PortFault> {
        let line = self.ledger.read(practice, picture).await?;
        let Some(known) = self.practices.find(practice).filter(|_| line.is_none()) else {
            return Ok(line);
        };
        let unnamed = PracticeId::of_environment();
        let line = self.ledger.read(&unnamed, picture).await?;
        Ok(line.filter(|line| line.facility == known.settings.facility))
    }

    /// Forgets lines that are older than [`LedgerEntry::KEPT`]; says how many.
    ///
    /// # Errors
    /// When the ledger does not answer.
    pub async fn purge_ledger(&self) -> Result<u64, PortFault> {
        self.ledger.forget_old(self.clock.now()).await
    }
}
