//! What a GP is about to commit: the list as it was shown, what is chosen of it, and the commit that carries both.

use crate::api::{ApiError, commit};
use crate::browser;
use crate::desktop::desk::{Desk, Dialog, is_committable};
use crate::ids;
use clinical_images::id::PictureId;
use clinical_images::launch::LaunchContext;
use clinical_images::picture::Picture;
use clinical_images::record::Target;
use clinical_images::scan;
use clinical_images::session::{Scans, SessionView};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::time::Duration;

/// How long the button rests after the list changed, so that nobody confirms what they have not seen.
const REST: Duration = Duration::from_millis(1000);

/// The list as it was last shown.
#[derive(Clone, PartialEq)]
pub(super) struct Offer {
    revision: u64,
    pub launch: LaunchContext,
    pub targets: Vec<Target>,
    pub pictures: Vec<Picture>,
}

impl Offer {
    fn of(view: &SessionView) -> Self {
        let pictures = view
            .pictures
            .iter()
            .filter(|picture| picture.state.can_commit())
            .cloned()
            .collect();
        Self {
            revision: view.revision,
            launch: view.launch.clone(),
            targets: view.targets.clone(),
            pictures,
        }
    }

    /// Whether a person would see the same list.
    fn shows_the_same(&self, other: &Self) -> bool {
        self.launch == other.launch && self.pictures == other.pictures
    }
}

/// The step before: which pictures, for whom. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Choice {
    pub desk: Desk,
    pub offer: RwSignal<Offer>,
    pub chosen: RwSignal<HashSet<PictureId>>,
    pub together: RwSignal<bool>,
    pub changed: RwSignal<bool>,
    pub resting: RwSignal<bool>,
    pub sending: RwSignal<bool>,
    pub fault: RwSignal<Option<ApiError>>,
}

impl Choice {
    pub fn new(desk: Desk) -> Self {
        let offer = desk.feed.view.with_untracked(Offer::of);
        let ready = offer
            .pictures
            .iter()
            .filter(|picture| is_committable(picture))
            .map(|picture| picture.id);
        let choice = Self {
            desk,
            chosen: RwSignal::new(ready.collect()),
            // A document that failed is offered as one again.
            together: RwSignal::new(offer.pictures.iter().any(|picture| picture.page.is_some())),
            offer: RwSignal::new(offer),
            changed: RwSignal::new(false),
            resting: RwSignal::new(false),
            sending: RwSignal::new(false),
            fault: RwSignal::new(None),
        };
        Effect::new(move |_| {
            let next = desk.feed.view.with(Offer::of);
            if !choice
                .offer
                .with_untracked(|offer| offer.shows_the_same(&next))
            {
                choice.offer.set(next);
                choice.rest();
            }
        });
        choice
    }

    /// The list is another now: says so, and lets the person look.
    fn rest(self) {
        self.changed.set(true);
        self.resting.set(true);
        let offer = self.offer;
        spawn_local(async move {
            let then = offer.try_with_untracked(|offer| offer.revision);
            browser::sleep(REST).await;
            if offer.try_with_untracked(|offer| offer.revision) == then {
                self.resting.set(false);
            }
        });
    }

    /// The chosen pictures, in the session's order.
    pub fn picked(self) -> Vec<PictureId> {
        let chosen = self.chosen.get();
        self.offer.with(|offer| {
            let pictures = offer
                .pictures
                .iter()
                .filter(|it| is_committable(it) && chosen.contains(&it.id));
            pictures.map(|picture| picture.id).collect()
        })
    }

    /// Pages of the scanned documents that the chosen pictures make when they are filed together; nothing where that is no
    /// choice.
    pub fn documents(self) -> Vec<usize> {
        let picked = self.picked();
        self.offer.with(|offer| {
            if picked.len() < 2 || !offer.targets.iter().any(|target| target.takes_pages()) {
                return Vec::new();
            }
            let pages = offer.pictures.iter().filter(|it| picked.contains(&it.id));
            scan::documents(pages.map(|picture| picture.rendition.length))
        })
    }

    fn scans(self) -> Scans {
        if self.together.get() {
            Scans::Together
        } else {
            Scans::Separate
        }
    }

    pub fn toggle(self, id: PictureId) {
        self.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    }

    pub fn confirm(self) {
        let (picked, scans) = untrack(move || (self.picked(), self.scans()));
        let desk = self.desk;
        let (revision, patient) = self
            .offer
            .with_untracked(|offer| (offer.revision, offer.launch.patient.fingerprint()));
        self.sending.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let answer = commit(desk.session, picked, patient, revision, scans).await;
            desk.feed.close_if_revoked(&answer);
            self.sending.set(false);
            match answer {
                Ok(()) if desk.dialog.try_get_untracked().flatten() == Some(Dialog::Commit) => {
                    desk.dialog.set(Some(Dialog::Progress));
                }
                Ok(()) => {}
                Err(error) => {
                    // "Something changed" is only of use with what it changed to.
                    desk.feed.refresh().await;
                    self.fault.set(Some(error));
                    browser::focus(ids::COMMIT_ERRORS);
                }
            }
        });
    }
}
