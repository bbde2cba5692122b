//! The replay guard: what may be used once is remembered while it could be repeated.

use super::PortFault;
use crate::digest::Sha256;
use crate::id::RequestId;
use crate::moment::Moment;
use async_trait::async_trait;

/// Nonces that have been claimed. An answer `Ok` means durable.
#[async_trait]
pub trait ReplayGuard: Send + Sync {
    /// Claims a nonce until `until`. `true` the first time, `false` when another caller has claimed it: of any
    /// number of callers at once exactly one gets `true`, and gets it again when it asks again with the same `by`.
    /// Claims that ended before `now` are dropped.
    ///
    /// # Errors
    /// When the guard does not answer. Asking again with the same `by` is safe.
    async fn claim_once(
        &self,
        nonce: Sha256,
        by: RequestId,
        until: Moment,
        now: Moment,
    ) -> Result<bool, PortFault>;
}
