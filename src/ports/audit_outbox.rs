//! The transactional outbox of the audit: a session store appends audit records together with the change that they are
//! about, and they wait here until the audit keeps them.

use super::PortFault;
use crate::audit::AuditRecord;
use async_trait::async_trait;

/// Audit records that nobody has acknowledged. Whoever implements [`SessionStore`](super::SessionStore) fills it: by `open`
/// with the launch, by `append` with the records of the decision. Records outlive their session.
#[async_trait]
pub trait AuditOutbox: Send + Sync {
    /// The oldest records, at most `most`.
    ///
    /// # Errors
    /// When the outbox does not answer.
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault>;

    /// Acknowledges records, which are kept in the audit now: they leave the outbox. Doing so twice is fine.
    ///
    /// # Errors
    /// When the outbox does not answer; some of the records may then be gone.
    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault>;
}
