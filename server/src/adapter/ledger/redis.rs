//! The ledger in Redis (or Valkey), shared by all servers that share their sessions there.
//!
//! | key | type | holds |
//! | --- | --- | --- |
//! | `prefix:{a}:ledger:NAME` | hash | `outcomes`; `line` (JSON). Expires [`LedgerEntry::KEPT`] after it was written |
//!
//! The hash tag is the one of the session store's shards, dealt by the line's name ([`LedgerEntry::names`]). A line is compared and replaced in
//! one script, so that of two servers the one that knows less cannot have the last word. Whoever is not answered writes
//! again, which changes nothing: the sessions' connection and its manners are used here too.

use super::{PORT, read_line, row};
use crate::adapter::session::redis::RedisSettings;
use crate::adapter::session::redis::connection::Connection;
use crate::adapter::session::redis::formats;
use crate::adapter::session::redis::keys::Keys;
use crate::adapter::session::redis::script::Script;
use crate::failpoint;
use async_trait::async_trait;
use clinical_images::id::{PictureId, PracticeId};
use clinical_images::moment::Moment;
use clinical_images::ports::{FilingLedger, LedgerEntry, PortFault};
use clinical_images::stored::Format;
use fred::types::Value;

/// A ledger that several servers share. Needs a tokio runtime; dropping it closes its connection.
pub struct RedisLedger {
    keys: Keys,
    connection: Connection,
    write: Script,
    read: Script,
}

impl RedisLedger {
    /// Connects. Whether Redis keeps what it acknowledges is the session store's to look at.
    ///
    /// # Errors
    /// One sentence without the password: when the settings make no sense, when Redis cannot be reached or refuses, when a
    /// newer program has written there.
    pub async fn connect(settings: &RedisSettings) -> Result<Self, PortFault> {
        let keys = Keys::under(&settings.prefix)?;
        let connection = Connection::open(settings).await?;
        let known = [Format::RedisKeys, Format::LedgerLine];
        let agreed = formats::agree(&connection, &keys, &known).await;
        agreed.map_err(of_the_ledger)?;
        Ok(Self {
            keys,
            connection,
            write: Script::new(include_str!("redis/write.lua")),
            read: Script::new(include_str!("redis/read.lua")),
        })
    }
}

/// A fault of the connection, under this port's name.
fn of_the_ledger(fault: PortFault) -> PortFault {
    fault.behind(PORT)
}

#[async_trait]
impl FilingLedger for RedisLedger {
    async fn write(&self, entry: &LedgerEntry) -> Result<(), PortFault> {
        let keys = vec![self.keys.ledger_line(entry.name())];
        let goes = entry.written_at.plus(LedgerEntry::KEPT);
        let arguments = vec![
            Value::from(entry.outcomes.to_string()),
            Value::Bytes(row(entry)?.into()),
            Value::from(goes.millis().to_string()),
        ];
        let written = self.connection.run(&self.write, keys, arguments).await;
        written.map_err(of_the_ledger)?;
        failpoint::reach(failpoint::LEDGERED).await;
        Ok(())
    }

    async fn read(
        &self,
        practice: &PracticeId,
        picture: PictureId,
    ) -> Result<Option<LedgerEntry>, PortFault> {
        for name in LedgerEntry::names(practice, picture) {
            let keys = vec![self.keys.ledger_line(name)];
            let answer = self.connection.run(&self.read, keys, vec![]).await;
            if let Some(line) = answer.map_err(of_the_ledger)?.into_bytes() {
                let line = read_line(&line)?;
                if line.is_of(practice, picture) {
                    return Ok(Some(line));
                }
            }
        }
        Ok(None)
    }

    /// Redis forgets by itself.
    async fn forget_old(&self, _: Moment) -> Result<u64, PortFault> {
        Ok(0)
    }
}
