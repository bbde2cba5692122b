//! The transactional outbox: how an entry, one picture or a document of several, goes from a commit to its true outcome.
//!
//! ```text
//! commit ─► queued ─claim─► sending ─2xx with id─► filed
//!             ▲  ▲             ├─ definite no ─► failed, or queued with backoff
//!             │  │             └─ anything else, or the lease expires ─► unknown
//!             │  └ absent twice ─ unknown ─ found, patient and bytes agree ─► filed
//!             │                     └─ cannot be found out ─► needs check
//!             └── a person: not there ─┘ a person: it is there ─► filed
//! ```
//!
//! A failed document whose pages are committed in another way is replaced: it is never posted again.
//!
//! Four rules keep a picture from being filed twice, and `tests/exploration` checks each. The claim is stored before the
//! first byte goes out. Only the holder of the last claim, known by its fencing token, moves an entry; any other outcome
//! counts only when it is "filed". A lease that expires leads to unknown, never to a post. And an entry counts as absent
//! only when two searches that began after the settle period did not find it.

mod commit;
mod enqueue;
mod group_documents;
mod manual_resolution;
mod worker;

pub(super) use commit::commit;
pub(super) use manual_resolution::resolve_manually;
pub(super) use worker::{
    begin_lookup, begin_submit, conclude_lookup, conclude_submit, ledger_updated,
};

use super::Draft;
use crate::id::{OutboxEntryId, PictureId};
use crate::moment::Moment;
use crate::outbox::{OutboxEntry, OutboxState, Reconciliation};
use crate::picture::{FilingFailure, FilingReason, PictureState};
use crate::record::{KnownBy, Record, Target};
use crate::refusal::Refusal;
use crate::session::Event;

fn entry(draft: &mut Draft, id: OutboxEntryId) -> Result<&mut OutboxEntry, Refusal> {
    let entry = draft.next.outbox.get_mut(&id);
    entry.ok_or(Refusal::PictureUnknown)
}

/// It is in the record. This is true whoever reports it, and whenever.
fn mark_filed(
    draft: &mut Draft,
    id: OutboxEntryId,
    target: Target,
    known_by: KnownBy,
) -> Result<(), Refusal> {
    let now = draft.now;
    let entry = entry(draft, id)?;
    let record = Record {
        target,
        at: now,
        known_by,
    };
    let named = record.id();
    let ids = entry.records.iter().filter_map(Record::id);
    let mut known = ids.chain(entry.duplicates.iter().map(String::as_str));
    if named.is_some_and(|id| known.any(|known| known == id)) {
        return Ok(());
    }
    entry.outcomes += 1;
    let seen = |known: &&mut Record| known.target == target && known.known_by == KnownBy::Person;
    if let Some(known) = entry.records.iter_mut().find(seen) {
        // A person saw it before its id was known.
        *known = record;
    } else if entry.target() == Some(target) && entry.state != OutboxState::Replaced {
        entry.targets.remove(0);
        entry.records.push(record);
    } else {
        entry.duplicates.extend(record.id().map(str::to_owned));
        draft.touched = true;
        return Ok(());
    }
    if entry.targets.is_empty() {
        entry.state = OutboxState::Filed;
    } else {
        entry.tries = 0;
        entry.state = OutboxState::due_at(now);
    }
    emit_state_changes(draft, id)
}

/// A person says that it is not in the record, so it may be posted, now and with all its tries.
fn requeue(draft: &mut Draft, id: OutboxEntryId) -> Result<(), Refusal> {
    let now = draft.now;
    let entry = entry(draft, id)?;
    entry.tries = 0;
    entry.state = OutboxState::due_at(now);
    emit_state_changes(draft, id)
}

/// It certainly is not in the record. Tried again at `until` while tries are left.
fn postpone(
    draft: &mut Draft,
    id: OutboxEntryId,
    failure: FilingFailure,
    until: Moment,
) -> Result<(), Refusal> {
    let tries = draft.next.limits.outbox.tries;
    let entry = entry(draft, id)?;
    if entry.tries >= tries {
        return fail(draft, id, failure);
    }
    entry.state = OutboxState::Queued {
        not_before: until,
        failure: Some(failure),
    };
    emit_state_changes(draft, id)
}

/// It certainly is not in the record, and only a person can have it tried again.
fn fail(draft: &mut Draft, id: OutboxEntryId, failure: FilingFailure) -> Result<(), Refusal> {
    let entry = entry(draft, id)?;
    entry.outcomes += 1;
    entry.state = OutboxState::Failed(failure);
    emit_state_changes(draft, id)
}

/// The outcome is unknown. The first search comes after the settle period.
fn mark_unknown(
    draft: &mut Draft,
    id: OutboxEntryId,
    failure: FilingFailure,
) -> Result<(), Refusal> {
    let (since, next_lookup_at) = (
        draft.now,
        draft.now.plus(draft.next.limits.outbox.settle_period),
    );
    let entry = entry(draft, id)?;
    entry.outcomes += 1;
    entry.state = OutboxState::Unknown(Reconciliation {
        since,
        not_found: 0,
        failed_lookups: 0,
        failure,
        next_lookup_at,
        lease: None,
    });
    emit_state_changes(draft, id)
}

/// The program cannot find out whether it is in the record: a person has to check.
fn require_manual_check(
    draft: &mut Draft,
    id: OutboxEntryId,
    failure: FilingFailure,
) -> Result<(), Refusal> {
    let now = draft.now;
    let entry = entry(draft, id)?;
    let sent = match &entry.state {
        OutboxState::Unknown(reconciliation) => reconciliation.since,
        _ => now,
    };
    entry.outcomes += 1;
    entry.state = OutboxState::NeedsCheck { failure, sent };
    emit_state_changes(draft, id)
}

/// Emits the events for the pictures of an entry that changed.
fn emit_state_changes(draft: &mut Draft, id: OutboxEntryId) -> Result<(), Refusal> {
    let pictures: Vec<PictureId> = entry(draft, id)?.pictures().collect();
    emit_state_changes_of(draft, &pictures);
    Ok(())
}

/// Emits an event for each of these pictures whose aggregated state has changed.
fn emit_state_changes_of(draft: &mut Draft, pictures: &[PictureId]) {
    draft.touched = true;
    let mut queued = Vec::new();
    for id in pictures {
        let (session, view) = (&draft.next, &draft.next.view);
        let Some((picture, state)) = view.picture(*id).zip(session.state_of(*id)) else {
            continue;
        };
        if picture.state == state {
            continue;
        }
        if state == PictureState::Queued {
            queued.push(*id);
        } else if let Some(event) = Event::of_filing(*id, state) {
            draft.happened(event);
        }
    }
    if !queued.is_empty() {
        draft.happened(Event::FilingQueued { pictures: queued });
    }
}

/// Expires leases: their holders are gone or too slow and may have posted, so the outcomes are unknown.
pub(super) fn expire_leases(draft: &mut Draft) {
    let now = draft.now;
    let held = |entry: &OutboxEntry| match &entry.state {
        OutboxState::Sending(lease) => now >= lease.until,
        _ => false,
    };
    let entries = draft.next.outbox.iter();
    let over: Vec<OutboxEntryId> = entries
        .filter(|(_, entry)| held(entry))
        .map(|(id, _)| *id)
        .collect();
    for id in over {
        let failure = FilingFailure {
            reason: FilingReason::NoAnswer,
            technical: "the server stopped between sending and hearing the answer".into(),
        };
        // The entry was found a line above.
        let _ = mark_unknown(draft, id, failure);
    }
}
