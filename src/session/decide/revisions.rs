//! Later revisions of a picture's bytes: announced, arrived, given up, taken back to the original.
//!
//! A revision is announced beside what is shown and replaces it only once its bytes are verified. So a revision that
//! fails leaves nothing to repair. The original is kept until the session ends, because every revision is made from it.
//!
//! [`super::uploads::reserve`] stays for the first bytes alone. A device whose confirmation got lost announces its picture
//! again, and must not overwrite what somebody has edited meanwhile.

use super::Draft;
use super::attempts::{abandon, announce, complete, schedule_deletion_of, verify};
use super::uploads::reachable;
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::picture::{Edit, Picture, PictureState};
use crate::refusal::Refusal;
use crate::session::{Actor, Done, Event, Evidence, Reserved, RevisionClaim, Session, Uploads};

/// The picture, if this actor may touch it and its bytes may still change. They may not once a part of it is in the record,
/// because the record would then hold two different pictures under one name.
fn revisable(draft: &Draft, by: Actor, id: PictureId) -> Result<&Picture, Refusal> {
    let picture = reachable(draft, by, id)?;
    let is_recorded = |session: &Session| {
        let mut entries = session.entries_of(id);
        entries.any(|entry| !entry.records.is_empty())
    };
    match picture.state {
        PictureState::Reserved => Err(Refusal::UploadMissing),
        PictureState::Ready => Ok(picture),
        PictureState::Failed { .. } if !is_recorded(&draft.next) => Ok(picture),
        _ => Err(Refusal::PictureFixed),
    }
}

pub(super) fn revise(
    draft: &mut Draft,
    by: Actor,
    claim: RevisionClaim,
) -> Result<Option<Reserved>, Refusal> {
    let RevisionClaim {
        picture: id,
        edited_from,
        rendition,
        edit,
    } = claim;
    if !draft.next.limits.picture.admit(&rendition) {
        return Err(Refusal::PictureOutOfBounds);
    }
    let picture = revisable(draft, by, id)?;
    if picture.rendition == rendition && picture.edit() == edit {
        // It has arrived before; only the answer got lost.
        return Ok(None);
    }
    if picture.rendition.sha256 != edited_from {
        return Err(Refusal::Stale);
    }
    let original = picture.original();
    let was_revising = picture.revising;
    let size = edit.size_of((original.width, original.height));
    let comes_of_it = |(width, height)| rendition.width <= width && rendition.height <= height;
    if edit.changes_nothing() || !size.is_some_and(comes_of_it) {
        return Err(Refusal::PictureOutOfBounds);
    }
    let key = announce(draft, id, rendition, edit)?;
    if was_revising {
        draft.touched = true;
    } else {
        draft.happened(Event::RevisionAnnounced { picture: id });
    }
    Ok(Some(Reserved { key }))
}

/// What arrived counts only when it is byte for byte what was announced. `sha256` says which announcement is meant.
pub(super) fn arrive(
    draft: &mut Draft,
    by: Actor,
    (id, sha256): (PictureId, Sha256),
    evidence: Option<Evidence>,
) -> Result<Done, Refusal> {
    let shown = revisable(draft, by, id)?.rendition.sha256;
    let next = draft.next.uploads.get(&id).and_then(|it| it.next.as_ref());
    match next {
        Some(next) if next.expected.sha256 == sha256 => verify(next, evidence)?,
        _ if shown == sha256 => return Ok(Done),
        // Somebody else has announced another revision since.
        Some(_) => return Err(Refusal::Stale),
        None => return Err(Refusal::UploadMissing),
    }
    complete(draft, id);
    Ok(Done)
}

/// The revision with this digest is not wanted any more.
pub(super) fn cancel(
    draft: &mut Draft,
    by: Actor,
    picture: PictureId,
    sha256: Sha256,
) -> Result<Done, Refusal> {
    let is_revision = reachable(draft, by, picture)?.state != PictureState::Reserved;
    let uploads = draft.next.uploads.get(&picture);
    let next = uploads.and_then(|uploads| uploads.next.as_ref());
    if is_revision && next.is_some_and(|next| next.expected.sha256 == sha256) {
        abandon(draft, picture);
    }
    Ok(Done)
}

/// Brings the original back.
pub(super) fn revert(draft: &mut Draft, by: Actor, picture: PictureId) -> Result<Done, Refusal> {
    revisable(draft, by, picture)?;
    abandon(draft, picture);
    let uploads = draft.next.uploads.get_mut(&picture);
    let swapped = uploads.and_then(|uploads| {
        let Uploads {
            current, original, ..
        } = uploads;
        let original = original.take()?;
        let rendition = original.expected;
        Some((rendition, current.replace(original)))
    });
    if let Some((rendition, edited)) = swapped {
        edited
            .into_iter()
            .for_each(|upload| schedule_deletion_of(draft, upload));
        draft.happened(Event::PictureRevised {
            picture,
            rendition,
            edit: Edit::default(),
        });
    }
    Ok(Done)
}
