//! Filing: how one picture goes from a commit to an outcome that is true.
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
//! Four rules keep a picture from being filed twice, and each is looked for in `tests/exploration`. The claim is
//! stored before the first byte goes out. Only the holder of the last claim moves a picture; anybody else's word
//! counts only when it is "filed". A claim that runs out leads to unknown, never to a post. And absence is believed
//! only when it was seen by searches that began after a quiet period, twice.

mod commit;
mod person;
mod worker;

pub(super) use commit::commit;
pub(super) use person::settle;
pub(super) use worker::{begin, begin_look, conclude, conclude_look, recorded};

use super::Draft;
use crate::id::PictureId;
use crate::moment::Moment;
use crate::picture::{FilingFailure, FilingReason};
use crate::refusal::Refusal;
use crate::session::{Event, Filing, KnownBy, Record, Search, Stage, Target};

fn entry(draft: &mut Draft, picture: PictureId) -> Result<&mut Filing, Refusal> {
    draft
        .next
        .filings
        .get_mut(&picture)
        .ok_or(Refusal::PictureUnknown)
}

/// It is in the record. True whoever says so and whenever it is heard.
fn file(
    draft: &mut Draft,
    picture: PictureId,
    target: Target,
    known_by: KnownBy,
) -> Result<(), Refusal> {
    let at = draft.now;
    let filing = entry(draft, picture)?;
    let record = Record {
        target,
        at,
        known_by,
    };
    let id = record.id();
    let ids = filing.records.iter().filter_map(Record::id);
    let mut known = ids.chain(filing.spare.iter().map(String::as_str));
    if id.is_some_and(|id| known.any(|known| known == id)) {
        return Ok(());
    }
    filing.outcomes += 1;
    let seen = |known: &&mut Record| known.target == target && known.known_by == KnownBy::Person;
    if let Some(known) = filing.records.iter_mut().find(seen) {
        // A person saw it before its id was heard.
        *known = record;
    } else if filing.target() == Some(target) {
        filing.targets.remove(0);
        filing.records.push(record);
    } else {
        filing.spare.extend(record.id().map(str::to_owned));
        draft.touched = true;
        return Ok(());
    }
    if !filing.targets.is_empty() {
        return queue(draft, picture);
    }
    filing.stage = Stage::Filed;
    let records = filing.records.clone();
    draft.happened(Event::Filed {
        picture,
        records,
        at,
    });
    Ok(())
}

/// It is not in the record for this target, so it may be posted, now and with all its tries.
fn queue(draft: &mut Draft, picture: PictureId) -> Result<(), Refusal> {
    let not_before = draft.now;
    let filing = entry(draft, picture)?;
    filing.tries = 0;
    filing.stage = Stage::Queued { not_before };
    draft.happened(Event::FilingQueued {
        pictures: vec![picture],
    });
    Ok(())
}

/// It certainly is not in the record. Tried again at `until` while tries are left.
fn postpone(
    draft: &mut Draft,
    picture: PictureId,
    failure: FilingFailure,
    until: Moment,
) -> Result<(), Refusal> {
    let tries = draft.next.limits.filing.tries;
    let filing = entry(draft, picture)?;
    if filing.tries >= tries {
        return fail(draft, picture, failure);
    }
    filing.stage = Stage::Queued { not_before: until };
    draft.happened(Event::FilingPostponed {
        picture,
        failure,
        until,
    });
    Ok(())
}

/// It certainly is not in the record, and only a person can have it tried again.
fn fail(draft: &mut Draft, picture: PictureId, failure: FilingFailure) -> Result<(), Refusal> {
    let filing = entry(draft, picture)?;
    filing.outcomes += 1;
    filing.stage = Stage::Failed;
    draft.happened(Event::FilingFailed { picture, failure });
    Ok(())
}

/// Nobody knows, and for the quiet period nobody tries to find out.
fn lose_sight(
    draft: &mut Draft,
    picture: PictureId,
    failure: FilingFailure,
) -> Result<(), Refusal> {
    let (since, look_at) = (draft.now, draft.now.plus(draft.next.limits.filing.quiet));
    let filing = entry(draft, picture)?;
    filing.outcomes += 1;
    filing.stage = Stage::Unknown(Search {
        since,
        absences: 0,
        vain: 0,
        look_at,
        looking: None,
    });
    draft.happened(Event::FilingUnknown { picture, failure });
    Ok(())
}

/// The program cannot find out.
fn ask(draft: &mut Draft, picture: PictureId, failure: FilingFailure) -> Result<(), Refusal> {
    let now = draft.now;
    let filing = entry(draft, picture)?;
    let sent = match &filing.stage {
        Stage::Unknown(search) => search.since,
        _ => now,
    };
    filing.outcomes += 1;
    filing.stage = Stage::NeedsCheck;
    draft.happened(Event::FilingNeedsCheck {
        picture,
        failure,
        sent,
    });
    Ok(())
}

/// Claims that ran out: whoever held them is gone or too slow, and may have posted.
pub(super) fn take_over(draft: &mut Draft) {
    let now = draft.now;
    let held = |filing: &Filing| match &filing.stage {
        Stage::Sending(lease) => now >= lease.until,
        _ => false,
    };
    let over: Vec<PictureId> = draft
        .next
        .filings
        .iter()
        .filter(|(_, filing)| held(filing))
        .map(|(picture, _)| *picture)
        .collect();
    for picture in over {
        let failure = FilingFailure {
            reason: FilingReason::NoAnswer,
            technical: "the server stopped between sending and hearing the answer".into(),
        };
        // The entry was found a line above.
        let _ = lose_sight(draft, picture, failure);
    }
}
