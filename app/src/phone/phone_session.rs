//! What the screens share: the session's feed, this phone's photos, the screen that is shown, and actions that concern more
//! than one screen.

use super::photos::{Arrival, ahead_of_the_view, is_unusable, state};
use crate::address::{Page, phone_path};
use crate::api::{ApiError, ApiResult, remove};
use crate::browser::{self, LocalFile};
use crate::state::{LocalPhoto, Notices, Queue, SessionFeed, Tone};
use crate::text::{self, phone as words};
use clinical_images::capture::{PhoneState, Screen};
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::{Details, DetailsChange, Note, PictureState};
use clinical_images::refusal::Refusal;
use clinical_images::upload::UploadState;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// This phone's part in a session, from the claim of its link to the link's end. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct PhoneSession {
    /// The session.
    pub feed: SessionFeed,
    /// This phone's link in it.
    pub link: LinkId,
    /// This phone's photos.
    pub queue: Queue,
    /// What is announced.
    pub notices: Notices,
    /// The screen of the address.
    pub address: RwSignal<Screen>,
    /// The screen that was asked for last, by address or by button.
    pub asked: RwSignal<Screen>,
    /// The screen to be shown.
    pub shown: Memo<Screen>,
    /// Site, side and view of the photo described last.
    pub sticky: RwSignal<Details>,
    /// Photos that the person has reviewed and kept.
    reviewed: RwSignal<BTreeSet<PictureId>>,
    /// Photos that were sent together.
    pub(super) batch: RwSignal<Vec<PictureId>>,
}

/// The screen that the page's address names.
fn screen_of_address() -> Screen {
    match Page::at(&browser::path()) {
        Page::Phone(screen) => screen,
        // The phone page has no other addresses.
        Page::Start | Page::LaunchProblem { .. } | Page::Desktop(_) | Page::Unknown => {
            Screen::Confirm
        }
    }
}

impl PhoneSession {
    /// Starts at the screen that the address names. Has to be called in a component.
    pub fn begin(feed: SessionFeed, queue: Queue, link: LinkId) -> Self {
        let address = RwSignal::new(screen_of_address());
        browser::on_history_step(move || address.set(screen_of_address()));
        let asked = RwSignal::new(address.get_untracked());
        let shown = Memo::new(move |_| asked.get().or_nearest(state(feed, queue)));
        Self {
            feed,
            link,
            queue,
            notices: expect_context(),
            address,
            asked,
            shown,
            sticky: RwSignal::new(Details::default()),
            reviewed: RwSignal::new(BTreeSet::new()),
            batch: RwSignal::new(Vec::new()),
        }
    }

    /// Goes to a screen; Back returns from it.
    pub fn go(self, screen: Screen) {
        self.asked.set(screen);
        browser::push_address(&phone_path(screen));
        self.address.set(screen);
    }

    /// Corrects the address; Back does not return to what it said.
    pub fn correct(self, screen: Screen) {
        self.asked.set(screen);
        browser::replace_address(&phone_path(screen));
        self.address.set(screen);
    }

    /// Adds new files, as many as fit, and goes to the screen where they are reviewed.
    pub fn take(self, mut files: Vec<LocalFile>) {
        let room = untrack(|| self.most().saturating_sub(self.used()));
        let chosen = files.len();
        if chosen > room {
            files.truncate(room);
            self.notices.announce(
                Tone::Assertive,
                words::took_first(room, chosen, untrack(|| self.most())),
            );
        }
        let names = self.queue.add(files, &self.sticky.get_untracked(), false);
        match names.as_slice() {
            [] => {}
            [one] => {
                let at = untrack(|| self.kept().iter().position(|photo| photo.id == *one));
                self.go(at.map_or(Screen::All, Screen::Review));
            }
            _ => self.go(Screen::All),
        }
    }

    /// Puts a new file in the place of a photo, with what was said about it.
    pub fn replace(self, id: PictureId, files: Vec<LocalFile>) {
        let (Some(old), Some(file)) = (self.queue.photo(id), files.into_iter().next()) else {
            return;
        };
        let names = self
            .queue
            .add(vec![file], &old.details.get_untracked(), false);
        self.queue.photos.update(|photos| {
            let place = photos.iter().position(|photo| photo.id == id);
            let fresh = photos.iter().position(|photo| names.contains(&photo.id));
            if let (Some(place), Some(fresh)) = (place, fresh) {
                let photo = photos.remove(fresh);
                photos.insert(place, photo);
            }
        });
        self.queue.remove(id);
    }

    /// Marks a photo as reviewed and goes to the next that was not reviewed, or to all.
    pub fn keep(self, id: PictureId) {
        self.reviewed.update(|reviewed| {
            reviewed.insert(id);
        });
        let next = untrack(|| {
            let reviewed = self.reviewed.get();
            self.kept()
                .iter()
                .position(|photo| !reviewed.contains(&photo.id))
        });
        self.go(next.map_or(Screen::All, Screen::Review));
    }

    /// Drops a photo from this phone, and the place that the session may have kept for it.
    pub fn discard(self, id: PictureId) {
        self.queue.remove(id);
        if self
            .feed
            .view
            .with_untracked(|view| view.picture(id).is_some())
        {
            spawn_local(async move {
                self.feed
                    .close_if_revoked(&remove(self.feed.scope, id).await);
            });
        }
    }

    /// Describes photos, and remembers it for the next one. A note belongs to its photo and is not remembered.
    pub fn describe(self, photos: &[LocalPhoto], change: &DetailsChange) {
        for photo in photos {
            photo
                .details
                .update(|details| *details = details.with(change));
        }
        self.sticky.update(|sticky| {
            *sticky = Details {
                note: Note::default(),
                ..sticky.with(change)
            };
        });
    }

    /// Sends everything that was taken.
    pub fn send(self) {
        self.queue.send_all();
        let going = |photo: &&LocalPhoto| photo.upload.get_untracked() != UploadState::Sent;
        self.batch.set(
            self.queue.photos.with_untracked(|photos| {
                photos.iter().filter(going).map(|photo| photo.id).collect()
            }),
        );
        self.go(Screen::Sending);
    }

    /// Reports a failed request to the person, and closes the page when this phone has lost its access. `true` for success.
    pub fn report<T>(self, answer: &ApiResult<T>) -> bool {
        self.feed.close_if_revoked(answer);
        let Err(error) = answer else { return true };
        if self.feed.closed.get_untracked().is_none() {
            let advice = words::explain(error);
            self.notices
                .announce(Tone::Assertive, format!("{}. {}", advice.what, advice.next));
        }
        false
    }

    /// Closes the page because the link has ended.
    pub fn end(self, why: clinical_images::session::EndOfLink) {
        self.feed
            .close(ApiError::Refused(Refusal::LinkEnded { why }));
    }

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
                    place: text::place(&picture.details),
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
                place: photo.details.with(text::place),
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
