//! The audit outbox: audit records wait in each shard until they are acknowledged.

use super::RedisSessions;
use super::answer::{list, stored};
use super::values::text;
use crate::adapter::session::row;
use async_trait::async_trait;
use clinical_images::audit::AuditRecord;
use clinical_images::ports::{AuditOutbox, PortFault};
use fred::types::Value;
use futures::future::try_join_all;
use std::collections::BTreeMap;

/// A record as the scripts take it: its id, when, and its JSON.
pub(super) fn arguments(record: &AuditRecord) -> Result<[Value; 3], PortFault> {
    let stored = Value::Bytes(row(record)?.into());
    Ok([id(record), text(record.at.millis()), stored])
}

fn id(record: &AuditRecord) -> Value {
    text(format_args!("{}-{}", record.session, record.revision))
}

#[async_trait]
impl AuditOutbox for RedisSessions {
    async fn pending_audit(&self, most: usize) -> Result<Vec<AuditRecord>, PortFault> {
        let asked = self.keys.every_audit_outbox().map(async |keys| {
            let answer = self
                .connection
                .run(&self.scripts.pending_audit, keys, vec![text(most)]);
            list(answer.await?)?
                .into_iter()
                .map(stored)
                .collect::<Result<Vec<AuditRecord>, _>>()
        });
        let mut records: Vec<_> = try_join_all(asked).await?.into_iter().flatten().collect();
        records.sort_by_key(|record| record.at);
        records.truncate(most);
        Ok(records)
    }

    async fn ack_audit(&self, records: &[AuditRecord]) -> Result<(), PortFault> {
        let mut shards: BTreeMap<Vec<String>, Vec<Value>> = BTreeMap::new();
        for record in records {
            let keys = self.keys.audit_outbox(record.session).to_vec();
            shards.entry(keys).or_default().push(id(record));
        }
        for (keys, ids) in shards {
            self.connection
                .run(&self.scripts.ack_audit, keys, ids)
                .await?;
        }
        Ok(())
    }
}
