//! Where audit records go for good.

use super::PortFault;
use crate::audit::AuditRecord;
use async_trait::async_trait;

/// An audit that outlives sessions.
#[async_trait]
pub trait AuditSink: Send + Sync {
    /// Keeps records. `Ok` means durable. A record that is kept twice is recognised by its session and revision.
    ///
    /// # Errors
    /// When the audit does not answer; some of the records may then be kept.
    async fn keep(&self, records: &[AuditRecord]) -> Result<(), PortFault>;
}
