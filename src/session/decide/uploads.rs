//! Uploads, and pictures until they are committed: a place is reserved, bytes arrive and are verified, details change,
//! pictures are removed.
//!
//! Upload reconciliation: a picture whose upload nobody confirms is checked by the server itself, at growing intervals,
//! until it is found or no presigned PUT can bring it any more. Objects are never deleted here: what nobody needs any
//! more becomes a pending deletion of the session (a tombstone), which the server carries out and then reports.

use super::{Draft, pairing, revisions};
use crate::id::PictureId;
use crate::moment::Moment;
use crate::picture::{
    DetailsChange, Edit, Note, ObjectKey, Picture, PictureState, Rendition, Source,
};
use crate::refusal::Refusal;
use crate::session::{
    Actor, Event, Evidence, LATE_BYTES, PendingDeletion, Reply, Upload, UploadClaim,
};
use std::time::Duration;

/// How long after a reservation the server first checks by itself whether the bytes are there: longer than most uploads
/// take, and soon enough for a GP who waits for a picture whose confirmation was lost.
const FIRST_CHECK_AFTER: Duration = Duration::from_secs(15);

/// The picture, if this actor may touch it: the desktop all, a phone its own.
pub(super) fn reachable(draft: &Draft, by: Actor, id: PictureId) -> Result<&Picture, Refusal> {
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
    Ok(Reply::Reserved { key })
}

/// Keeps a place for bytes of a picture that is known or about to be, instead of a place that was kept before.
pub(super) fn announce(
    draft: &mut Draft,
    picture: PictureId,
    rendition: Rendition,
    edit: Edit,
) -> Result<ObjectKey, Refusal> {
    let limit = draft.next.limits.attempts_per_picture;
    let before = draft.next.uploads.get(&picture);
    let attempts = before.map_or(0, |uploads| uploads.attempts);
    if attempts >= limit {
        return Err(Refusal::TooManyAttempts { limit });
    }
    schedule_deletion_of_next(draft, picture);
    let attempt = draft.next.attempts.saturating_add(1);
    draft.next.attempts = attempt;
    let key = ObjectKey::of_attempt(draft.next.key_prefix, picture, attempt);
    let uploads = draft.next.uploads.entry(picture).or_default();
    uploads.attempts = attempts + 1;
    uploads.next_edit = edit;
    uploads.next = Some(Upload {
        key: key.clone(),
        attempt,
        expected: rendition,
        open_until: draft.now.plus(draft.next.limits.put),
        next_check_at: draft.now.plus(FIRST_CHECK_AFTER),
    });
    Ok(key)
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
    let uploads = draft.next.uploads.get(&picture);
    let next = uploads.and_then(|uploads| uploads.next.as_ref());
    verify(next.ok_or(Refusal::PictureUnknown)?, evidence)?;
    revisions::complete(draft, picture);
    Ok(Reply::Done)
}

/// Verifies that what was found is what this attempt announced. Evidence about an earlier attempt proves nothing: the
/// deletion of its object is pending.
pub(super) fn verify(upload: &Upload, evidence: Option<Evidence>) -> Result<(), Refusal> {
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

/// What the server does about bytes whose arrival nobody announced: the confirmation got lost, a device is still
/// at it, or they never come. The last is known when no permission could bring the bytes any more. Then a picture's place is
/// free again, and a device that still holds the photo announces it anew; a revision is given up, and its picture stays as it
/// was.
pub(super) fn reconcile_upload(
    draft: &mut Draft,
    picture: PictureId,
    evidence: Option<Evidence>,
    began: Moment,
) -> Result<Reply, Refusal> {
    let (now, lifetime) = (draft.now, draft.next.limits.put);
    let unconfirmed = draft.next.unconfirmed().find(|(id, _)| *id == picture);
    let Some((_, upload)) = unconfirmed.filter(|(_, upload)| now >= upload.next_check_at) else {
        return Ok(Reply::Done);
    };
    let state = draft.next.view.picture(picture).map(|it| &it.state);
    let is_first = state == Some(&PictureState::Reserved);
    if !state.is_some_and(PictureState::is_open) {
        // Filed while its revision was on its way: an answer that came late said so.
        revisions::abandon(draft, picture);
        return Ok(Reply::Done);
    }
    if verify(upload, evidence).is_ok() {
        revisions::complete(draft, picture);
        return Ok(Reply::Done);
    }
    let last_check = upload.open_until.plus(LATE_BYTES);
    if began >= last_check {
        if is_first {
            return remove(draft, Actor::Server, picture);
        }
        revisions::abandon(draft, picture);
        return Ok(Reply::Done);
    }
    // Each check comes twice as long after the reservation as the one before.
    let waited = now.since(upload.open_until.minus(lifetime));
    let next_check_at = now.plus(waited.max(FIRST_CHECK_AFTER)).min(last_check);
    let uploads = draft.next.uploads.get_mut(&picture);
    if let Some(upload) = uploads.and_then(|uploads| uploads.next.as_mut()) {
        upload.next_check_at = next_check_at;
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
    schedule_deletion(draft, id);
    draft.happened(Event::PictureRemoved {
        picture: id,
        source,
    });
    Ok(Reply::Done)
}

/// Marks every object of a picture for deletion, the original's too.
pub(super) fn schedule_deletion(draft: &mut Draft, picture: PictureId) {
    if let Some(uploads) = draft.next.uploads.remove(&picture) {
        uploads
            .all()
            .for_each(|upload| schedule_deletion_of(draft, upload.clone()));
    }
}

/// Marks the object of the bytes on their way for deletion. `false` when none are.
pub(super) fn schedule_deletion_of_next(draft: &mut Draft, picture: PictureId) -> bool {
    let uploads = draft.next.uploads.get_mut(&picture);
    let next = uploads.and_then(|uploads| uploads.next.take());
    next.map(|next| schedule_deletion_of(draft, next)).is_some()
}

/// Marks one object for deletion.
pub(super) fn schedule_deletion_of(draft: &mut Draft, upload: Upload) {
    draft.next.pending_deletions.push(PendingDeletion {
        key: upload.key,
        after: upload.open_until.plus(LATE_BYTES),
    });
    draft.touched = true;
}
