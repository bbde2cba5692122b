//! What this phone holds at the moment, and what of it has arrived.

use super::visit::Visit;
use crate::state::{Live, Queue, Shot};
use clinical_images::capture::Holding;
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, PictureState};
use clinical_images::refusal::Refusal;
use clinical_images::session::LinkState;
use clinical_images::upload::{Stop, Upload};
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

impl Visit {
    /// Photos that were not told to go.
    pub fn kept(self) -> Vec<Shot> {
        self.queue.shots.with(|shots| {
            shots
                .iter()
                .filter(|shot| !shot.wanted.get())
                .cloned()
                .collect()
        })
    }

    /// Photos that were told to go together, the sent ones too.
    pub fn batch(self) -> Vec<Shot> {
        self.batch.with(|batch| {
            self.queue.shots.with(|shots| {
                shots
                    .iter()
                    .filter(|shot| batch.contains(&shot.id))
                    .cloned()
                    .collect()
            })
        })
    }

    /// Photos that the server has, with the thumbnail of this phone where there is one.
    pub fn arrivals(self) -> Vec<Arrival> {
        let local = |id: PictureId| {
            self.queue.shots.with(|shots| {
                shots
                    .iter()
                    .find(|shot| shot.id == id)
                    .and_then(|shot| shot.thumbnail.get())
            })
        };
        let mut list = Vec::new();
        self.live.view.with(|view| {
            for picture in view
                .pictures
                .iter()
                .filter(|picture| picture.state != PictureState::Reserved)
            {
                list.push(Arrival {
                    url: local(picture.id)
                        .unwrap_or_else(|| crate::api::picture_path(self.live.scope, picture.id)),
                    place: picture.details.place(),
                    filed: matches!(picture.state, PictureState::Filed { .. }),
                });
            }
        });
        // Confirmed a moment ago; the event is still on its way here.
        for shot in ahead_of_the_view(self.live, self.queue) {
            list.push(Arrival {
                url: shot
                    .thumbnail
                    .get()
                    .unwrap_or_else(|| crate::api::picture_path(self.live.scope, shot.id)),
                place: shot.details.with(Details::place),
                filed: false,
            });
        }
        list
    }

    /// What the phone holds.
    pub fn holding(self) -> Holding {
        holding(self.live, self.queue)
    }

    /// How many photos the session holds at most.
    pub fn most(self) -> usize {
        self.live.view.with(|view| view.most_pictures)
    }

    /// Places taken, by this phone's unsent photos too.
    pub fn used(self) -> usize {
        self.live.view.with(|view| {
            let fresh =
                |shot: &&Shot| view.picture(shot.id).is_none() && !shot.upload.with(is_unusable);
            let fresh = self
                .queue
                .shots
                .with(|shots| shots.iter().filter(fresh).count());
            view.most_pictures.saturating_sub(view.room_left()) + fresh
        })
    }
}

/// Photos that would be lost with this page.
pub(super) fn unsent(queue: Queue) -> usize {
    let lost = |shot: &&Shot| {
        shot.upload
            .with(|upload| *upload != Upload::Sent && !is_unusable(upload))
    };
    queue.shots.with(|shots| shots.iter().filter(lost).count())
}

/// Drops every photo from this phone.
pub(super) fn release_all(queue: Queue) {
    let names: Vec<_> = queue
        .shots
        .with_untracked(|shots| shots.iter().map(|shot| shot.id).collect());
    names.into_iter().for_each(|id| queue.remove(id));
}

/// Whether a file will never become a photo.
pub(super) fn is_unusable(upload: &Upload) -> bool {
    match upload {
        Upload::Stopped {
            why: Stop::Unusable { .. },
        } => !upload.can_retry(),
        Upload::Stopped {
            why: Stop::Refused { refusal },
        } => *refusal == Refusal::PictureOutOfBounds,
        _ => false,
    }
}

/// Whether nothing came of a file, for now or for good.
pub(super) fn is_unprepared(upload: &Upload) -> bool {
    let Upload::Stopped { why } = upload else {
        return false;
    };
    matches!(why, Stop::Unusable { .. }) || is_unusable(upload)
}

/// Photos that the server has confirmed and that the view does not show as arrived yet.
fn ahead_of_the_view(live: Live, queue: Queue) -> Vec<Shot> {
    live.view.with(|view| {
        let ahead = |shot: &&Shot| {
            let known = view
                .picture(shot.id)
                .is_some_and(|picture| picture.state != PictureState::Reserved);
            !known && shot.upload.get() == Upload::Sent
        };
        queue
            .shots
            .with(|shots| shots.iter().filter(ahead).cloned().collect())
    })
}

/// What a phone holds.
pub(super) fn holding(live: Live, queue: Queue) -> Holding {
    let (confirmed, known) = live.view.with(|view| {
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
    let (kept, going) = queue.shots.with(|shots| {
        let kept = shots.iter().filter(|shot| !shot.wanted.get()).count();
        (kept, shots.iter().filter(|shot| shot.is_going()).count())
    });
    Holding {
        confirmed,
        kept,
        going,
        arrived: known + ahead_of_the_view(live, queue).len(),
    }
}
