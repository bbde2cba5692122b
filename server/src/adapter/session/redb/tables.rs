//! What lies where in the file, and how each change is applied to it. What is read is `snapshot`'s part.
//!
//! Keys are numbers, so that redb's order is theirs. Values are rows of JSON with their version
//! ([`clinical_images::stored`]), with the few numbers in front that the writer compares. The table `meta` holds the newest
//! version of every format that was ever at work in the file, so that an earlier program finds out at its start.

use super::job::{AuditKey, Change, Outcome, Row, Step, StoredAudit};
use crate::adapter::session::{PORT, REQUESTS_REMEMBERED, gap};
use ::redb::{Database, ReadableTable, Table, TableDefinition, TableError, WriteTransaction};
use clinical_images::digest::Sha256;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::{Appended, IdempotencyKey, Opening, PortFault};
use clinical_images::stored::{self, Format, Stored, Unreadable};

/// Version, revision, due time, session.
pub(super) type RowColumns = (u64, u64, Option<i64>, &'static [u8]);
/// The version it led to, fingerprint, reply.
type RequestColumns = (u64, &'static [u8; 32], &'static [u8]);

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(super) const SESSIONS: TableDefinition<'_, u128, RowColumns> = TableDefinition::new("sessions");
/// (session, revision)
pub(super) const EVENTS: TableDefinition<'_, (u128, u64), &[u8]> = TableDefinition::new("events");
/// (session, request)
const REQUESTS: TableDefinition<'_, (u128, u128), RequestColumns> =
    TableDefinition::new("requests");
/// (moment, session)
pub(super) const DUE: TableDefinition<'_, (i64, u128), ()> = TableDefinition::new("due");
/// The audit outbox, the oldest record first.
pub(super) const AUDIT_OUTBOX: TableDefinition<'_, AuditKey, &[u8]> = TableDefinition::new("notes");
/// The replay guard: nonce → until when it is claimed.
const NONCES: TableDefinition<'_, &[u8; 32], i64> = TableDefinition::new("marks");
/// The session that a nonce was claimed for.
const CLAIMED_BY: TableDefinition<'_, &[u8; 32], u128> = TableDefinition::new("marked_by");
/// (until, nonce)
const NONCE_ENDS: TableDefinition<'_, (i64, &[u8; 32]), ()> = TableDefinition::new("mark_ends");

/// What has a version in this file.
const FORMATS: [Format; 5] = [
    Format::SessionFile,
    Format::Session,
    Format::Event,
    Format::Reply,
    Format::AuditRecord,
];

/// After so many appends, a session's oldest requests are let go: seldom, because an index in the order of their age
/// would cost every append a page.
const CLEARING: u64 = 64;

/// Why the file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// redb says so.
    #[error("{0}")]
    Redb(Box<::redb::Error>),
    /// The file holds something that this program does not understand.
    #[error("{0}")]
    Unreadable(Unreadable),
}

impl<E: Into<::redb::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Redb(Box::new(error.into()))
    }
}

impl From<Trouble> for PortFault {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Redb(error) if !matches!(*error, ::redb::Error::Corrupted(_)) => {
                Self::unavailable(PORT, error)
            }
            trouble => Self::protocol(PORT, trouble),
        }
    }
}

/// All tables, open for writing.
pub(super) struct Tables<'t> {
    meta: Table<'t, &'static str, u64>,
    sessions: Table<'t, u128, RowColumns>,
    events: Table<'t, (u128, u64), &'static [u8]>,
    requests: Table<'t, (u128, u128), RequestColumns>,
    due: Table<'t, (i64, u128), ()>,
    audit_outbox: Table<'t, AuditKey, &'static [u8]>,
    nonces: Table<'t, &'static [u8; 32], i64>,
    claimed_by: Table<'t, &'static [u8; 32], u128>,
    nonce_ends: Table<'t, (i64, &'static [u8; 32]), ()>,
    changed: bool,
}

/// What the writer must know of a stored session.
struct Head {
    version: u64,
    revision: u64,
    due: Option<i64>,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            sessions: transaction.open_table(SESSIONS)?,
            events: transaction.open_table(EVENTS)?,
            requests: transaction.open_table(REQUESTS)?,
            due: transaction.open_table(DUE)?,
            audit_outbox: transaction.open_table(AUDIT_OUTBOX)?,
            nonces: transaction.open_table(NONCES)?,
            claimed_by: transaction.open_table(CLAIMED_BY)?,
            nonce_ends: transaction.open_table(NONCE_ENDS)?,
            changed: false,
        })
    }

    /// Whether there is anything to commit.
    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    /// Applies one change. An error spoils the transaction; whatever is merely refused has not touched it.
    pub(super) fn apply(&mut self, change: &Change) -> Result<Outcome, Trouble> {
        match change {
            Change::Open(row, record) => self.open_session(row, record),
            Change::Append(step) => self.append(step),
            Change::Forget(id) => self.forget(*id),
            Change::AckAudit(records) => self.ack_audit(records),
            Change::ClaimOnce {
                nonce,
                session,
                until,
                now,
            } => self.claim_once(nonce, *session, *until, *now),
            Change::Probe => self.probe(),
        }
    }

    fn head(&self, id: SessionId) -> Result<Option<Head>, Trouble> {
        let row = self.sessions.get(id.bits())?;
        Ok(row.map(|row| {
            let (version, revision, due, _) = row.value();
            Head {
                version,
                revision,
                due,
            }
        }))
    }

    fn open_session(&mut self, row: &Row, record: &StoredAudit) -> Result<Outcome, Trouble> {
        if let Some(stored) = self.sessions.get(row.id.bits())? {
            return Ok(Outcome::Opening(if stored.value().3 == row.session {
                Opening::Done
            } else {
                Opening::NameTaken
            }));
        }
        self.put(row, None)?;
        self.audit_outbox.insert(record.0, record.1.as_slice())?;
        Ok(Outcome::Opening(Opening::Done))
    }

    fn append(&mut self, step: &Step) -> Result<Outcome, Trouble> {
        let id = step.next.id;
        if let Some(answer) = self.answered(id, &step.idempotency_key)? {
            return Ok(Outcome::Appended(answer));
        }
        let head = match self.head(id)? {
            Some(head) if head.version == step.expected => head,
            _ => return Ok(Outcome::Appended(Appended::Conflict)),
        };
        if head.revision != step.revision_before {
            return Ok(Outcome::Refused(gap()));
        }
        self.put(&step.next, head.due)?;
        for (revision, event) in &step.events {
            self.events
                .insert((id.bits(), *revision), event.as_slice())?;
        }
        for (key, record) in &step.audit {
            self.audit_outbox.insert(*key, record.as_slice())?;
        }
        self.note_request(step)?;
        Ok(Outcome::Appended(Appended::Done))
    }

    fn answered(
        &self,
        id: SessionId,
        idempotency_key: &IdempotencyKey,
    ) -> Result<Option<Appended>, Trouble> {
        let Some(known) = self.requests.get((id.bits(), idempotency_key.id.bits()))? else {
            return Ok(None);
        };
        let (_, fingerprint, reply) = known.value();
        if fingerprint != idempotency_key.fingerprint.as_bytes() {
            return Ok(Some(Appended::Mismatch));
        }
        Ok(Some(Appended::Replayed(read(reply)?)))
    }

    fn put(&mut self, row: &Row, due_before: Option<i64>) -> Result<(), Trouble> {
        self.changed = true;
        let (id, due) = (row.id.bits(), row.due.map(Moment::millis));
        if due != due_before {
            if let Some(at) = due_before {
                self.due.remove((at, id))?;
            }
            if let Some(at) = due {
                self.due.insert((at, id), ())?;
            }
        }
        self.sessions
            .insert(id, (row.version, row.revision, due, row.session.as_slice()))?;
        Ok(())
    }

    fn note_request(&mut self, step: &Step) -> Result<(), Trouble> {
        let (id, version) = (step.next.id.bits(), step.next.version);
        let idempotency_key = (id, step.idempotency_key.id.bits());
        let answer = (
            version,
            step.idempotency_key.fingerprint.as_bytes(),
            step.reply.as_slice(),
        );
        self.requests.insert(idempotency_key, answer)?;
        if version % CLEARING == 0 {
            let late = |led_to: u64| led_to.saturating_add(REQUESTS_REMEMBERED) > version;
            let all = (id, 0)..=(id, u128::MAX);
            self.requests
                .retain_in(all, |_, (led_to, ..)| late(led_to))?;
        }
        Ok(())
    }

    fn forget(&mut self, id: SessionId) -> Result<Outcome, Trouble> {
        let Some(head) = self.head(id)? else {
            return Ok(Outcome::Done);
        };
        self.changed = true;
        let id = id.bits();
        if let Some(at) = head.due {
            self.due.remove((at, id))?;
        }
        self.events
            .retain_in((id, 0)..=(id, u64::MAX), |_, _| false)?;
        self.requests
            .retain_in((id, 0)..=(id, u128::MAX), |_, _| false)?;
        self.sessions.remove(id)?;
        Ok(Outcome::Done)
    }

    fn ack_audit(&mut self, records: &[AuditKey]) -> Result<Outcome, Trouble> {
        for record in records {
            self.changed |= self.audit_outbox.remove(*record)?.is_some();
        }
        Ok(Outcome::Done)
    }

    fn claim_once(
        &mut self,
        nonce: &Sha256,
        session: SessionId,
        until: Moment,
        now: Moment,
    ) -> Result<Outcome, Trouble> {
        self.drop_nonces_before(now)?;
        let (nonce, until) = (nonce.as_bytes(), until.millis());
        if let Some(first) = self.claimed_by.get(nonce)? {
            return Ok(Outcome::ClaimedFor(SessionId::from_bits(first.value())));
        }
        self.changed = true;
        self.nonces.insert(nonce, until)?;
        self.claimed_by.insert(nonce, session.bits())?;
        self.nonce_ends.insert((until, nonce), ())?;
        Ok(Outcome::ClaimedFor(session))
    }

    fn drop_nonces_before(&mut self, now: Moment) -> Result<(), Trouble> {
        let ended = (i64::MIN, &[0; 32])..(now.millis(), &[0; 32]);
        let mut nonces = Vec::new();
        for entry in self.nonce_ends.range(ended.clone())? {
            nonces.push(*entry?.0.value().1);
        }
        if nonces.is_empty() {
            return Ok(());
        }
        self.changed = true;
        for nonce in &nonces {
            self.nonces.remove(nonce)?;
            self.claimed_by.remove(nonce)?;
        }
        self.nonce_ends.retain_in(ended, |_, _| false)?;
        Ok(())
    }

    fn probe(&mut self) -> Result<Outcome, Trouble> {
        self.changed = true;
        let probes = self.meta.get("probes")?.map_or(0, |probes| probes.value());
        self.meta.insert("probes", probes.wrapping_add(1))?;
        Ok(Outcome::Done)
    }
}

/// Makes sure of the versions, and of all tables in a new file: readers cannot make them.
pub(super) fn prepare(database: &Database) -> Result<(), Trouble> {
    let transaction = database.begin_write()?;
    let mut tables = Tables::open(&transaction)?;
    for format in FORMATS {
        let found = tables.meta.get(format.name())?.map(|found| found.value());
        format
            .accept(found.unwrap_or_default())
            .map_err(Trouble::Unreadable)?;
        tables
            .meta
            .insert(format.name(), u64::from(format.version()))?;
    }
    drop(tables);
    // Also in a file that an earlier program made: it may lack a table.
    transaction.commit()?;
    Ok(())
}

pub(super) fn read<T: Stored>(row: &[u8]) -> Result<T, Trouble> {
    stored::read(row).map_err(Trouble::Unreadable)
}
