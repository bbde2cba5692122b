//! A commit: enqueues exactly the named pictures, as the GP saw them, for the patient whom the GP saw.

use super::enqueue::{enqueue, missing_targets};
use super::{emit_state_changes_of, group_documents};
use crate::id::{OutboxEntryId, PictureId};
use crate::outbox::{OutboxEntry, OutboxState};
use crate::picture::PictureState;
use crate::record::Target;
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{CommitPrecondition, Done, Scans, Session};

pub(in crate::session::decide) fn commit(
    draft: &mut Draft,
    pictures: &[PictureId],
    precondition: CommitPrecondition,
    scans: Scans,
) -> Result<Done, Refusal> {
    if pictures.is_empty() {
        return Err(Refusal::NothingChosen);
    }
    if precondition.patient != draft.next.view.launch.patient.fingerprint() {
        return Err(Refusal::OtherPatient);
    }
    let chosen = Chosen::of(&draft.next, pictures, precondition, scans)?;
    expedite(draft, &chosen.waiting);
    group_documents::documents(draft, &chosen.fresh, precondition, scans)?;
    for id in &chosen.fresh {
        enqueue_single(draft, *id, precondition)?;
    }
    let changed = [chosen.fresh, chosen.waiting].concat();
    if !changed.is_empty() {
        emit_state_changes_of(draft, &changed);
    }
    Ok(Done)
}

/// What is left of the pictures named: a second press, or a second tab, finds the others under way or done.
struct Chosen {
    /// Not in the outbox yet, or failed. In the session's order, which is the order of pages.
    fresh: Vec<PictureId>,
    /// Certainly not in the record and waiting for their next try: the GP wants them now.
    waiting: Vec<PictureId>,
}

impl Chosen {
    fn of(
        session: &Session,
        named: &[PictureId],
        precondition: CommitPrecondition,
        scans: Scans,
    ) -> Result<Self, Refusal> {
        let view = &session.view;
        // Whoever has seen more than there is followed a store that has lost its last changes since.
        let saw_more = precondition.revision > view.revision;
        if saw_more || named.iter().any(|id| view.picture(*id).is_none()) {
            return Err(Refusal::Stale);
        }
        let belongs_to_failed_document = |id| {
            scans == Scans::AsBefore
                && group_documents::belongs_to_failed_document(session, id, named)
        };
        let mut chosen = Self {
            fresh: Vec::new(),
            waiting: Vec::new(),
        };
        let (mut without_details, mut revising) = (0, 0);
        for picture in &view.pictures {
            let is_named = named.contains(&picture.id);
            if !is_named && !belongs_to_failed_document(picture.id) {
                continue;
            }
            match &picture.state {
                // Another page of a document, whose own photo is not settled yet: that is no reason to wait.
                PictureState::Unknown { .. } | PictureState::NeedsCheck { .. } if !is_named => {}
                PictureState::Queued | PictureState::Sending | PictureState::Filed { .. } => {}
                PictureState::Waiting { .. } => chosen.waiting.push(picture.id),
                state if !state.can_commit() || picture.revision > precondition.revision => {
                    return Err(Refusal::Stale);
                }
                _ => {
                    without_details += usize::from(picture.details.missing().is_some());
                    // The GP asked for other pixels than those that would be filed now.
                    revising += usize::from(picture.revising);
                    chosen.fresh.push(picture.id);
                }
            }
        }
        if revising > 0 {
            return Err(Refusal::RevisionUnderWay { count: revising });
        }
        if without_details > 0 {
            return Err(Refusal::DetailsMissing {
                count: without_details,
            });
        }
        Ok(chosen)
    }
}

/// Ends the backoff of entries that wait for their next try.
fn expedite(draft: &mut Draft, waiting: &[PictureId]) {
    let now = draft.now;
    let entries = draft.next.outbox.values_mut();
    for entry in entries.filter(|entry| waiting.iter().any(|id| entry.holds(*id))) {
        if matches!(entry.state, OutboxState::Queued { .. }) {
            entry.tries = 0;
            entry.state = OutboxState::due_at(now);
        }
    }
}

/// Enqueues a picture by itself, for all targets where it has no record and is not part of a document on its way.
fn enqueue_single(
    draft: &mut Draft,
    picture: PictureId,
    precondition: CommitPrecondition,
) -> Result<(), Refusal> {
    let id = OutboxEntryId::from(picture);
    let shared = |entry: &OutboxEntry| {
        entry.state != OutboxState::Replaced && entry.target().is_some_and(Target::takes_pages)
    };
    let is_in_document = draft
        .next
        .outbox
        .iter()
        .any(|(other, entry)| *other != id && entry.holds(picture) && shared(entry));
    let mut targets = missing_targets(&draft.next, picture);
    targets.retain(|target| !(is_in_document && target.takes_pages()));
    if !targets.is_empty() {
        return enqueue(draft, id, &[picture], targets, precondition);
    }
    if let Some(before) = draft.next.outbox.get_mut(&id) {
        before.targets.clear();
        before.state = if before.records.is_empty() {
            OutboxState::Replaced
        } else {
            OutboxState::Filed
        };
    }
    Ok(())
}
