//! Sessions in Redis (or Valkey), for any number of servers: one server, Sentinel or Cluster.
//!
//! Owns the connection, the key layout and the scripts. Must not know what a decision means: each change is one script,
//! which Redis runs alone, so that comparing and storing cannot be torn apart.
//!
//! # What lies where
//!
//! Every session belongs to one of `keys::SHARDS` shards, and everything that a script touches carries the shard's
//! number as its hash tag (`{a}`), because on a Cluster a script may touch one slot only:
//!
//! | key | type | holds |
//! | --- | --- | --- |
//! | `prefix:{a}:session:ID` | hash | `state` (a row), `version`, `revision`; since the opening `epoch` and `line` (the replication id) |
//! | `prefix:{a}:events:ID` | stream | one entry an event, its id `REVISION-0`, so that a gap or a repeat is refused |
//! | `prefix:{a}:requests:ID` | hash | request → fingerprint and reply; `vVERSION` → the request that led there |
//! | `prefix:{a}:due` | sorted set | session → the moment it is due, in milliseconds |
//! | `prefix:{a}:all` | sorted set | every session of the shard, in the order of their names |
//! | `prefix:{a}:notes`, `:note_texts` | sorted set, hash | the audit outbox: id of a record → when, and its JSON |
//! | `prefix:{a}:marks`, `:marked_by` | sorted set, hash | the replay guard: nonce → until when, and for which session it was claimed |
//! | `prefix:{a}:ledger:PICTURE` | hash | a line of the ledger: see `adapter::ledger`, which shares names and manners |
//! | `prefix:formats` | hash | name of a format → the newest version of it that was ever at work here |
//! | `prefix:wakes` | channel | names of sessions that changed |
//!
//! Nothing of a session has an expiry: what must not be forgotten must not depend on Redis remembering to forget.
//! Deadlines are compared with the caller's clock. A further thing that must be true together with an append becomes one
//! more key of the shard and one more line of the script.
//!
//! What is stored as a value (a session, an event, a reply, a note, a line of the ledger) is a row with its version
//! ([`clinical_images::stored`]); no script looks inside.
//!
//! # What a script promises
//!
//! It looks whether the change was made before, and then answers as it did then: every change may be sent twice. All
//! that can be refused is refused before the first write. The answer leaves Redis after the append-only file is written
//! (`appendfsync always`), so `Ok` means durable; `durability` tells when Redis is not set up like that.
//!
//! # Which history
//!
//! A replica that takes over may lack what the lost server had acknowledged. Redis gives each history a
//! replication id, new with each start and each take-over. The script that loads a session reads that id at the same
//! time; when it is not the one the session was opened under, the session gets another epoch, and every reader
//! starts over from a snapshot instead of continuing in a history that never was.
//!
//! `keys` names what lies where, `changes` says what the scripts are handed, `script` runs the Lua files beside it, `connection` sends
//! commands and fails fast while Redis is unavailable, `answer` reads what comes back, `formats` refuses what a newer program has written, `pubsub` hears of other servers' changes, `durability` reads Redis's own settings.

mod answer;
mod audit_outbox;
mod changes;
pub(in crate::adapter) mod connection;
mod durability;
pub(in crate::adapter) mod formats;
pub(in crate::adapter) mod keys;
mod pubsub;
mod replay_guard;
pub(in crate::adapter) mod script;
mod values;

use self::answer::{event, list, moment, parts, session_named, stored, strange, word};
use self::connection::Connection;
use self::durability::Durability;
use self::keys::Keys;
use self::pubsub::Listener;
use self::script::Scripts;
use self::values::{nothing, text};
use super::gap;
use super::subscribers::Subscribers;
use async_trait::async_trait;
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{
    Append, Appended, ChangeNotifications, Opening, PortFault, SessionStore,
};
use clinical_images::session::{SequencedEvent, Session};
use clinical_images::stored::Format;
use fred::types::Value;
use futures::future::try_join_all;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

/// What of the sessions has a version here.
const FORMATS: [Format; 5] = [
    Format::RedisKeys,
    Format::Session,
    Format::Event,
    Format::Reply,
    Format::AuditRecord,
];

/// How Redis is reached.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// `redis://`, `rediss://`, `redis-sentinel://`, `redis-cluster://` …, with user and password where needed.
    pub url: SecretString,
    /// What every key begins with. Letters, digits, `-`, `_`, `.` and `:`.
    pub prefix: String,
    /// How long a command may take.
    pub time_out: Duration,
    /// Be ready although Redis's settings allow it to lose or drop what it acknowledged.
    pub unsafe_allowed: bool,
}

/// A session store that several servers share.
///
/// Needs a tokio runtime. Dropping it closes its connections and ends all streams of notifications.
pub struct RedisSessions {
    keys: Keys,
    scripts: Scripts,
    connection: Connection,
    durability: Durability,
    subscribers: Arc<Subscribers>,
    _listener: Listener,
}

impl RedisSessions {
    /// Connects, begins to listen, and looks whether Redis keeps what it acknowledges.
    ///
    /// # Errors
    /// One sentence without the password: when the settings make no sense, when Redis cannot be reached or refuses, when a
    /// newer program has written there.
    pub async fn connect(settings: &RedisSettings) -> Result<Self, PortFault> {
        let keys = Keys::under(&settings.prefix)?;
        let subscribers = Arc::new(Subscribers::default());
        let connection = Connection::open(settings).await?;
        formats::agree(&connection, &keys, &FORMATS).await?;
        let listener = Listener::begin(settings, keys.channel(), Arc::clone(&subscribers)).await?;
        let durability = Durability::new(settings.unsafe_allowed);
        durability.warn(&connection).await;
        Ok(Self {
            keys,
            scripts: Scripts::new(),
            connection,
            durability,
            subscribers,
            _listener: listener,
        })
    }

    /// The most overdue sessions of one shard, with their moments.
    async fn due_in(
        &self,
        shard: String,
        now: Moment,
        most: usize,
    ) -> Result<Vec<(Moment, SessionId)>, PortFault> {
        let arguments = vec![text(now.millis()), text(most)];
        let answer = self
            .connection
            .run(&self.scripts.due, vec![shard], arguments)
            .await?;
        let mut due = Vec::new();
        let mut answer = list(answer)?.into_iter();
        while let (Some(member), Some(score)) = (answer.next(), answer.next()) {
            due.push((moment(score)?, session_named(member)?));
        }
        Ok(due)
    }
}

impl Drop for RedisSessions {
    fn drop(&mut self) {
        self.subscribers.close();
    }
}

#[async_trait]
impl SessionStore for RedisSessions {
    async fn open(&self, session: &Session) -> Result<Opening, PortFault> {
        let (keys, arguments) = changes::opening(&self.keys, session)?;
        let answer = self
            .connection
            .run(&self.scripts.open, keys, arguments)
            .await?;
        match word(answer)?.as_str() {
            "done" => Ok(Opening::Done),
            "taken" => Ok(Opening::NameTaken),
            other => Err(strange(other)),
        }
    }

    async fn load(&self, id: SessionId) -> Result<Option<Session>, PortFault> {
        let keys = vec![self.keys.session(id)];
        let answer = self
            .connection
            .run(&self.scripts.load, keys, vec![])
            .await?;
        let Some([state, epoch, born, present]) = parts(answer)? else {
            return Ok(None);
        };
        let mut session: Session = stored(state)?;
        let epoch = word(epoch)?
            .parse()
            .map_err(|_| strange("an epoch that is no number"))?;
        session.view.epoch = present_epoch(epoch, &word(born)?, &word(present)?);
        Ok(Some(session))
    }

    async fn append(&self, append: Append<'_>) -> Result<Appended, PortFault> {
        let (keys, arguments) = changes::step(&self.keys, &append)?;
        let answer = self
            .connection
            .run(&self.scripts.append, keys, arguments)
            .await?;
        let mut answer = list(answer)?.into_iter();
        let verdict = word(answer.next().unwrap_or(Value::Null))?;
        match (verdict.as_str(), answer.next()) {
            ("done", None) => Ok(Appended::Done),
            ("conflict", None) => Ok(Appended::Conflict),
            ("mismatch", None) => Ok(Appended::Mismatch),
            ("gap", None) => Err(gap()),
            ("replayed", Some(reply)) => stored(reply).map(Appended::Replayed),
            (other, _) => Err(strange(other)),
        }
    }

    async fn events_after(
        &self,
        id: SessionId,
        revision: u64,
    ) -> Result<Option<Vec<SequencedEvent>>, PortFault> {
        let keys = vec![self.keys.session(id), self.keys.events(id)];
        // Beyond the last number that there is, nothing can follow; Redis would take it for a malformed id.
        let first = revision.checked_add(1).map_or_else(nothing, text);
        let answer = self
            .connection
            .run(&self.scripts.events, keys, vec![first])
            .await?;
        if answer.is_null() {
            return Ok(None);
        }
        list(answer)?
            .into_iter()
            .map(event)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn subscribe(&self, id: SessionId) -> ChangeNotifications {
        self.subscribers.subscribe(id)
    }

    async fn due(&self, now: Moment, most: usize) -> Result<Vec<SessionId>, PortFault> {
        let shards = self.keys.every_due();
        let asked = shards.map(|key| self.due_in(key, now, most));
        let mut due: Vec<_> = try_join_all(asked).await?.into_iter().flatten().collect();
        due.sort_unstable();
        Ok(due.into_iter().take(most).map(|(_, id)| id).collect())
    }

    async fn sessions(
        &self,
        after: Option<SessionId>,
        most: usize,
    ) -> Result<Vec<SessionId>, PortFault> {
        let mut found = Vec::new();
        for (key, after) in self.keys.scan_from(after) {
            let wanted = most - found.len();
            if wanted == 0 {
                break;
            }
            let after = after.map_or_else(nothing, text);
            let arguments = vec![after, text(wanted)];
            let answer = self
                .connection
                .run(&self.scripts.scan, vec![key], arguments)
                .await?;
            for member in list(answer)? {
                found.push(session_named(member)?);
            }
        }
        Ok(found)
    }

    async fn forget(&self, id: SessionId) -> Result<(), PortFault> {
        let keys = vec![
            self.keys.session(id),
            self.keys.events(id),
            self.keys.requests(id),
            self.keys.due(id),
            self.keys.all(id),
        ];
        let arguments = vec![id.to_string().into(), self.keys.channel().into()];
        self.connection
            .run(&self.scripts.forget, keys, arguments)
            .await
            .map(drop)
    }

    /// Writes to every shard, and looks whether Redis keeps what it acknowledges: see `Durability::check`.
    async fn probe(&self) -> Result<(), PortFault> {
        let shards = self.keys.every_probe();
        let written = shards.map(|key| self.connection.run(&self.scripts.probe, vec![key], vec![]));
        try_join_all(written).await?;
        self.durability.check(&self.connection).await
    }
}

/// The epoch of a session that was opened with `epoch` under the replication id `born`, now that Redis has the id
/// `present`. Where Redis does not tell its replication id, both are empty.
fn present_epoch(epoch: u32, born: &str, present: &str) -> u32 {
    if born == present {
        return epoch;
    }
    let digest = Sha256::of(format!("{epoch} {present}").as_bytes());
    let [a, b, c, d, ..] = *digest.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_replication_id_is_another_epoch() {
        assert_eq!(present_epoch(7, "a", "a"), 7);
        assert_ne!(present_epoch(7, "a", "b"), 7);
        assert_ne!(present_epoch(7, "a", "b"), present_epoch(7, "a", "c"));
        assert_eq!(present_epoch(7, "a", "b"), present_epoch(7, "x", "b"));
    }
}
