//! The ledger in a file of its own on this server's disk, by redb. One transaction a line: pictures come to an outcome
//! a few times a second, and each line is durable before its session may be forgotten.

use super::{PORT, read_line, row};
use crate::failpoint;
use ::redb::{
    Database, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction,
};
use async_trait::async_trait;
use clinical_images::id::{PictureId, PracticeId};
use clinical_images::moment::Moment;
use clinical_images::ports::{FilingLedger, LedgerEntry, PortFault};
use clinical_images::stored::Format;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Newest version of each format that was ever at work in the file.
const FORMATS: TableDefinition<'_, &str, u64> = TableDefinition::new("formats");
/// Name of a line to (outcomes, row).
const LINES: TableDefinition<'_, u128, (u32, &[u8])> = TableDefinition::new("lines");
/// (written at, name), for the day they go.
const AGES: TableDefinition<'_, (i64, u128), ()> = TableDefinition::new("ages");

/// A durable ledger in one file. Needs a tokio runtime around its calls.
pub struct RedbLedger(Arc<Database>);

impl RedbLedger {
    /// Opens the ledger in the file at `path`, or begins a new one there, readable by this user only.
    ///
    /// # Errors
    /// When another process holds the file, when it is no ledger, when a newer program has written to it, when the disk
    /// refuses.
    pub fn open(path: &Path) -> Result<Self, PortFault> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|error| PortFault::unavailable(PORT, error))?;
        let database = Database::builder().create_file(file).map_err(unavailable)?;
        let begin = database.begin_write().map_err(unavailable)?;
        begin.open_table(LINES).map_err(unavailable)?;
        begin.open_table(AGES).map_err(unavailable)?;
        agree(&begin)?;
        begin.commit().map_err(unavailable)?;
        Ok(Self(Arc::new(database)))
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, PortFault> + Send + 'static,
    ) -> Result<T, PortFault> {
        let database = Arc::clone(&self.0);
        let done = spawn_blocking(move || work(&database)).await;
        done.map_err(|error| PortFault::protocol(PORT, format!("a task broke off: {error}")))?
    }
}

fn unavailable(error: impl Into<::redb::Error>) -> PortFault {
    PortFault::unavailable(PORT, error.into())
}

#[async_trait]
impl FilingLedger for RedbLedger {
    async fn write(&self, entry: &LedgerEntry) -> Result<(), PortFault> {
        let entry = entry.clone();
        self.with(move |database| write(database, &entry)).await?;
        failpoint::reach(failpoint::LEDGERED).await;
        Ok(())
    }

    async fn read(
        &self,
        practice: &PracticeId,
        picture: PictureId,
    ) -> Result<Option<LedgerEntry>, PortFault> {
        let practice = practice.clone();
        self.with(move |database| {
            let snapshot = database.begin_read().map_err(unavailable)?;
            let lines = snapshot.open_table(LINES).map_err(unavailable)?;
            for name in LedgerEntry::names(&practice, picture) {
                if let Some(line) = lines.get(name).map_err(unavailable)? {
                    let line = read_line(line.value().1)?;
                    if line.is_of(&practice, picture) {
                        return Ok(Some(line));
                    }
                }
            }
            Ok(None)
        })
        .await
    }

    async fn forget_old(&self, now: Moment) -> Result<u64, PortFault> {
        let kept_from = now.minus(LedgerEntry::KEPT);
        self.with(move |database| forget_before(database, kept_from))
            .await
    }
}

/// Refuses a file in which a newer program has written, and notes what this one writes.
fn agree(begin: &WriteTransaction) -> Result<(), PortFault> {
    let mut formats = begin.open_table(FORMATS).map_err(unavailable)?;
    for format in [Format::LedgerFile, Format::LedgerLine] {
        let found = formats.get(format.name()).map_err(unavailable)?;
        let found = found.map_or(0, |found| found.value());
        let accepted = format.accept(found);
        accepted.map_err(|unreadable| PortFault::protocol(PORT, unreadable))?;
        let version = u64::from(format.version());
        formats
            .insert(format.name(), version)
            .map_err(unavailable)?;
    }
    Ok(())
}

fn write(database: &Database, entry: &LedgerEntry) -> Result<(), PortFault> {
    let id = entry.name();
    let row = row(entry)?;
    let change = database.begin_write().map_err(unavailable)?;
    {
        let mut lines = change.open_table(LINES).map_err(unavailable)?;
        let mut ages = change.open_table(AGES).map_err(unavailable)?;
        let known = lines.get(id).map_err(unavailable)?;
        let known = known.map(|line| {
            let (outcomes, row) = line.value();
            (outcomes, read_line(row).map(|line| line.written_at))
        });
        if let Some((outcomes, written_at)) = known {
            if outcomes >= entry.outcomes {
                return Ok(());
            }
            ages.remove((written_at?.millis(), id))
                .map_err(unavailable)?;
        }
        lines
            .insert(id, (entry.outcomes, row.as_slice()))
            .map_err(unavailable)?;
        ages.insert((entry.written_at.millis(), id), ())
            .map_err(unavailable)?;
    }
    change.commit().map_err(unavailable)
}

fn forget_before(database: &Database, moment: Moment) -> Result<u64, PortFault> {
    let old = ..(moment.millis(), 0);
    let change = database.begin_write().map_err(unavailable)?;
    let mut forgotten = 0;
    {
        let mut lines = change.open_table(LINES).map_err(unavailable)?;
        let mut ages = change.open_table(AGES).map_err(unavailable)?;
        let mut gone = Vec::new();
        for age in ages.range(old).map_err(unavailable)? {
            gone.push(age.map_err(unavailable)?.0.value().1);
        }
        for name in gone {
            lines.remove(name).map_err(unavailable)?;
            forgotten += 1;
        }
        ages.retain_in(old, |_, ()| false).map_err(unavailable)?;
    }
    change.commit().map_err(unavailable)?;
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line as it was written until November 2026, under its picture's own name.
    const OF_ONE_PRACTICE: &str = r#"{
        "picture": "0000000000000000000000000000002a", "session": "00000000000000000000000000000007",
        "facility": "F2N060-E",
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "committedAt": 1795000000000, "writtenAt": 1795000000000, "page": null, "outcomes": 1, "outcome": "filed",
        "targets": [], "records": [], "spare": [], "correlations": ["c1"]
    }"#;

    #[tokio::test]
    async fn a_line_from_before_there_was_a_choice_is_the_environments_practices() {
        let place = tempfile::tempdir().unwrap();
        let ledger = RedbLedger::open(&place.path().join("ledger.redb")).unwrap();
        let picture = PictureId::from_bits(0x2a);
        let change = ledger.0.begin_write().unwrap();
        let line = (1, OF_ONE_PRACTICE.as_bytes());
        let mut lines = change.open_table(LINES).unwrap();
        lines.insert(picture.bits(), line).unwrap();
        drop(lines);
        change.commit().unwrap();
        let environment = PracticeId::of_environment();
        let found = ledger.read(&environment, picture).await.unwrap().unwrap();
        assert_eq!(found.correlations, ["c1"]);
        let other = "kowhai".parse().unwrap();
        assert_eq!(ledger.read(&other, picture).await, Ok(None));
    }
}
