//! The replay guard: which session belongs to what may open one session only, for as long as that could be used again.

use super::PortFault;
use crate::digest::Sha256;
use crate::id::SessionId;
use crate::moment::Moment;
use async_trait::async_trait;

/// Nonces that have been claimed. An answer `Ok` means durable.
#[async_trait]
pub trait ReplayGuard: Send + Sync {
    /// Claims a nonce for a session until `until`, and returns the session that it was claimed for first: `session` itself, or
    /// another one whose claim holds. Of any number of callers at once all get the same session, and get it again when they ask again.
    /// The claim says nothing about whether that session was stored. Claims that ended before `now` are dropped.
    ///
    /// # Errors
    /// When the guard does not answer. Asking again with the same `session` is safe.
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault>;
}
