//! Names of everything in Redis. The module above says what lies under each.

use crate::adapter::session::PORT;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::ports::PortFault;

/// Into how many parts sessions are dealt. More would spread over a larger Cluster, and each costs every look for due
/// sessions one command. It cannot be changed for sessions that are stored already.
pub(super) const SHARDS: u8 = 16;

/// Names under one prefix.
pub(in crate::adapter) struct Keys {
    prefix: String,
}

impl Keys {
    pub(in crate::adapter) fn under(prefix: &str) -> Result<Self, PortFault> {
        // Braces would be taken for a hash tag.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if prefix.is_empty() || !prefix.bytes().all(plain) {
            let sentence = "REDIS_PREFIX takes letters, digits and - _ . : only";
            return Err(PortFault::protocol(PORT, sentence));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
        })
    }

    pub(super) fn session(&self, id: SessionId) -> String {
        self.of_session(id, "session")
    }

    pub(super) fn events(&self, id: SessionId) -> String {
        self.of_session(id, "events")
    }

    pub(super) fn requests(&self, id: SessionId) -> String {
        self.of_session(id, "requests")
    }

    /// The due times of the shard to which the session belongs.
    pub(super) fn due(&self, id: SessionId) -> String {
        self.of_shard(shard(id), "due")
    }

    /// The names of all sessions in that shard.
    pub(super) fn all(&self, id: SessionId) -> String {
        self.of_shard(shard(id), "all")
    }

    /// The audit outbox of that shard: ids of records, and their JSON.
    pub(super) fn audit_outbox(&self, id: SessionId) -> [String; 2] {
        self.audit_outbox_of(shard(id))
    }

    pub(super) fn every_audit_outbox(&self) -> impl Iterator<Item = Vec<String>> {
        (0..SHARDS).map(|shard| self.audit_outbox_of(shard).to_vec())
    }

    fn audit_outbox_of(&self, shard: u8) -> [String; 2] {
        ["notes", "note_texts"].map(|what| self.of_shard(shard, what))
    }

    /// The replay guard's nonces of a shard, and who claimed each.
    pub(super) fn nonces(&self, nonce: Sha256) -> Vec<String> {
        let [first, ..] = *nonce.as_bytes();
        let shard = first % SHARDS;
        vec![
            self.of_shard(shard, "marks"),
            self.of_shard(shard, "marked_by"),
        ]
    }

    /// The line of the ledger with this name.
    pub(in crate::adapter) fn ledger_line(&self, name: u128) -> String {
        self.of_shard(dealt(name), &format!("ledger:{name:032x}"))
    }

    pub(super) fn every_due(&self) -> impl Iterator<Item = String> {
        (0..SHARDS).map(|shard| self.of_shard(shard, "due"))
    }

    pub(super) fn every_probe(&self) -> impl Iterator<Item = String> {
        (0..SHARDS).map(|shard| self.of_shard(shard, "probe"))
    }

    /// The shards' names of sessions, each with the one after which to begin.
    pub(super) fn scan_from(
        &self,
        after: Option<SessionId>,
    ) -> impl Iterator<Item = (String, Option<SessionId>)> {
        let begin = after.map_or(0, shard);
        (begin..SHARDS).map(move |shard| {
            let after = after.filter(|_| shard == begin);
            (self.of_shard(shard, "all"), after)
        })
    }

    /// Which versions of the formats are at work. One key alone, so it needs no hash tag.
    pub(super) fn formats(&self) -> String {
        format!("{}:formats", self.prefix)
    }

    pub(super) fn channel(&self) -> String {
        format!("{}:wakes", self.prefix)
    }

    fn of_session(&self, id: SessionId, what: &str) -> String {
        self.of_shard(shard(id), &format!("{what}:{id}"))
    }

    fn of_shard(&self, shard: u8, what: &str) -> String {
        format!("{}:{{{shard:x}}}:{what}", self.prefix)
    }
}

/// The shard to which a session belongs. Names of sessions are random, so their last digit is as good as any digest.
fn shard(id: SessionId) -> u8 {
    dealt(id.bits())
}

fn dealt(name: u128) -> u8 {
    let [.., last] = name.to_be_bytes();
    last % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_a_session_carries_one_hash_tag() {
        let (keys, id) = (Keys::under("clinical").unwrap(), SessionId::from_bits(0x2b));
        let all = [
            keys.session(id),
            keys.events(id),
            keys.requests(id),
            keys.due(id),
            keys.all(id),
        ];
        let all = [all.as_slice(), &keys.audit_outbox(id)].concat();
        assert!(
            all.iter().all(|key| key.starts_with("clinical:{b}:")),
            "{all:?}"
        );
        assert_eq!(all[3], "clinical:{b}:due");
    }

    #[test]
    fn a_walk_begins_in_the_shard_of_the_last_one_met() {
        let keys = Keys::under("c").unwrap();
        let last = SessionId::from_bits(0x1e);
        let walk: Vec<_> = keys.scan_from(Some(last)).collect();
        let expected = [
            ("c:{e}:all".to_owned(), Some(last)),
            ("c:{f}:all".to_owned(), None),
        ];
        assert_eq!(walk, expected);
        assert_eq!(keys.scan_from(None).count(), 16);
    }

    #[test]
    fn a_prefix_that_would_change_the_hash_tag_is_refused() {
        for prefix in ["", "{a}", "a b", "ä"] {
            assert!(Keys::under(prefix).is_err(), "{prefix:?}");
        }
    }
}
