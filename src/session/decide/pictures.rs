//! Pictures before a commit: a place is reserved, bytes arrive and are compared, details change, pictures go.

use super::{Draft, pairing};
use crate::id::PictureId;
use crate::moment::Moment;
use crate::picture::{DetailsChange, Note, ObjectKey, Picture, PictureState, Source};
use crate::refusal::Refusal;
use crate::session::{Actor, Doomed, Event, Evidence, LATE_BYTES, Reply, Upload, UploadClaim};
use std::time::Duration;

/// How long after a reservation the server first looks by itself whether the bytes are there: longer than most uploads
/// take, and soon enough for a GP who waits for a picture whose confirmation got lost.
const FIRST_LOOK: Duration = Duration::from_secs(15);

/// The picture, if this actor may touch it: the desktop all, a phone its own.
fn reachable(draft: &Draft, by: Actor, id: PictureId) -> Result<&Picture, Refusal> {
    if let Actor::Phone(link) = by {
        pairing::must_be_confirmed(&draft.next, link)?;
    }
    let picture = draft.next.view.picture(id).ok_or(Refusal::PictureUnknown)?;
    match by {
        Actor::Phone(link) if picture.source != Source::Phone(link) => Err(Refusal::NotAllowed),
        _ => Ok(picture),
    }
}

fn must_be_short(draft: &Draft, note: &Note) -> Result<(), Refusal> {
    let limit = draft.next.limits.picture.note_chars;
    if note.length() > limit {
        return Err(Refusal::NoteTooLong { limit });
    }
    Ok(())
}

pub(super) fn reserve(draft: &mut Draft, by: Actor, claim: UploadClaim) -> Result<Reply, Refusal> {
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
        Err(Refusal::PictureUnknown) if draft.next.view.room_left() == 0 => {
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
        // What was said since the first attempt stands; a repeated announcement knows nothing of it.
        details: known.map_or(claim.details, |picture| picture.details.clone()),
        state: PictureState::Reserved,
        page: None,
        revision: known.map_or(0, |picture| picture.revision),
    };
    doom(draft, claim.picture);
    let attempt = draft.next.attempts.saturating_add(1);
    draft.next.attempts = attempt;
    let key = ObjectKey::of_attempt(draft.next.room, claim.picture, attempt);
    let open_until = draft.now.plus(draft.next.limits.put);
    let upload = Upload {
        key: key.clone(),
        attempt,
        expected: claim.rendition,
        open_until,
        look_at: draft.now.plus(FIRST_LOOK),
    };
    draft.next.uploads.insert(claim.picture, upload);
    draft.happened(Event::PictureReserved {
        picture: Box::new(picture),
    });
    Ok(Reply::Reserved { key })
}

/// What arrived counts only when it is byte for byte what was announced, and a JPEG without metadata.
pub(super) fn arrive(
    draft: &mut Draft,
    by: Actor,
    picture: PictureId,
    evidence: Option<Evidence>,
) -> Result<Reply, Refusal> {
    if reachable(draft, by, picture)?.state != PictureState::Reserved {
        return Ok(Reply::Done);
    }
    let upload = draft.next.uploads.get(&picture);
    proven(upload.ok_or(Refusal::PictureUnknown)?, evidence)?;
    draft.happened(Event::PictureArrived { picture });
    Ok(Reply::Done)
}

/// Whether what was found is what this attempt announced. Evidence about an earlier attempt says nothing: its object
/// is about to be deleted.
fn proven(upload: &Upload, evidence: Option<Evidence>) -> Result<(), Refusal> {
    let found = evidence
        .filter(|found| found.attempt == upload.attempt)
        .ok_or(Refusal::UploadMissing)?;
    let jpeg = found.jpeg.ok_or(Refusal::UploadDiffers)?;
    let expected = &upload.expected;
    let same = found.length == expected.length
        && found.sha256 == expected.sha256
        && (jpeg.width, jpeg.height) == (expected.width, expected.height);
    if !same || jpeg.has_metadata {
        return Err(Refusal::UploadDiffers);
    }
    Ok(())
}

/// What the server does about a picture whose arrival nobody announced: its confirmation got lost, its phone is still
/// at it, or it never comes. The last is known when no permission could bring the bytes any more; then the place is
/// free again, and a device that still holds the photo announces it anew.
pub(super) fn inspect(
    draft: &mut Draft,
    picture: PictureId,
    evidence: Option<Evidence>,
    began: Moment,
) -> Result<Reply, Refusal> {
    let (now, lifetime) = (draft.now, draft.next.limits.put);
    let awaited = draft.next.awaited().find(|(id, _)| *id == picture);
    let Some((_, upload)) = awaited.filter(|(_, upload)| now >= upload.look_at) else {
        return Ok(Reply::Done);
    };
    if proven(upload, evidence).is_ok() {
        draft.happened(Event::PictureArrived { picture });
        return Ok(Reply::Done);
    }
    let last_look = upload.open_until.plus(LATE_BYTES);
    if began >= last_look {
        return remove(draft, Actor::Server, picture);
    }
    // Each look twice as long after the reservation as the one before.
    let waited = now.since(upload.open_until.minus(lifetime));
    let look_at = now.plus(waited.max(FIRST_LOOK)).min(last_look);
    if let Some(upload) = draft.next.uploads.get_mut(&picture) {
        upload.look_at = look_at;
        draft.touched = true;
    }
    Ok(Reply::Done)
}

pub(super) fn describe(
    draft: &mut Draft,
    by: Actor,
    mut pictures: Vec<PictureId>,
    change: DetailsChange,
) -> Result<Reply, Refusal> {
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
    Ok(Reply::Done)
}

pub(super) fn remove(draft: &mut Draft, by: Actor, id: PictureId) -> Result<Reply, Refusal> {
    let picture = match reachable(draft, by, id) {
        Ok(picture) => picture,
        // Somebody was faster: the picture is gone, which is what was asked for.
        Err(Refusal::PictureUnknown) => return Ok(Reply::Done),
        Err(other) => return Err(other),
    };
    if !picture.state.is_open() {
        return Err(Refusal::PictureFixed);
    }
    let source = picture.source;
    doom(draft, id);
    draft.happened(Event::PictureRemoved {
        picture: id,
        source,
    });
    Ok(Reply::Done)
}

/// Marks the object of a picture's present attempt for deletion.
pub(super) fn doom(draft: &mut Draft, picture: PictureId) {
    if let Some(upload) = draft.next.uploads.remove(&picture) {
        draft.next.doomed.push(Doomed {
            key: upload.key,
            after: upload.open_until.plus(LATE_BYTES),
        });
        draft.touched = true;
    }
}
