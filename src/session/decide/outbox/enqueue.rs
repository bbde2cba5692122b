//! Writes entries into the outbox: for a picture by itself, and for the pages of a document.

use crate::id::{OutboxEntryId, PictureId};
use crate::outbox::{OutboxEntry, OutboxState, Page};
use crate::record::Target;
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{CommitPrecondition, Session};

/// Targets of this practice that have no record of a picture yet.
pub(super) fn missing_targets(session: &Session, picture: PictureId) -> Vec<Target> {
    let mut targets = session.limits.outbox.targets.clone();
    for entry in session.entries_of(picture) {
        targets.retain(|target| entry.records.iter().all(|record| record.target != *target));
    }
    targets
}

/// Writes an entry into the outbox. An entry that was committed before keeps its records and its fencing token.
pub(super) fn enqueue(
    draft: &mut Draft,
    id: OutboxEntryId,
    pictures: &[PictureId],
    targets: Vec<Target>,
    precondition: CommitPrecondition,
) -> Result<(), Refusal> {
    let view = &draft.next.view;
    let page = |picture: &PictureId| {
        let known = view.picture(*picture).ok_or(Refusal::Stale)?;
        Ok(Page {
            picture: *picture,
            sha256: known.rendition.sha256,
        })
    };
    let pages = pictures.iter().map(page).collect::<Result<_, Refusal>>()?;
    let (patient, revision) = (precondition.patient, precondition.revision);
    let now = draft.now;
    let entry = draft.next.outbox.entry(id).or_insert_with(|| OutboxEntry {
        pages: Vec::new(),
        patient,
        revision,
        committed_at: now,
        targets: Vec::new(),
        records: Vec::new(),
        duplicates: Vec::new(),
        fencing_token: 0,
        tries: 0,
        correlations: Vec::new(),
        state: OutboxState::due_at(now),
        outcomes: 0,
        recorded: 0,
    });
    entry.pages = pages;
    entry.targets = targets;
    (entry.patient, entry.revision, entry.committed_at) = (patient, revision, now);
    (entry.tries, entry.state) = (0, OutboxState::due_at(now));
    Ok(())
}
