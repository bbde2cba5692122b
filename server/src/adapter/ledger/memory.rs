//! A ledger in this process's memory: for tests.

use async_trait::async_trait;
use clinical_images::id::{PictureId, PracticeId};
use clinical_images::moment::Moment;
use clinical_images::ports::{FilingLedger, LedgerEntry, PortFault};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A ledger for tests.
#[derive(Default)]
pub struct MemoryLedger(Mutex<HashMap<u128, LedgerEntry>>);

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<u128, LedgerEntry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FilingLedger for MemoryLedger {
    async fn write(&self, entry: &LedgerEntry) -> Result<(), PortFault> {
        let mut lines = self.lines();
        let newer = |known: &LedgerEntry| known.outcomes < entry.outcomes;
        if lines.get(&entry.name()).is_none_or(newer) {
            lines.insert(entry.name(), entry.clone());
        }
        Ok(())
    }

    async fn read(
        &self,
        practice: &PracticeId,
        picture: PictureId,
    ) -> Result<Option<LedgerEntry>, PortFault> {
        let lines = self.lines();
        let mut found = LedgerEntry::names(practice, picture)
            .into_iter()
            .filter_map(|name| lines.get(&name));
        Ok(found.find(|line| line.is_of(practice, picture)).cloned())
    }

    async fn forget_old(&self, now: Moment) -> Result<u64, PortFault> {
        let kept_from = now.minus(LedgerEntry::KEPT);
        let mut lines = self.lines();
        let before = lines.len();
        lines.retain(|_, line| line.written_at >= kept_from);
        Ok((before - lines.len()) as u64)
    }
}
