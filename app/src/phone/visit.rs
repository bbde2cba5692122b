//! What the screens share: the session, this phone's photos, where the person is, and the acts that concern more than
//! one screen.

use crate::api::{ApiError, ApiResult, remove};
use crate::browser::LocalFile;
use crate::state::{Live, Notices, Queue, Shot, Tone};
use crate::text::phone as words;
use clinical_images::capture::{Holding, Screen};
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::{Details, DetailsChange, Note, PictureState};
use clinical_images::refusal::Refusal;
use clinical_images::session::LinkState;
use clinical_images::upload::{Stop, Upload};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use std::collections::BTreeSet;

/// One stay on the phone page, from a claim to its end. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Visit {
    /// The session.
    pub live: Live,
    /// This phone's link in it.
    pub link: LinkId,
    /// This phone's photos.
    pub queue: Queue,
    /// What is announced.
    pub notices: Notices,
    /// The screen of the address.
    pub address: Memo<Screen>,
    /// The screen that was asked for last, by address or by button.
    pub asked: RwSignal<Screen>,
    /// The screen to be shown.
    pub shown: Memo<Screen>,
    /// Site, side and view of the photo described last.
    pub sticky: RwSignal<Details>,
    /// Photos that were looked at and kept.
    looked_at: RwSignal<BTreeSet<PictureId>>,
    /// Photos that were told to go together.
    batch: RwSignal<Vec<PictureId>>,
    step: Callback<(Screen, bool)>,
}

/// A photo that the server has, as the last screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Where it can be seen.
    pub url: String,
    /// Site and side.
    pub place: Option<String>,
    /// Whether it is in the record by now.
    pub filed: bool,
}

impl Visit {
    /// Begins a visit at the screen of the address. Called in a component.
    pub fn begin(live: Live, queue: Queue, link: LinkId) -> Self {
        let params = use_params_map();
        let address = Memo::new(move |_| {
            params.with(|params| Screen::from_slug(&params.get("screen").unwrap_or_default()))
        });
        let asked = RwSignal::new(address.get_untracked());
        let shown = Memo::new(move |_| asked.get().or_nearest(holding(live, queue)));
        let navigate = use_navigate();
        let step = Callback::new(move |(screen, replace): (Screen, bool)| {
            navigate(
                &format!("/phone/{screen}"),
                NavigateOptions {
                    replace,
                    ..NavigateOptions::default()
                },
            );
        });
        Self {
            live,
            link,
            queue,
            notices: expect_context(),
            address,
            asked,
            shown,
            sticky: RwSignal::new(Details::default()),
            looked_at: RwSignal::new(BTreeSet::new()),
            batch: RwSignal::new(Vec::new()),
            step,
        }
    }

    /// Goes to a screen; Back returns from it.
    pub fn go(self, screen: Screen) {
        self.asked.set(screen);
        self.step.run((screen, false));
    }

    /// Corrects the address; Back does not return to what it said.
    pub fn correct(self, screen: Screen) {
        self.asked.set(screen);
        self.step.run((screen, true));
    }

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

    /// Photos that would be lost with this page.
    pub fn unsent(self) -> usize {
        let lost = |shot: &&Shot| {
            shot.upload
                .with(|upload| *upload != Upload::Sent && !is_unusable(upload))
        };
        self.queue
            .shots
            .with(|shots| shots.iter().filter(lost).count())
    }

    /// Photos that the server has, with the preview of this phone where there is one.
    pub fn arrivals(self) -> Vec<Arrival> {
        let local = |id: PictureId| {
            self.queue.shots.with(|shots| {
                shots
                    .iter()
                    .find(|shot| shot.id == id)
                    .and_then(|shot| shot.preview.get())
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
                        .unwrap_or_else(|| self.live.surface.picture_path(picture.id)),
                    place: picture.details.place(),
                    filed: matches!(picture.state, PictureState::Filed { .. }),
                });
            }
        });
        // Confirmed a moment ago; the event is still on its way here.
        for shot in ahead_of_the_view(self.live, self.queue) {
            list.push(Arrival {
                url: shot
                    .preview
                    .get()
                    .unwrap_or_else(|| self.live.surface.picture_path(shot.id)),
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

    /// Takes new files in, as many as fit, and goes where they are looked at.
    pub fn take(self, mut files: Vec<LocalFile>) {
        let room = untrack(|| self.most().saturating_sub(self.used()));
        let chosen = files.len();
        if chosen > room {
            files.truncate(room);
            self.notices
                .say(Tone::Assertive, words::took_first(room, chosen));
        }
        let names = self.queue.add(files, &self.sticky.get_untracked(), false);
        match names.as_slice() {
            [] => {}
            [one] => {
                let at = untrack(|| self.kept().iter().position(|shot| shot.id == *one));
                self.go(at.map_or(Screen::All, Screen::Review));
            }
            _ => self.go(Screen::All),
        }
    }

    /// Puts a new file in the place of a photo, with what was said about it.
    pub fn replace(self, id: PictureId, files: Vec<LocalFile>) {
        let (Some(old), Some(file)) = (self.queue.shot(id), files.into_iter().next()) else {
            return;
        };
        let names = self
            .queue
            .add(vec![file], &old.details.get_untracked(), false);
        self.queue.shots.update(|shots| {
            let place = shots.iter().position(|shot| shot.id == id);
            let fresh = shots.iter().position(|shot| names.contains(&shot.id));
            if let (Some(place), Some(fresh)) = (place, fresh) {
                let shot = shots.remove(fresh);
                shots.insert(place, shot);
            }
        });
        self.queue.remove(id);
    }

    /// Marks a photo as good and goes to the next that was not looked at, or to all.
    pub fn keep(self, id: PictureId) {
        self.looked_at.update(|looked_at| {
            looked_at.insert(id);
        });
        let next = untrack(|| {
            let looked_at = self.looked_at.get();
            self.kept()
                .iter()
                .position(|shot| !looked_at.contains(&shot.id))
        });
        self.go(next.map_or(Screen::All, Screen::Review));
    }

    /// Drops a photo from this phone, and the place that the session may have kept for it.
    pub fn discard(self, id: PictureId) {
        self.queue.remove(id);
        if self
            .live
            .view
            .with_untracked(|view| view.picture(id).is_some())
        {
            spawn_local(async move {
                self.live.notice(&remove(self.live.surface, id).await);
            });
        }
    }

    /// Describes photos, and remembers it for the next one. A note belongs to its photo and is not remembered.
    pub fn describe(self, shots: &[Shot], change: &DetailsChange) {
        for shot in shots {
            shot.details
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
        let going = |shot: &&Shot| shot.upload.get_untracked() != Upload::Sent;
        self.batch.set(
            self.queue
                .shots
                .with_untracked(|shots| shots.iter().filter(going).map(|shot| shot.id).collect()),
        );
        self.go(Screen::Sending);
    }

    /// Tells about an answer that is not what was hoped for. `true` when it was.
    pub fn went_well<T>(self, answer: &ApiResult<T>) -> bool {
        self.live.notice(answer);
        let Err(error) = answer else { return true };
        if self.live.closed.get_untracked().is_none() {
            let advice = words::explain(error);
            self.notices
                .say(Tone::Assertive, format!("{}. {}", advice.what, advice.next));
        }
        false
    }

    /// Ends the visit because the link is over.
    pub fn end(self, why: clinical_images::session::EndOfLink) {
        self.live
            .shut(ApiError::Refused(Refusal::LinkEnded { why }));
    }
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

fn holding(live: Live, queue: Queue) -> Holding {
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
