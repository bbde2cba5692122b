//! The ledger is told of every outcome, and a session is not forgotten before it was.

use crate::id::{PictureId, SessionId};
use crate::ports::{LedgerEntry, PortFault};
use crate::refusal::Refusal;
use crate::service::{Services, refused};
use crate::session::{Act, Actor};

impl Services {
    /// Writes every outcome that the ledger does not have yet. Doing it twice is harmless.
    ///
    /// # Errors
    /// When a store does not answer; what was not written stays due.
    pub async fn tell_ledger(&self, id: SessionId) -> Result<(), Refusal> {
        let session = self.load(id).await?;
        let owed = session
            .filings
            .iter()
            .filter(|(_, filing)| filing.recorded < filing.outcomes);
        for (entry, filing) in owed {
            for picture in filing.pictures() {
                if let Some(line) = LedgerEntry::of(&session, picture, self.clock.now()) {
                    let written = self.ledger.write(&line).await;
                    written.map_err(|fault| refused(&fault))?;
                }
            }
            if !filing.spare.is_empty() {
                tracing::error!(
                    session.id = %id,
                    filing.id = %entry,
                    records = ?filing.spare,
                    "the record holds something more than once"
                );
            }
            let act = Act::Recorded {
                filing: *entry,
                outcomes: filing.outcomes,
            };
            self.carry_out(id, Actor::Server, act).await?;
        }
        Ok(())
    }

    /// A picture's line in the ledger.
    ///
    /// # Errors
    /// When the ledger does not answer.
    pub async fn ledger_entry(&self, picture: PictureId) -> Result<Option<LedgerEntry>, PortFault> {
        self.ledger.read(picture).await
    }

    /// Forgets lines that are older than [`LedgerEntry::KEPT`]; says how many.
    ///
    /// # Errors
    /// When the ledger does not answer.
    pub async fn clear_ledger(&self) -> Result<u64, PortFault> {
        self.ledger.forget_old(self.clock.now()).await
    }
}
