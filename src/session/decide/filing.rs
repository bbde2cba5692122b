//! Filing: how an entry of the outbox, one picture or a document of several, goes from a commit to an outcome that is true.
//!
//! ```text
//! commit ─► queued ─claim─► sending ─2xx with id─► filed
//!             ▲  ▲             ├─ definite no ─► failed, or queued for later
//!             │  │             └─ anything else, or the lease is over ─► unknown
//!             │  └ absent twice ─ unknown ─ found, patient and bytes agree ─► filed
//!             │                     └─ cannot be found out ─► needs check
//!             └── a person: not there ─┘ a person: it is there ─► filed
//! ```
//!
//! A failed document whose pages are committed otherwise is replaced: it is never posted again.
//!
//! Four rules keep a picture from being filed twice, and each is looked for in `tests/exploration`. The claim is
//! stored before the first byte goes out. Only the holder of the last claim moves an entry; anybody else's word
//! counts only when it is "filed". A claim that runs out leads to unknown, never to a post. And absence is believed
//! only when it was seen by searches that began after a quiet period, twice.

mod bind;
mod commit;
mod person;
mod worker;

pub(super) use commit::commit;
pub(super) use person::settle;
pub(super) use worker::{begin, begin_look, conclude, conclude_look, recorded};

use super::Draft;
use crate::id::{FilingId, PictureId};
use crate::moment::Moment;
use crate::picture::{FilingFailure, FilingReason, PictureState};
use crate::refusal::Refusal;
use crate::session::{Event, Filing, KnownBy, Record, Search, Stage, Target};

fn entry(draft: &mut Draft, id: FilingId) -> Result<&mut Filing, Refusal> {
    let entry = draft.next.filings.get_mut(&id);
    entry.ok_or(Refusal::PictureUnknown)
}

/// It is in the record. True whoever says so and whenever it is heard.
fn file(draft: &mut Draft, id: FilingId, target: Target, known_by: KnownBy) -> Result<(), Refusal> {
    let now = draft.now;
    let filing = entry(draft, id)?;
    let record = Record {
        target,
        at: now,
        known_by,
    };
    let named = record.id();
    let ids = filing.records.iter().filter_map(Record::id);
    let mut known = ids.chain(filing.spare.iter().map(String::as_str));
    if named.is_some_and(|id| known.any(|known| known == id)) {
        return Ok(());
    }
    filing.outcomes += 1;
    let seen = |known: &&mut Record| known.target == target && known.known_by == KnownBy::Person;
    if let Some(known) = filing.records.iter_mut().find(seen) {
        // A person saw it before its id was heard.
        *known = record;
    } else if filing.target() == Some(target) && filing.stage != Stage::Replaced {
        filing.targets.remove(0);
        filing.records.push(record);
    } else {
        filing.spare.extend(record.id().map(str::to_owned));
        draft.touched = true;
        return Ok(());
    }
    if filing.targets.is_empty() {
        filing.stage = Stage::Filed;
    } else {
        filing.tries = 0;
        filing.stage = Stage::due_at(now);
    }
    tell(draft, id)
}

/// A person says that it is not in the record, so it may be posted, now and with all its tries.
fn queue(draft: &mut Draft, id: FilingId) -> Result<(), Refusal> {
    let now = draft.now;
    let filing = entry(draft, id)?;
    filing.tries = 0;
    filing.stage = Stage::due_at(now);
    tell(draft, id)
}

/// It certainly is not in the record. Tried again at `until` while tries are left.
fn postpone(
    draft: &mut Draft,
    id: FilingId,
    failure: FilingFailure,
    until: Moment,
) -> Result<(), Refusal> {
    let tries = draft.next.limits.filing.tries;
    let filing = entry(draft, id)?;
    if filing.tries >= tries {
        return fail(draft, id, failure);
    }
    filing.stage = Stage::Queued {
        not_before: until,
        failure: Some(failure),
    };
    tell(draft, id)
}

/// It certainly is not in the record, and only a person can have it tried again.
fn fail(draft: &mut Draft, id: FilingId, failure: FilingFailure) -> Result<(), Refusal> {
    let filing = entry(draft, id)?;
    filing.outcomes += 1;
    filing.stage = Stage::Failed(failure);
    tell(draft, id)
}

/// Nobody knows, and for the quiet period nobody tries to find out.
fn lose_sight(draft: &mut Draft, id: FilingId, failure: FilingFailure) -> Result<(), Refusal> {
    let (since, look_at) = (draft.now, draft.now.plus(draft.next.limits.filing.quiet));
    let filing = entry(draft, id)?;
    filing.outcomes += 1;
    filing.stage = Stage::Unknown(Search {
        since,
        absences: 0,
        vain: 0,
        failure,
        look_at,
        looking: None,
    });
    tell(draft, id)
}

/// The program cannot find out.
fn ask(draft: &mut Draft, id: FilingId, failure: FilingFailure) -> Result<(), Refusal> {
    let now = draft.now;
    let filing = entry(draft, id)?;
    let sent = match &filing.stage {
        Stage::Unknown(search) => search.since,
        _ => now,
    };
    filing.outcomes += 1;
    filing.stage = Stage::NeedsCheck { failure, sent };
    tell(draft, id)
}

/// Tells the surfaces what an entry's change means for its pictures.
fn tell(draft: &mut Draft, id: FilingId) -> Result<(), Refusal> {
    let pictures: Vec<PictureId> = entry(draft, id)?.pictures().collect();
    tell_of(draft, &pictures);
    Ok(())
}

/// Tells the surfaces how these pictures stand, where that is not what they show already.
fn tell_of(draft: &mut Draft, pictures: &[PictureId]) {
    draft.touched = true;
    let mut queued = Vec::new();
    for id in pictures {
        let (session, view) = (&draft.next, &draft.next.view);
        let Some((picture, state)) = view.picture(*id).zip(session.standing(*id)) else {
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

/// Claims that ran out: whoever held them is gone or too slow, and may have posted.
pub(super) fn take_over(draft: &mut Draft) {
    let now = draft.now;
    let held = |filing: &Filing| match &filing.stage {
        Stage::Sending(lease) => now >= lease.until,
        _ => false,
    };
    let filings = draft.next.filings.iter();
    let over: Vec<FilingId> = filings
        .filter(|(_, filing)| held(filing))
        .map(|(id, _)| *id)
        .collect();
    for id in over {
        let failure = FilingFailure {
            reason: FilingReason::NoAnswer,
            technical: "the server stopped between sending and hearing the answer".into(),
        };
        // The entry was found a line above.
        let _ = lose_sight(draft, id, failure);
    }
}
