//! Uploads, and pictures until they are committed: a place is reserved, bytes arrive and are verified, details change,
//! pictures are removed.
//!
//! Upload reconciliation: a picture whose upload nobody confirms is checked by the server itself, at growing intervals,
//! until it is found or no presigned PUT can bring it any more.

use super::attempts::{FIRST_CHECK_AFTER, abandon, announce, complete, schedule_deletion, verify};
use super::{Draft, pairing};
use crate::id::PictureId;
use crate::moment::Moment;
use crate::picture::{DetailsChange, Edit, Note, Picture, PictureState, Source};
use crate::refusal::Refusal;
use crate::session::{Actor, Done, Event, Evidence, LATE_BYTES, Reserved, UploadClaim};

/// The picture, if this actor may touch it: the desktop all, a phone its own.
pub(super) fn reachable(draft: &Draft, by: Actor, id: PictureId) -> Result<&Picture, Refusal> {
    if let Actor::Phone(link) = by {
        pairing::must_be_confirmed(&draft.next, link)?;
    }
    let picture = draft.next.view.picture(id).ok_or(Refusal::PictureUnknown)?;
    let is_allowed = match by {
        Actor::Phone(link) => picture.source == Source::Phone(link),
        Actor::Desktop | Actor::Server => true,
        Actor::Unpaired => false,
    };
    if is_allowed {
        Ok(picture)
    } else {
        Err(Refusal::NotAllowed)
    }
}

fn must_be_short(draft: &Draft, note: &Note) -> Result<(), Refusal> {
    let limit = draft.next.limits.picture.note_chars;
    if note.length() > limit {
        return Err(Refusal::NoteTooLong { limit });
    }
    Ok(())
}

pub(super) fn reserve(
    draft: &mut Draft,
    by: Actor,
    claim: UploadClaim,
) -> Result<Reserved, Refusal> {
    if let Actor::Phone(link) = by {
        pairing::must_be_confirmed(&draft.next, link)?;
    }
    if !draft.next.limits.picture.admit(&claim.rendition) {
        return Err(Refusal::PictureOutOfBounds);
    }
    must_be_short(draft, &claim.details.note)?;
    let known = match reachable(draft, by, claim.picture) {
        Ok(picture) if picture.state == PictureState::Reserved => Some(picture),
        Ok(_) => return Err(Refusal::PictureFixed),
        Err(Refusal::PictureUnknown) if draft.next.view.remaining_capacity() == 0 => {
            return Err(Refusal::SessionFull {
                limit: draft.next.limits.most_pictures,
            });
        }
        Err(Refusal::PictureUnknown) => None,
        Err(other) => return Err(other),
    };
    let picture = Picture {
        id: claim.picture,
        source: known.map_or(by.source(), |picture| picture.source),
        taken_at: claim.taken_at,
        rendition: claim.rendition,
        edited: None,
        revising: false,
        // What was said since the first attempt stands; a repeated announcement knows nothing of it.
        details: known.map_or(claim.details, |picture| picture.details.clone()),
        state: PictureState::Reserved,
        page: None,
        revision: known.map_or(0, |picture| picture.revision),
    };
    let key = announce(draft, claim.picture, claim.rendition, Edit::default())?;
    draft.happened(Event::PictureReserved {
        picture: Box::new(picture),
    });
    Ok(Reserved { key })
}

/// What arrived counts only when it is byte for byte what was announced, and a JPEG without metadata.
pub(super) fn arrive(
    draft: &mut Draft,
    by: Actor,
    picture: PictureId,
    evidence: Option<Evidence>,
) -> Result<Done, Refusal> {
    if reachable(draft, by, picture)?.state != PictureState::Reserved {
        return Ok(Done);
    }
    let uploads = draft.next.uploads.get(&picture);
    let next = uploads.and_then(|uploads| uploads.next.as_ref());
    verify(next.ok_or(Refusal::PictureUnknown)?, evidence)?;
    complete(draft, picture);
    Ok(Done)
}

/// What the server does about bytes whose arrival nobody announced: the confirmation got lost, a device is still
/// at it, or they never come. The last is known when no permission could bring the bytes any more. Then a picture's place is
/// free again, and a device that still holds the photo announces it anew; a revision is given up, and its picture stays as it
/// was.
pub(super) fn reconcile_upload(
    draft: &mut Draft,
    picture: PictureId,
    evidence: Option<Evidence>,
    began: Moment,
) -> Result<Done, Refusal> {
    let (now, lifetime) = (draft.now, draft.next.limits.put);
    let unconfirmed = draft.next.unconfirmed().find(|(id, _)| *id == picture);
    let Some((_, upload)) = unconfirmed.filter(|(_, upload)| now >= upload.next_check_at) else {
        return Ok(Done);
    };
    let state = draft.next.view.picture(picture).map(|it| &it.state);
    let is_first = state == Some(&PictureState::Reserved);
    if !state.is_some_and(PictureState::is_open) {
        // Filed while its revision was on its way: an answer that came late said so.
        abandon(draft, picture);
        return Ok(Done);
    }
    if verify(upload, evidence).is_ok() {
        complete(draft, picture);
        return Ok(Done);
    }
    let last_check = upload.open_until.plus(LATE_BYTES);
    if began >= last_check {
        if is_first {
            return remove(draft, Actor::Server, picture);
        }
        abandon(draft, picture);
        return Ok(Done);
    }
    // Each check comes twice as long after the reservation as the one before.
    let waited = now.since(upload.open_until.minus(lifetime));
    let next_check_at = now.plus(waited.max(FIRST_CHECK_AFTER)).min(last_check);
    let uploads = draft.next.uploads.get_mut(&picture);
    if let Some(upload) = uploads.and_then(|uploads| uploads.next.as_mut()) {
        upload.next_check_at = next_check_at;
        draft.touched = true;
    }
    Ok(Done)
}

pub(super) fn describe(
    draft: &mut Draft,
    by: Actor,
    mut pictures: Vec<PictureId>,
    change: DetailsChange,
) -> Result<Done, Refusal> {
    pictures.dedup();
    let mut changes = false;
    for id in &pictures {
        let picture = reachable(draft, by, *id)?;
        if !picture.state.is_open() {
            return Err(Refusal::PictureFixed);
        }
        changes |= picture.details.with(&change) != picture.details;
    }
    if let Some(note) = &change.note {
        must_be_short(draft, note)?;
    }
    if changes {
        draft.happened(Event::PicturesDescribed { pictures, change });
    }
    Ok(Done)
}

pub(super) fn remove(draft: &mut Draft, by: Actor, id: PictureId) -> Result<Done, Refusal> {
    let picture = match reachable(draft, by, id) {
        Ok(picture) => picture,
        // Somebody was faster: the picture is gone, which is what was asked for.
        Err(Refusal::PictureUnknown) => return Ok(Done),
        Err(other) => return Err(other),
    };
    if !picture.state.is_open() {
        return Err(Refusal::PictureFixed);
    }
    let source = picture.source;
    schedule_deletion(draft, id);
    draft.happened(Event::PictureRemoved {
        picture: id,
        source,
    });
    Ok(Done)
}
