//! Pictures before a commit: a place is reserved, bytes arrive and are compared, details change, pictures go.

use super::{Draft, links};
use crate::id::PictureId;
use crate::picture::{
    DetailsChange, LONGEST_SIDE, MOST_BYTES, ObjectKey, Picture, PictureState, Rendition, Source,
};
use crate::refusal::Refusal;
use crate::session::{Actor, Doomed, Event, Evidence, Reply, Upload, UploadClaim};

/// The picture, if this actor may touch it: the desktop all, a phone its own.
fn reachable(draft: &Draft, by: Actor, id: PictureId) -> Result<&Picture, Refusal> {
    if let Actor::Phone(link) = by {
        links::must_be_confirmed(&draft.next, link)?;
    }
    let picture = draft.next.view.picture(id).ok_or(Refusal::PictureUnknown)?;
    match by {
        Actor::Phone(link) if picture.source != Source::Phone(link) => Err(Refusal::NotAllowed),
        _ => Ok(picture),
    }
}

fn within_bounds(rendition: &Rendition) -> bool {
    let side = 1..=LONGEST_SIDE;
    (1..=MOST_BYTES).contains(&rendition.length)
        && side.contains(&rendition.width)
        && side.contains(&rendition.height)
}

pub(super) fn reserve(draft: &mut Draft, by: Actor, claim: UploadClaim) -> Result<Reply, Refusal> {
    if let Actor::Phone(link) = by {
        links::must_be_confirmed(&draft.next, link)?;
    }
    if !within_bounds(&claim.rendition) {
        return Err(Refusal::PictureOutOfBounds);
    }
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
        revision: known.map_or(0, |picture| picture.revision),
    };
    let attempt = draft
        .next
        .uploads
        .get(&claim.picture)
        .map_or(1, |upload| upload.attempt + 1);
    doom(draft, claim.picture);
    let key = ObjectKey::of_attempt(draft.next.room, claim.picture, attempt);
    let open_until = draft.now.plus(draft.next.limits.put);
    let upload = Upload {
        key: key.clone(),
        attempt,
        expected: claim.rendition,
        open_until,
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
    let expected = draft
        .next
        .uploads
        .get(&picture)
        .ok_or(Refusal::PictureUnknown)?
        .expected;
    let found = evidence.ok_or(Refusal::UploadMissing)?;
    let jpeg = found.jpeg.ok_or(Refusal::UploadDiffers)?;
    let same = found.length == expected.length
        && found.sha256 == expected.sha256
        && (jpeg.width, jpeg.height) == (expected.width, expected.height);
    if !same || jpeg.has_metadata {
        return Err(Refusal::UploadDiffers);
    }
    draft.happened(Event::PictureArrived { picture });
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
            after: upload.open_until,
        });
        draft.touched = true;
    }
}
