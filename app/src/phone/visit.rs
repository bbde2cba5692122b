//! What the screens share: the session, this phone's photos, where the person is, and the acts that concern more than
//! one screen. What there is at the moment is counted in [`super::stock`].

use super::stock::holding;
use crate::api::{ApiError, ApiResult, remove};
use crate::browser::LocalFile;
use crate::state::{Live, Notices, Queue, Shot, Tone};
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::{Details, DetailsChange, Note};
use clinical_images::refusal::Refusal;
use clinical_images::upload::Upload;
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
    pub(super) batch: RwSignal<Vec<PictureId>>,
    step: Callback<(Screen, bool)>,
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
                self.live.notice(&remove(self.live.scope, id).await);
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
