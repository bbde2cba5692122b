//! What a commit takes: exactly the pictures named, as the GP saw them, for the patient the GP saw.

use crate::id::PictureId;
use crate::moment::Moment;
use crate::picture::PictureState;
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{Event, Filing, Reply, Seen, Session, Stage};

pub(in crate::session::decide) fn commit(
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
            // Certainly not in the record and waiting for its next try: the GP wants it now.
            PictureState::Waiting { .. } => {
                fresh.push(id);
                continue;
            }
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
    for id in &fresh {
        let filing = queued(&draft.next, *id, seen, draft.now)?;
        draft.next.filings.insert(*id, filing);
    }
    if !fresh.is_empty() {
        draft.happened(Event::FilingQueued { pictures: fresh });
    }
    Ok(Reply::Done)
}

/// The outbox entry of a picture that is committed now. One that was committed before goes on where it stood.
fn queued(session: &Session, id: PictureId, seen: Seen, now: Moment) -> Result<Filing, Refusal> {
    let picture = session.view.picture(id).ok_or(Refusal::Stale)?;
    let before = session.filings.get(&id).cloned();
    let records = before
        .as_ref()
        .map(|filing| filing.records.clone())
        .unwrap_or_default();
    let done = |target| records.iter().any(|record| record.target == target);
    let targets = session.limits.filing.targets.iter().copied();
    Ok(Filing {
        sha256: picture.rendition.sha256,
        patient: seen.patient,
        revision: seen.revision,
        committed_at: now,
        targets: targets.filter(|target| !done(*target)).collect(),
        tries: 0,
        stage: Stage::Queued { not_before: now },
        spare: before
            .as_ref()
            .map(|filing| filing.spare.clone())
            .unwrap_or_default(),
        fence: before.as_ref().map_or(0, |filing| filing.fence),
        outcomes: before.as_ref().map_or(0, |filing| filing.outcomes),
        recorded: before.as_ref().map_or(0, |filing| filing.recorded),
        correlations: before.map(|filing| filing.correlations).unwrap_or_default(),
        records,
    })
}
