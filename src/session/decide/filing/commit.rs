//! What a commit takes: exactly the pictures named, as the GP saw them, for the patient the GP saw.

use super::{bind, tell_of};
use crate::id::{FilingId, PictureId};
use crate::picture::PictureState;
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{Filing, Page, Reply, Scans, Seen, Session, Stage, Target};

pub(in crate::session::decide) fn commit(
    draft: &mut Draft,
    pictures: &[PictureId],
    seen: Seen,
    scans: Scans,
) -> Result<Reply, Refusal> {
    if pictures.is_empty() {
        return Err(Refusal::NothingChosen);
    }
    if seen.patient != draft.next.view.launch.patient.fingerprint() {
        return Err(Refusal::OtherPatient);
    }
    let chosen = Chosen::of(&draft.next, pictures, seen, scans)?;
    hurry(draft, &chosen.waiting);
    bind::documents(draft, &chosen.fresh, seen, scans)?;
    for id in &chosen.fresh {
        by_itself(draft, *id, seen)?;
    }
    let told = [chosen.fresh, chosen.waiting].concat();
    if !told.is_empty() {
        tell_of(draft, &told);
    }
    Ok(Reply::Done)
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
        seen: Seen,
        scans: Scans,
    ) -> Result<Self, Refusal> {
        let view = &session.view;
        if named.iter().any(|id| view.picture(*id).is_none()) {
            return Err(Refusal::Stale);
        }
        let goes_with = |id| scans == Scans::AsBefore && bind::goes_with(session, id, named);
        let mut chosen = Self {
            fresh: Vec::new(),
            waiting: Vec::new(),
        };
        let mut lacking = 0;
        for picture in &view.pictures {
            let is_named = named.contains(&picture.id);
            if !is_named && !goes_with(picture.id) {
                continue;
            }
            match &picture.state {
                // Another page of a document, whose own photo is not settled yet: that is no reason to wait.
                PictureState::Unknown { .. } | PictureState::NeedsCheck { .. } if !is_named => {}
                PictureState::Queued | PictureState::Sending | PictureState::Filed { .. } => {}
                PictureState::Waiting { .. } => chosen.waiting.push(picture.id),
                state if !state.can_commit() || picture.revision > seen.revision => {
                    return Err(Refusal::Stale);
                }
                _ => {
                    lacking += usize::from(picture.details.missing().is_some());
                    chosen.fresh.push(picture.id);
                }
            }
        }
        if lacking > 0 {
            return Err(Refusal::DetailsMissing { count: lacking });
        }
        Ok(chosen)
    }
}

/// What waits for its next try is tried now.
fn hurry(draft: &mut Draft, waiting: &[PictureId]) {
    let now = draft.now;
    let filings = draft.next.filings.values_mut();
    for filing in filings.filter(|filing| waiting.iter().any(|id| filing.holds(*id))) {
        if matches!(filing.stage, Stage::Queued { .. }) {
            filing.tries = 0;
            filing.stage = Stage::due_at(now);
        }
    }
}

/// The entry of a picture itself: for all targets that it is not in yet, and not on its way to with others.
fn by_itself(draft: &mut Draft, picture: PictureId, seen: Seen) -> Result<(), Refusal> {
    let id = FilingId::from(picture);
    let shared = |filing: &Filing| {
        filing.stage != Stage::Replaced && filing.target().is_some_and(Target::takes_pages)
    };
    let bound = draft
        .next
        .filings
        .iter()
        .any(|(other, filing)| *other != id && filing.holds(picture) && shared(filing));
    let mut targets = lacking(&draft.next, picture);
    targets.retain(|target| !(bound && target.takes_pages()));
    if !targets.is_empty() {
        return enter(draft, id, &[picture], targets, seen);
    }
    if let Some(before) = draft.next.filings.get_mut(&id) {
        before.targets.clear();
        before.stage = if before.records.is_empty() {
            Stage::Replaced
        } else {
            Stage::Filed
        };
    }
    Ok(())
}

/// Targets of this practice that have no record of a picture yet.
pub(super) fn lacking(session: &Session, picture: PictureId) -> Vec<Target> {
    let mut targets = session.limits.filing.targets.clone();
    for filing in session.entries_of(picture) {
        targets.retain(|target| filing.records.iter().all(|record| record.target != *target));
    }
    targets
}

/// Writes an entry of the outbox. One that was committed before goes on where it stood.
pub(super) fn enter(
    draft: &mut Draft,
    id: FilingId,
    pictures: &[PictureId],
    targets: Vec<Target>,
    seen: Seen,
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
    let (patient, revision) = (seen.patient, seen.revision);
    let now = draft.now;
    let entry = draft.next.filings.entry(id).or_insert_with(|| Filing {
        pages: Vec::new(),
        patient,
        revision,
        committed_at: now,
        targets: Vec::new(),
        records: Vec::new(),
        spare: Vec::new(),
        fence: 0,
        tries: 0,
        correlations: Vec::new(),
        stage: Stage::due_at(now),
        outcomes: 0,
        recorded: 0,
    });
    entry.pages = pages;
    entry.targets = targets;
    (entry.patient, entry.revision, entry.committed_at) = (patient, revision, now);
    (entry.tries, entry.stage) = (0, Stage::due_at(now));
    Ok(())
}
