//! The replay guard: nonces and who claimed them, in the shard of the nonce.

use super::RedisSessions;
use super::answer::{strange, word};
use super::values::text;
use async_trait::async_trait;
use clinical_images::digest::Sha256;
use clinical_images::id::RequestId;
use clinical_images::moment::Moment;
use clinical_images::ports::{PortFault, ReplayGuard};

#[async_trait]
impl ReplayGuard for RedisSessions {
    async fn claim_once(
        &self,
        nonce: Sha256,
        by: RequestId,
        until: Moment,
        now: Moment,
    ) -> Result<bool, PortFault> {
        let keys = self.keys.nonces(nonce);
        let arguments = vec![
            nonce.to_string().into(),
            by.to_string().into(),
            text(until.millis()),
            text(now.millis()),
        ];
        let answer = self
            .connection
            .run(&self.scripts.claim_once, keys, arguments)
            .await?;
        match word(answer)?.as_str() {
            "first" => Ok(true),
            "known" => Ok(false),
            other => Err(strange(other)),
        }
    }
}
