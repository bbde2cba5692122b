//! The replay guard: nonces and the sessions that they were claimed for, in the shard of the nonce.

use super::RedisSessions;
use super::answer::session_named;
use super::values::text;
use async_trait::async_trait;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{PortFault, ReplayGuard};

#[async_trait]
impl ReplayGuard for RedisSessions {
    async fn claim_once(
        &self,
        nonce: Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<SessionId, PortFault> {
        let keys = self.keys.nonces(nonce);
        let arguments = vec![
            nonce.to_string().into(),
            session.to_string().into(),
            text(until.millis()),
            text(now.millis()),
        ];
        let answer = self
            .connection
            .run(&self.scripts.claim_once, keys, arguments)
            .await?;
        session_named(answer)
    }
}
