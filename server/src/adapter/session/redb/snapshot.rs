//! Reads from a snapshot of the file: whoever reads waits for no writer.

use super::tables::{AUDIT_OUTBOX, DUE, EVENTS, SESSIONS, Trouble, read};
use ::redb::{ReadTransaction, ReadableTable as _};
use clinical_images::audit::AuditRecord;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::session::{Event, SequencedEvent, Session};
use std::ops::Bound;

pub(super) fn load(snapshot: &ReadTransaction, id: SessionId) -> Result<Option<Session>, Trouble> {
    let row = snapshot.open_table(SESSIONS)?.get(id.bits())?;
    row.map(|row| read(row.value().3)).transpose()
}

pub(super) fn events_after(
    snapshot: &ReadTransaction,
    id: SessionId,
    revision: u64,
) -> Result<Option<Vec<SequencedEvent>>, Trouble> {
    let id = id.bits();
    if snapshot.open_table(SESSIONS)?.get(id)?.is_none() {
        return Ok(None);
    }
    let Some(first) = revision.checked_add(1) else {
        return Ok(Some(Vec::new()));
    };
    let mut events = Vec::new();
    for entry in snapshot
        .open_table(EVENTS)?
        .range((id, first)..=(id, u64::MAX))?
    {
        let (key, event) = entry?;
        events.push(SequencedEvent {
            revision: key.value().1,
            event: read::<Event>(event.value())?,
        });
    }
    Ok(Some(events))
}

pub(super) fn due(
    snapshot: &ReadTransaction,
    now: Moment,
    most: usize,
) -> Result<Vec<SessionId>, Trouble> {
    let due = snapshot
        .open_table(DUE)?
        .range((i64::MIN, 0)..=(now.millis(), u128::MAX))?;
    due.take(most)
        .map(|entry| Ok(SessionId::from_bits(entry?.0.value().1)))
        .collect()
}

pub(super) fn pending_audit(
    snapshot: &ReadTransaction,
    most: usize,
) -> Result<Vec<AuditRecord>, Trouble> {
    let records = snapshot.open_table(AUDIT_OUTBOX)?;
    records
        .iter()?
        .take(most)
        .map(|entry| read(entry?.1.value()))
        .collect()
}

pub(super) fn sessions(
    snapshot: &ReadTransaction,
    after: Option<SessionId>,
    most: usize,
) -> Result<Vec<SessionId>, Trouble> {
    let begin = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.bits()));
    let rest = snapshot
        .open_table(SESSIONS)?
        .range((begin, Bound::Unbounded))?;
    rest.take(most)
        .map(|row| Ok(SessionId::from_bits(row?.0.value())))
        .collect()
}
