//! This phone's photos: which are unsent, which are being uploaded, which have arrived.

use crate::state::{LocalPhoto, Queue, SessionFeed};
use clinical_images::capture::PhoneState;
use clinical_images::picture::PictureState;
use clinical_images::refusal::Refusal;
use clinical_images::session::LinkState;
use clinical_images::upload::{UploadFailure, UploadState};
use leptos::prelude::*;

/// A photo that the server has, as the last screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Where it can be seen, small where this phone prepared it.
    pub url: String,
    /// Site and side.
    pub place: Option<String>,
    /// Whether it is in the record by now.
    pub filed: bool,
}

/// Photos that would be lost with this page.
pub(super) fn unsent(queue: Queue) -> usize {
    let lost = |photo: &&LocalPhoto| {
        photo
            .upload
            .with(|upload| *upload != UploadState::Sent && !is_unusable(upload))
    };
    queue
        .photos
        .with(|photos| photos.iter().filter(lost).count())
}

/// Drops every photo from this phone.
pub(super) fn release_all(queue: Queue) {
    let names: Vec<_> = queue
        .photos
        .with_untracked(|photos| photos.iter().map(|photo| photo.id).collect());
    names.into_iter().for_each(|id| queue.remove(id));
}

/// Whether a person stopped it.
pub(super) fn is_cancelled(upload: &UploadState) -> bool {
    matches!(
        upload,
        UploadState::Stopped {
            why: UploadFailure::Cancelled
        }
    )
}

/// Whether a file will never become a photo.
pub(super) fn is_unusable(upload: &UploadState) -> bool {
    match upload {
        UploadState::Stopped {
            why: UploadFailure::Unusable { .. },
        } => !upload.can_retry(),
        UploadState::Stopped {
            why: UploadFailure::Refused { refusal },
        } => *refusal == Refusal::PictureOutOfBounds,
        _ => false,
    }
}

/// Whether a file could not be prepared, for now or for good.
pub(super) fn is_unprepared(upload: &UploadState) -> bool {
    let UploadState::Stopped { why } = upload else {
        return false;
    };
    matches!(why, UploadFailure::Unusable { .. }) || is_unusable(upload)
}

/// Photos that the server has confirmed and that the view does not show as arrived yet.
pub(super) fn ahead_of_the_view(feed: SessionFeed, queue: Queue) -> Vec<LocalPhoto> {
    feed.view.with(|view| {
        let ahead = |photo: &&LocalPhoto| {
            let known = view
                .picture(photo.id)
                .is_some_and(|picture| picture.state != PictureState::Reserved);
            !known && photo.upload.get() == UploadState::Sent
        };
        queue
            .photos
            .with(|photos| photos.iter().filter(ahead).cloned().collect())
    })
}

/// The counts that decide which screens may be shown.
pub(super) fn state(feed: SessionFeed, queue: Queue) -> PhoneState {
    let (confirmed, known) = feed.view.with(|view| {
        let confirmed = |state: &LinkState| {
            matches!(
                state,
                LinkState::Claimed {
                    confirmed: true,
                    ..
                }
            )
        };
        let known = view
            .pictures
            .iter()
            .filter(|picture| picture.state != PictureState::Reserved)
            .count();
        (view.links.iter().any(|link| confirmed(&link.state)), known)
    });
    let (kept, going) = queue.photos.with(|photos| {
        let kept = photos.iter().filter(|photo| !photo.wanted.get()).count();
        (kept, photos.iter().filter(|photo| photo.is_going()).count())
    });
    PhoneState {
        confirmed,
        kept,
        going,
        arrived: known + ahead_of_the_view(feed, queue).len(),
    }
}
