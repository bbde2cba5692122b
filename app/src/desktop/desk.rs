//! What the panels of the desktop share: the session, the photos on their way, which picture is selected, which dialog
//! is open; and what a person can do to a picture. Panels only show and call.

mod tally;

pub(super) use tally::Tally;

use super::crop::Cropping;
use super::details_sync::DetailsSync;
use crate::api::{ApiResult, remove};
use crate::browser;
use crate::ids;
use crate::state::{Connection, Notices, Queue, Revisions, SessionFeed, Tone};
use crate::text::{self, desk as words};
use clinical_images::access::Scope;
use clinical_images::id::{PictureId, SessionId};
use clinical_images::picture::{DetailsChange, Picture, PictureState};
use clinical_images::session::{LinkState, SessionView};
use clinical_images::upload::UploadState;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Which dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    /// Choosing what to file.
    Commit,
    /// The progress of a commit.
    Progress,
    /// Ending the session.
    Finish,
    /// Deleting a picture.
    Delete(PictureId),
    /// The keyboard's shortcuts.
    Keys,
}

impl Dialog {
    /// Whether it is one of the two steps of the commit dialog.
    pub fn is_commit(self) -> bool {
        matches!(self, Self::Commit | Self::Progress)
    }
}

/// The desktop of one session. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// Which session.
    pub session: SessionId,
    /// The session as it is now.
    pub feed: SessionFeed,
    /// Photos of this computer on their way.
    pub queue: Queue,
    /// What is announced.
    pub notices: Notices,
    /// The picture in the viewer.
    pub selected: RwSignal<Option<PictureId>>,
    /// The open dialog.
    pub dialog: RwSignal<Option<Dialog>>,
    /// Detail edits that the server has not confirmed.
    pub details_sync: DetailsSync,
    /// Edited pictures on their way to the server.
    pub revisions: Revisions,
    /// The crop that is being chosen.
    pub cropping: RwSignal<Option<Cropping>>,
}

/// Whether a picture can be looked at: its bytes have arrived.
pub(super) fn is_here(picture: &Picture) -> bool {
    picture.state != PictureState::Reserved
}

/// Whether a commit can take a picture as it is.
pub(super) fn is_committable(picture: &Picture) -> bool {
    picture.state.can_commit() && picture.details.missing().is_none() && !picture.revising
}

/// Whether a phone is connected.
pub(super) fn has_phone(view: &SessionView) -> bool {
    view.links
        .iter()
        .any(|link| matches!(link.state, LinkState::Claimed { .. }))
}

/// Whether a photo of this computer may still reach the session: what cannot be used never will.
pub(super) fn is_pending(upload: &UploadState) -> bool {
    *upload != UploadState::Sent
        && (!matches!(upload, UploadState::Stopped { .. }) || upload.can_retry())
}

impl Desk {
    /// The desktop of a session as the server described it.
    pub fn new(session: SessionId, view: SessionView, notices: Notices) -> Self {
        let scope = Scope::Desktop(session);
        let first = view
            .pictures
            .iter()
            .find(|picture| is_here(picture))
            .map(|picture| picture.id);
        let queue = Queue::new(Some(scope));
        queue.set_limits(view.picture_limits);
        let feed = SessionFeed::new(scope, view);
        Self {
            session,
            feed,
            queue,
            notices,
            selected: RwSignal::new(first),
            dialog: RwSignal::new(None),
            details_sync: DetailsSync::new(feed, notices),
            revisions: Revisions::new(feed, queue),
            cropping: RwSignal::new(None),
        }
    }

    /// The desktop that the panel belongs to.
    pub fn get() -> Self {
        expect_context()
    }

    /// The scope that this page acts in.
    pub fn scope(self) -> Scope {
        Scope::Desktop(self.session)
    }

    /// Where this revision of a picture can be seen small. What this computer prepared is at hand, unless the picture was
    /// edited since; another device's is there in one size only.
    pub fn small_of(self, picture: &Picture) -> String {
        let own = self.queue.thumbnail(picture.id);
        let own = own.filter(|_| picture.edited.is_none());
        own.unwrap_or_else(|| crate::api::picture_path(self.scope(), picture))
    }

    /// Where a picture as it is now can be seen small, for as long as it exists.
    pub fn small(self, id: PictureId) -> Memo<Option<String>> {
        let of = move |view: &SessionView| Some(self.small_of(view.picture(id)?));
        Memo::new(move |_| self.feed.view.with(of))
    }

    /// A picture as it is now, for as long as it exists.
    pub fn picture(self, id: PictureId) -> Memo<Option<Picture>> {
        Memo::new(move |_| self.feed.view.with(|view| view.picture(id).cloned()))
    }

    /// Its place in the session, from 1.
    pub fn number(self, id: PictureId) -> Memo<usize> {
        Memo::new(move |_| {
            let place = self
                .feed
                .view
                .with(|view| view.pictures.iter().position(|picture| picture.id == id));
            place.map_or(0, |place| place + 1)
        })
    }

    /// How the pictures stand.
    pub fn tally(self) -> Memo<Tally> {
        Memo::new(move |_| self.feed.view.with(Tally::of))
    }

    /// Whether the pixels of a picture may still change. The server refuses where a part of it is in the record.
    pub fn may_edit(picture: &Picture) -> bool {
        matches!(
            picture.state,
            PictureState::Ready | PictureState::Failed { .. }
        )
    }

    /// The selected picture, if its pixels may still change.
    pub fn editable(self) -> Option<Picture> {
        let id = self.selected.get_untracked()?;
        let of = |view: &SessionView| view.picture(id).cloned();
        let picture = self.feed.view.with_untracked(of);
        picture.filter(Self::may_edit)
    }

    /// Whether photos or edits of this computer have not reached the server yet.
    pub fn has_pending(self) -> bool {
        let unsent = self.revisions.any();
        unsent
            || self
                .queue
                .photos
                .with(|photos| photos.iter().any(|photo| photo.upload.with(is_pending)))
    }

    /// Ids of the pictures that can be looked at, in order.
    fn order(self) -> Vec<PictureId> {
        let here = |view: &SessionView| {
            view.pictures
                .iter()
                .filter(|picture| is_here(picture))
                .map(|picture| picture.id)
                .collect()
        };
        self.feed.view.with_untracked(here)
    }

    /// Selects the picture that lies so many places further. Returns its id.
    pub fn step(self, by: isize) -> Option<PictureId> {
        let order = self.order();
        let now = self.selected.get_untracked();
        let at = order.iter().position(|id| Some(*id) == now);
        let last = order.len().checked_sub(1)?;
        let next = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.selected.set(Some(order[next]));
        Some(order[next])
    }

    /// Changes details of pictures.
    pub fn describe(self, pictures: Vec<PictureId>, change: DetailsChange) {
        // A photo that has to be announced again brings its details along.
        for photo in pictures.iter().filter_map(|id| self.queue.photo(*id)) {
            photo
                .details
                .update(|details| *details = details.with(&change));
        }
        self.details_sync.describe(pictures, change);
    }

    /// Asks whether to delete a picture; says why not when it cannot be.
    pub fn ask_to_delete(self, id: PictureId) {
        let open = self
            .feed
            .view
            .with_untracked(|view| view.picture(id).is_some_and(|it| it.state.is_open()));
        if open {
            self.dialog.set(Some(Dialog::Delete(id)));
        } else {
            self.notices.announce(Tone::Polite, words::cannot_delete());
        }
    }

    /// Deletes a picture.
    pub fn delete(self, id: PictureId) {
        self.queue.remove(id);
        spawn_local(async move {
            let answer = remove(self.scope(), id).await;
            self.report(&answer);
            if answer.is_ok() {
                // The event may come later than the answer.
                self.feed.refresh().await;
            }
            browser::next_frame().await;
            // The dialog gave the focus back to the picture's button, which is gone.
            if browser::focus_is_lost() {
                let next = self.selected.try_get_untracked().flatten();
                next.into_iter()
                    .for_each(|id| browser::focus(&ids::thumb(id)));
            }
        });
    }

    /// Drops a photo of this computer, and the place that was kept for it.
    pub fn drop_photo(self, id: PictureId) {
        if self
            .feed
            .view
            .with_untracked(|view| view.picture(id).is_some())
        {
            self.delete(id);
        } else {
            self.queue.remove(id);
        }
    }

    /// Opens the commit dialog once everything typed so far is with the server.
    pub fn open_commit(self) {
        spawn_local(async move {
            self.details_sync.flush().await;
            self.revisions.settle().await;
            self.dialog.try_set(Some(Dialog::Commit));
        });
    }

    /// Closes the open dialog if `own` says that it is the caller's: a dialog that gave way to another closes too,
    /// and must not take the other with it.
    pub fn close(self, own: impl Fn(Dialog) -> bool) {
        if self.dialog.try_get_untracked().flatten().is_some_and(own) {
            self.dialog.set(None);
        }
    }

    /// Reads the session anew.
    pub fn refresh(self) {
        spawn_local(async move {
            self.feed.refresh().await;
            // A server that cannot be reached leaves what was on the screen.
            let broken = self.feed.connection.try_get_untracked() == Some(Connection::Interrupted);
            let away = broken || !browser::is_online();
            let said = if away {
                words::reconnecting()
            } else {
                words::refreshed()
            };
            self.notices.announce(Tone::Polite, said);
        });
    }

    /// Reports a failed request to the person, and closes the page when this browser has lost its access.
    pub fn report<T>(self, answer: &ApiResult<T>) {
        self.feed.close_if_revoked(answer);
        if let Err(error) = answer {
            self.notices
                .announce(Tone::Assertive, words::sentence(text::explain(error)));
        }
    }

    /// Selects a picture and puts the cursor where its details are typed.
    pub fn fix(self, id: PictureId) {
        self.dialog.set(None);
        self.selected.set(Some(id));
        // The dialog gives the focus back when it closes, and the form is rendered anew; both have happened at the next frame.
        request_animation_frame(|| browser::focus(ids::SITE_INPUT));
    }
}
