//! Attempts to bring the bytes of a picture, first ones and revisions alike: announced under a key of their own, verified,
//! completed or abandoned.
//!
//! Objects are never deleted here: what nobody needs any more becomes a pending deletion of the session (a tombstone), which
//! the server carries out and then reports. Must not know who asks: [`super::uploads`] and [`super::revisions`] decide
//! that.

use super::Draft;
use crate::id::PictureId;
use crate::picture::{Edit, ObjectKey, Rendition};
use crate::refusal::Refusal;
use crate::session::{Event, Evidence, LATE_BYTES, PendingDeletion, Upload};
use std::time::Duration;

/// How long after a reservation the server first checks by itself whether the bytes are there: longer than most uploads
/// take, and soon enough for a GP who waits for a picture whose confirmation was lost.
pub(super) const FIRST_CHECK_AFTER: Duration = Duration::from_secs(15);

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

/// The bytes that were announced are verified: from now on they are what is shown and filed.
pub(super) fn complete(draft: &mut Draft, picture: PictureId) {
    let Some(uploads) = draft.next.uploads.get_mut(&picture) else {
        return;
    };
    let Some(next) = uploads.next.take() else {
        return;
    };
    let (rendition, edit) = (next.expected, std::mem::take(&mut uploads.next_edit));
    let Some(before) = uploads.current.replace(next) else {
        draft.happened(Event::PictureArrived { picture });
        return;
    };
    if uploads.original.is_none() {
        uploads.original = Some(before);
    } else {
        schedule_deletion_of(draft, before);
    }
    draft.happened(Event::PictureRevised {
        picture,
        rendition,
        edit,
    });
}

/// The revision on its way does not come, and its picture stays as it was.
pub(super) fn abandon(draft: &mut Draft, picture: PictureId) {
    if schedule_deletion_of_next(draft, picture) {
        draft.happened(Event::RevisionAbandoned { picture });
    }
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
