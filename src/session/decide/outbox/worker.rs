//! What a worker may claim under a lease, and which of its outcomes count under which fencing token.

use super::{
    emit_state_changes, entry, fail, mark_filed, mark_unknown, postpone, require_manual_check,
};
use crate::id::{OutboxEntryId, WorkerId};
use crate::moment::Moment;
use crate::outbox::{Lease, OutboxEntry, OutboxState, OutboxTask};
use crate::picture::{FilingFailure, FilingReason};
use crate::record::{KnownBy, Target};
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{BeginLookup, BeginSubmit, Begun, Done, Finding, SubmitOutcome};
use std::time::Duration;

/// Claims an entry to post it. This is the durable intent: from here on the picture may be in the record. The claim is
/// idempotent: the same worker gets the same one for the same attempt, so that a lost reply does no harm.
pub(in crate::session::decide) fn begin_submit(
    draft: &mut Draft,
    begin: BeginSubmit,
) -> Result<Begun, Refusal> {
    let BeginSubmit {
        entry: id,
        worker,
        correlation,
    } = begin;
    let (now, span) = (draft.now, draft.next.limits.outbox.lease);
    let entry = entry(draft, id)?;
    if let OutboxState::Sending(lease) = &entry.state
        && lease.worker == worker
        && entry.correlations.last() == Some(&correlation)
    {
        return Ok(begun(lease));
    }
    if entry.due_task(now) != Some(OutboxTask::Submit) {
        return Err(Refusal::PictureFixed);
    }
    let lease = claim(entry, worker, now, span);
    entry.tries += 1;
    entry.note_correlation(correlation);
    entry.state = OutboxState::Sending(lease.clone());
    emit_state_changes(draft, id)?;
    Ok(begun(&lease))
}

/// Claims an entry to look it up. What the search finds counts only under this claim, so that a search that began before
/// the end of the settle period is never believed.
pub(in crate::session::decide) fn begin_lookup(
    draft: &mut Draft,
    begin: BeginLookup,
) -> Result<Begun, Refusal> {
    let BeginLookup { entry: id, worker } = begin;
    let (now, span) = (draft.now, draft.next.limits.outbox.lease);
    let entry = entry(draft, id)?;
    if entry.due_task(now) != Some(OutboxTask::Reconcile) {
        return Err(Refusal::PictureFixed);
    }
    let lease = claim(entry, worker, now, span);
    if let OutboxState::Unknown(reconciliation) = &mut entry.state {
        reconciliation.lease = Some(lease.clone());
    }
    draft.touched = true;
    Ok(begun(&lease))
}

fn claim(entry: &mut OutboxEntry, worker: WorkerId, now: Moment, span: Duration) -> Lease {
    entry.fencing_token += 1;
    Lease {
        fencing_token: entry.fencing_token,
        worker,
        since: now,
        until: now.plus(span),
    }
}

fn begun(lease: &Lease) -> Begun {
    Begun {
        fencing_token: lease.fencing_token,
        until: lease.until,
    }
}

/// Takes the outcome of a post. Under a claim that is no longer the last, it counts only when it is "filed".
pub(in crate::session::decide) fn conclude_submit(
    draft: &mut Draft,
    (id, target, fencing_token): (OutboxEntryId, Target, u64),
    outcome: SubmitOutcome,
    jitter: u16,
) -> Result<Done, Refusal> {
    if let SubmitOutcome::Filed { record } = outcome {
        mark_filed(draft, id, target, KnownBy::Answer(record))?;
        return Ok(Done);
    }
    let entry = entry(draft, id)?;
    let tries = entry.tries;
    match &entry.state {
        OutboxState::Sending(lease) if lease.fencing_token == fencing_token => {}
        _ => return Ok(Done),
    }
    match outcome {
        SubmitOutcome::Filed { .. } => {}
        SubmitOutcome::Failed(failure) => fail(draft, id, failure)?,
        SubmitOutcome::Later { failure, after } => {
            let rules = &draft.next.limits.outbox;
            let until = rules.next_try(draft.now, tries, jitter, after);
            postpone(draft, id, failure, until)?;
        }
        SubmitOutcome::Unknown(failure) => mark_unknown(draft, id, failure)?,
    }
    Ok(Done)
}

/// Takes the outcome of a search, under the claim of that search.
pub(in crate::session::decide) fn conclude_lookup(
    draft: &mut Draft,
    (id, target, fencing_token): (OutboxEntryId, Target, u64),
    finding: Finding,
    jitter: u16,
) -> Result<Done, Refusal> {
    if let Finding::Found { record } = finding {
        mark_filed(draft, id, target, KnownBy::ReadBack(record))?;
        return Ok(Done);
    }
    let rules = draft.next.limits.outbox.clone();
    let now = draft.now;
    let entry = entry(draft, id)?;
    let tries = entry.tries;
    let OutboxState::Unknown(reconciliation) = &mut entry.state else {
        return Ok(Done);
    };
    if reconciliation
        .lease
        .as_ref()
        .map(|lease| lease.fencing_token)
        != Some(fencing_token)
    {
        return Ok(Done);
    }
    reconciliation.lease = None;
    match finding {
        Finding::Found { .. } => {}
        Finding::Absent(failure) => {
            reconciliation.not_found += 1;
            reconciliation.next_lookup_at = now.plus(rules.recheck_after);
            if reconciliation.not_found >= rules.not_found_required {
                entry.outcomes += 1;
                let until = rules.next_try(now, tries, jitter, None);
                postpone(draft, id, failure, until)?;
            }
        }
        Finding::Unavailable(failure) => {
            reconciliation.failed_lookups += 1;
            reconciliation.next_lookup_at =
                rules.next_try(now, reconciliation.failed_lookups, jitter, None);
            if reconciliation.failed_lookups >= rules.max_lookups {
                // The failure is the search's; what the person must know is that the program cannot look it up.
                let reason = FilingReason::CannotLook;
                require_manual_check(draft, id, FilingFailure { reason, ..failure })?;
            }
        }
        Finding::CannotTell(failure) => require_manual_check(draft, id, failure)?,
    }
    draft.touched = true;
    Ok(Done)
}

/// The ledger has the first `outcomes` outcomes of this entry.
pub(in crate::session::decide) fn ledger_updated(
    draft: &mut Draft,
    id: OutboxEntryId,
    outcomes: u32,
) -> Result<Done, Refusal> {
    let entry = entry(draft, id)?;
    let known = outcomes.min(entry.outcomes);
    if known > entry.recorded {
        entry.recorded = known;
        draft.touched = true;
    }
    Ok(Done)
}
