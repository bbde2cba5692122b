//! This phone's photos: which are unsent, which are being uploaded, which have arrived.

use super::phone_session::PhoneSession;
use crate::state::{LocalPhoto, Queue, SessionFeed};
use clinical_images::capture::PhoneState;
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, PictureState};
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

impl PhoneSession {
    /// Photos that the person has not sent yet.
    pub fn kept(self) -> Vec<LocalPhoto> {
        self.queue.photos.with(|photos| {
            photos
                .iter()
                .filter(|photo| !photo.wanted.get())
                .cloned()
                .collect()
        })
    }

    /// Photos that were sent together, those that arrived too.
    pub fn batch(self) -> Vec<LocalPhoto> {
        self.batch.with(|batch| {
            self.queue.photos.with(|photos| {
                photos
                    .iter()
                    .filter(|photo| batch.contains(&photo.id))
                    .cloned()
                    .collect()
            })
        })
    }

    /// Photos that the server has, with the thumbnail of this phone where there is one.
    pub fn arrivals(self) -> Vec<Arrival> {
        let local = |id: PictureId| {
            self.queue.photos.with(|photos| {
                photos
                    .iter()
                    .find(|photo| photo.id == id)
                    .and_then(|photo| photo.thumbnail.get())
            })
        };
        let mut list = Vec::new();
        self.feed.view.with(|view| {
            for picture in view
                .pictures
                .iter()
                .filter(|picture| picture.state != PictureState::Reserved)
            {
                list.push(Arrival {
                    // What this phone prepared is the original.
                    url: local(picture.id)
                        .filter(|_| picture.edited.is_none())
                        .unwrap_or_else(|| crate::api::picture_path(self.feed.scope, picture)),
                    place: picture.details.place(),
                    filed: matches!(picture.state, PictureState::Filed { .. }),
                });
            }
        });
        // Confirmed a moment ago; the event is still on its way here.
        for photo in ahead_of_the_view(self.feed, self.queue) {
            list.push(Arrival {
                url: photo
                    .thumbnail
                    .get()
                    .unwrap_or_else(|| crate::api::address_of(self.feed.scope, photo.id)),
                place: photo.details.with(Details::place),
                filed: false,
            });
        }
        list
    }

    /// The counts that decide which screens may be shown.
    pub fn state(self) -> PhoneState {
        state(self.feed, self.queue)
    }

    /// How many photos the session holds at most.
    pub fn most(self) -> usize {
        self.feed.view.with(|view| view.most_pictures)
    }

    /// Places taken, by this phone's unsent photos too.
    pub fn used(self) -> usize {
        self.feed.view.with(|view| {
            let fresh = |photo: &&LocalPhoto| {
                view.picture(photo.id).is_none() && !photo.upload.with(is_unusable)
            };
            let fresh = self
                .queue
                .photos
                .with(|photos| photos.iter().filter(fresh).count());
            view.most_pictures.saturating_sub(view.remaining_capacity()) + fresh
        })
    }
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
fn ahead_of_the_view(feed: SessionFeed, queue: Queue) -> Vec<LocalPhoto> {
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
