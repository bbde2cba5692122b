//! Filing: what a commit takes, and how one picture goes from queued to an outcome that is true.
//!
//! `queued → sending` is the durable intent: it is stored before the first byte goes out, and only one writer can
//! append it. From `sending` only an outcome leads on, and an outcome that nobody knows is never turned into a second
//! post by this program.

use super::Draft;
use crate::id::PictureId;
use crate::picture::{FilingFailure, FilingReason, PictureState};
use crate::refusal::Refusal;
use crate::session::{Event, FilingOutcome, Reply, Seen};

pub(super) fn commit(
    draft: &mut Draft,
    mut pictures: Vec<PictureId>,
    seen: Seen,
) -> Result<Reply, Refusal> {
    pictures.sort_unstable();
    pictures.dedup();
    if pictures.is_empty() {
        return Err(Refusal::NothingChosen);
    }
    let view = &draft.next.view;
    if seen.patient != view.launch.patient.fingerprint() {
        return Err(Refusal::OtherPatient);
    }
    let mut fresh = Vec::new();
    let mut lacking = 0;
    for id in pictures {
        let picture = view.picture(id).ok_or(Refusal::Stale)?;
        match &picture.state {
            // A second press, or a second tab: this one is under way or done already.
            PictureState::Queued | PictureState::Sending | PictureState::Filed { .. } => continue,
            state if !state.can_commit() => return Err(Refusal::Stale),
            _ => {}
        }
        if picture.revision > seen.revision {
            return Err(Refusal::Stale);
        }
        lacking += usize::from(picture.details.missing().is_some());
        fresh.push(id);
    }
    if lacking > 0 {
        return Err(Refusal::DetailsMissing { count: lacking });
    }
    if !fresh.is_empty() {
        draft.happened(Event::FilingQueued { pictures: fresh });
    }
    Ok(Reply::Done)
}

pub(super) fn begin(draft: &mut Draft, picture: PictureId) -> Result<Reply, Refusal> {
    match draft
        .next
        .view
        .picture(picture)
        .map(|picture| &picture.state)
    {
        Some(PictureState::Queued) => {}
        _ => return Err(Refusal::PictureFixed),
    }
    draft.next.sending_since.insert(picture, draft.now);
    draft.happened(Event::FilingBegan { picture });
    Ok(Reply::Done)
}

pub(super) fn conclude(
    draft: &mut Draft,
    picture: PictureId,
    outcome: FilingOutcome,
) -> Result<Reply, Refusal> {
    let state = draft
        .next
        .view
        .picture(picture)
        .map(|picture| &picture.state);
    let late_but_true = matches!(
        (state, &outcome),
        (
            Some(PictureState::Unknown { .. }),
            FilingOutcome::Filed { .. }
        )
    );
    if state != Some(&PictureState::Sending) && !late_but_true {
        return Err(Refusal::PictureFixed);
    }
    draft.next.sending_since.remove(&picture);
    let at = draft.now;
    draft.happened(match outcome {
        FilingOutcome::Filed { record } => Event::Filed {
            picture,
            record,
            at,
        },
        FilingOutcome::Failed(failure) => Event::FilingFailed { picture, failure },
        FilingOutcome::Unknown(failure) => Event::FilingUnknown { picture, failure },
    });
    Ok(Reply::Done)
}

/// A person looked into Medtech: the only way on for a picture whose fate the program cannot know.
pub(super) fn settle(
    draft: &mut Draft,
    picture: PictureId,
    present: bool,
) -> Result<Reply, Refusal> {
    let state = draft
        .next
        .view
        .picture(picture)
        .map(|picture| picture.state.clone());
    let Some(PictureState::Unknown { failure }) = state else {
        return Err(Refusal::Stale);
    };
    let at = draft.now;
    draft.happened(if present {
        Event::Filed {
            picture,
            record: "seen in Medtech".into(),
            at,
        }
    } else {
        Event::FilingFailed { picture, failure }
    });
    Ok(Reply::Done)
}

/// Pictures whose answer is overdue: the server that sent them is gone, and the gateway has given up by now.
pub(super) fn give_up_waiting(draft: &mut Draft) {
    let patience = draft.next.limits.filing_patience;
    let now = draft.now;
    let overdue: Vec<PictureId> = draft
        .next
        .sending_since
        .iter()
        .filter(|(_, since)| now >= since.plus(patience))
        .map(|(picture, _)| *picture)
        .collect();
    for picture in overdue {
        draft.next.sending_since.remove(&picture);
        let failure = FilingFailure {
            reason: FilingReason::NoAnswer,
            technical: "the server stopped between sending and hearing the answer".into(),
        };
        draft.happened(Event::FilingUnknown { picture, failure });
    }
}
