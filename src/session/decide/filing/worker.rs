//! What a worker may claim, and what its word is worth.

use super::{ask, entry, fail, file, lose_sight, postpone, tell};
use crate::id::{FilingId, WorkerId};
use crate::moment::Moment;
use crate::picture::{FilingFailure, FilingReason};
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{
    Errand, Filing, FilingOutcome, Finding, KnownBy, Lease, Reply, Stage, Target,
};
use std::time::Duration;

/// The durable intent: from here on the picture may be in the record. Asked again by the same worker for the same
/// attempt, it is the same claim, so that a lost reply does no harm.
pub(in crate::session::decide) fn begin(
    draft: &mut Draft,
    id: FilingId,
    worker: WorkerId,
    correlation: String,
) -> Result<Reply, Refusal> {
    let (now, span) = (draft.now, draft.next.limits.filing.lease);
    let filing = entry(draft, id)?;
    if let Stage::Sending(lease) = &filing.stage
        && lease.worker == worker
        && filing.correlations.last() == Some(&correlation)
    {
        return Ok(begun(lease));
    }
    if filing.errand(now) != Some(Errand::Post) {
        return Err(Refusal::PictureFixed);
    }
    let lease = claim(filing, worker, now, span);
    filing.tries += 1;
    filing.note_correlation(correlation);
    filing.stage = Stage::Sending(lease.clone());
    tell(draft, id)?;
    Ok(begun(&lease))
}

/// A look that begins now. What it finds counts only under this claim, so that no search from before the quiet
/// period's end is ever believed.
pub(in crate::session::decide) fn begin_look(
    draft: &mut Draft,
    id: FilingId,
    worker: WorkerId,
) -> Result<Reply, Refusal> {
    let (now, span) = (draft.now, draft.next.limits.filing.lease);
    let filing = entry(draft, id)?;
    if filing.errand(now) != Some(Errand::Look) {
        return Err(Refusal::PictureFixed);
    }
    let lease = claim(filing, worker, now, span);
    if let Stage::Unknown(search) = &mut filing.stage {
        search.looking = Some(lease.clone());
    }
    draft.touched = true;
    Ok(begun(&lease))
}

fn claim(filing: &mut Filing, worker: WorkerId, now: Moment, span: Duration) -> Lease {
    filing.fence += 1;
    Lease {
        fence: filing.fence,
        worker,
        since: now,
        until: now.plus(span),
    }
}

fn begun(lease: &Lease) -> Reply {
    Reply::Begun {
        fence: lease.fence,
        until: lease.until,
    }
}

/// What came of a post. A word that comes late, under a claim that holds no longer, counts only when it is "filed".
pub(in crate::session::decide) fn conclude(
    draft: &mut Draft,
    (id, target, fence): (FilingId, Target, u64),
    outcome: FilingOutcome,
    jitter: u16,
) -> Result<Reply, Refusal> {
    if let FilingOutcome::Filed { record } = outcome {
        file(draft, id, target, KnownBy::Answer(record))?;
        return Ok(Reply::Done);
    }
    let filing = entry(draft, id)?;
    let tries = filing.tries;
    match &filing.stage {
        Stage::Sending(lease) if lease.fence == fence => {}
        _ => return Ok(Reply::Done),
    }
    match outcome {
        FilingOutcome::Filed { .. } => {}
        FilingOutcome::Failed(failure) => fail(draft, id, failure)?,
        FilingOutcome::Later { failure, after } => {
            let rules = &draft.next.limits.filing;
            let until = rules.next_try(draft.now, tries, jitter, after);
            postpone(draft, id, failure, until)?;
        }
        FilingOutcome::Unknown(failure) => lose_sight(draft, id, failure)?,
    }
    Ok(Reply::Done)
}

/// What came of a look.
pub(in crate::session::decide) fn conclude_look(
    draft: &mut Draft,
    (id, target, fence): (FilingId, Target, u64),
    finding: Finding,
    jitter: u16,
) -> Result<Reply, Refusal> {
    if let Finding::Found { record } = finding {
        file(draft, id, target, KnownBy::ReadBack(record))?;
        return Ok(Reply::Done);
    }
    let rules = draft.next.limits.filing.clone();
    let now = draft.now;
    let filing = entry(draft, id)?;
    let tries = filing.tries;
    let Stage::Unknown(search) = &mut filing.stage else {
        return Ok(Reply::Done);
    };
    if search.looking.as_ref().map(|lease| lease.fence) != Some(fence) {
        return Ok(Reply::Done);
    }
    search.looking = None;
    match finding {
        Finding::Found { .. } => {}
        Finding::Absent(failure) => {
            search.absences += 1;
            search.look_at = now.plus(rules.second_look);
            if search.absences >= rules.absences {
                filing.outcomes += 1;
                let until = rules.next_try(now, tries, jitter, None);
                postpone(draft, id, failure, until)?;
            }
        }
        Finding::Away(failure) => {
            search.vain += 1;
            search.look_at = rules.next_try(now, search.vain, jitter, None);
            if search.vain >= rules.looks {
                // Of the search, away is true; of the picture, that nobody knows.
                let reason = FilingReason::CannotLook;
                ask(draft, id, FilingFailure { reason, ..failure })?;
            }
        }
        Finding::CannotTell(failure) => ask(draft, id, failure)?,
    }
    draft.touched = true;
    Ok(Reply::Done)
}

/// The ledger has the first `outcomes` outcomes of this entry.
pub(in crate::session::decide) fn recorded(
    draft: &mut Draft,
    id: FilingId,
    outcomes: u32,
) -> Result<Reply, Refusal> {
    let filing = entry(draft, id)?;
    let known = outcomes.min(filing.outcomes);
    if known > filing.recorded {
        filing.recorded = known;
        draft.touched = true;
    }
    Ok(Reply::Done)
}
