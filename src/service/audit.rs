//! The audit outbox: records are appended together with the change that they are about, and delivered to the audit from there.

use super::Services;
use crate::ports::PortFault;

/// Records that are moved at once.
const AT_ONCE: usize = 256;

impl Services {
    /// Moves the oldest records from the outbox in the session store into the audit, and returns how many. Doing it twice, or
    /// on two servers at once, keeps some records twice and loses none.
    ///
    /// # Errors
    /// When the store or the audit does not answer; what was not moved stays.
    pub async fn drain_audit_outbox(&self) -> Result<usize, PortFault> {
        let records = self.audit_outbox.pending_audit(AT_ONCE).await?;
        if !records.is_empty() {
            self.audit.keep(&records).await?;
            self.audit_outbox.ack_audit(&records).await?;
        }
        Ok(records.len())
    }
}
