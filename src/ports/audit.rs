//! Where notes of deeds go for good.

use super::PortFault;
use crate::audit::AuditNote;
use async_trait::async_trait;

/// An audit that outlives sessions.
#[async_trait]
pub trait AuditSink: Send + Sync {
    /// Keeps notes. An answer `Ok` means durable. A note that is kept twice is recognised by its session and revision.
    ///
    /// # Errors
    /// When the audit does not answer; some of the notes may then be kept.
    async fn keep(&self, notes: &[AuditNote]) -> Result<(), PortFault>;
}
