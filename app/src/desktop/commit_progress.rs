//! The pictures of a commit and the requests that a person makes about them: once more, or what was found in Medtech.

use super::desk::{Desk, is_committable};
use crate::api::{ApiError, commit, resolve_manually};
use crate::browser;
use crate::ids;
use clinical_images::id::PictureId;
use clinical_images::picture::{Picture, PictureState};
use clinical_images::record::Target;
use clinical_images::session::Scans;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The pictures of a commit, with the state of the request that is running for them. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct CommitProgress {
    pub(super) desk: Desk,
    pub(super) busy: RwSignal<bool>,
    pub(super) fault: RwSignal<Option<ApiError>>,
}

pub(super) fn was_committed(picture: &Picture) -> bool {
    !matches!(picture.state, PictureState::Reserved | PictureState::Ready)
}

pub(super) fn is_filed(picture: &Picture) -> bool {
    matches!(picture.state, PictureState::Filed { .. })
}

pub(super) fn can_retry(picture: &Picture) -> bool {
    matches!(picture.state, PictureState::Failed { .. }) && is_committable(picture)
}

impl CommitProgress {
    /// Before any request. Has to be called in a component.
    pub(super) fn new(desk: Desk) -> Self {
        Self {
            desk,
            busy: RwSignal::new(false),
            fault: RwSignal::new(None),
        }
    }

    /// Ids of committed pictures that `pick` takes.
    pub(super) fn ids(self, pick: fn(&Picture) -> bool) -> Vec<PictureId> {
        self.desk.feed.view.with(|view| {
            view.pictures
                .iter()
                .filter(|it| pick(it))
                .map(|it| it.id)
                .collect()
        })
    }

    /// Commits failed pictures once more.
    pub(super) fn retry(self, pictures: Vec<PictureId>) {
        let desk = self.desk;
        let (revision, patient) = desk
            .feed
            .view
            .with_untracked(|view| (view.revision, view.launch.patient.fingerprint()));
        let scans = Scans::AsBefore;
        let first = pictures.first().copied();
        self.ask(first, async move {
            commit(desk.session, pictures, patient, revision, scans).await
        });
    }

    /// A person has looked into Medtech.
    pub(super) fn resolve_manually(self, picture: PictureId, target: Target, present: bool) {
        let session = self.desk.session;
        self.ask(Some(picture), async move {
            resolve_manually(session, picture, target, present).await
        });
    }

    /// Sends a request, and moves the focus to the row of the picture it was about: the button that was pressed disappears.
    fn ask(
        self,
        about: Option<PictureId>,
        asked: impl Future<Output = Result<(), ApiError>> + 'static,
    ) {
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let answer = asked.await;
            self.desk.feed.close_if_revoked(&answer);
            self.busy.set(false);
            match answer {
                Ok(()) => {
                    if let Some(id) = about {
                        browser::focus(&ids::outcome(id));
                    }
                }
                Err(error) => {
                    self.desk.feed.refresh().await;
                    self.fault.set(Some(error));
                    browser::focus(ids::OUTCOME_ERRORS);
                }
            }
        });
    }
}
