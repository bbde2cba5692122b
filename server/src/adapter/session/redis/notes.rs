//! Notes of deeds, which wait in each shard until somebody has kept them elsewhere.

use super::RedisSessions;
use super::answer::{list, stored};
use super::changes::text;
use crate::adapter::session::json;
use clinical_images::audit::AuditNote;
use clinical_images::ports::PortFault;
use fred::types::Value;
use futures::future::try_join_all;
use std::collections::BTreeMap;

/// A note as the scripts take it: its name, when, and its text.
pub(super) fn arguments(note: &AuditNote) -> Result<[Value; 3], PortFault> {
    let text_of_note = Value::Bytes(json(note)?.into());
    Ok([name(note), text(note.at.millis()), text_of_note])
}

fn name(note: &AuditNote) -> Value {
    text(format_args!("{}-{}", note.session, note.revision))
}

impl RedisSessions {
    pub(super) async fn oldest_notes(&self, most: usize) -> Result<Vec<AuditNote>, PortFault> {
        let asked = self.keys.every_notes().map(async |keys| {
            let answer = self.link.run(&self.scripts.noted, keys, vec![text(most)]);
            list(answer.await?)?
                .into_iter()
                .map(stored)
                .collect::<Result<Vec<AuditNote>, _>>()
        });
        let mut notes: Vec<_> = try_join_all(asked).await?.into_iter().flatten().collect();
        notes.sort_by_key(|note| note.at);
        notes.truncate(most);
        Ok(notes)
    }

    pub(super) async fn drop_notes(&self, notes: &[AuditNote]) -> Result<(), PortFault> {
        let mut shards: BTreeMap<Vec<String>, Vec<Value>> = BTreeMap::new();
        for note in notes {
            let keys = self.keys.notes(note.session).to_vec();
            shards.entry(keys).or_default().push(name(note));
        }
        for (keys, names) in shards {
            self.link.run(&self.scripts.let_go, keys, names).await?;
        }
        Ok(())
    }
}
