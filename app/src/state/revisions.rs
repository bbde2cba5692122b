//! Edits of pictures that the session has, on their way to it: the original is fetched, edited in the codec worker, and sent
//! as a later revision. The states and what follows on what are the domain's ([`clinical_images::upload`]).
//!
//! Every revision is made from the original, never from an earlier revision: that would lose quality each time.

use super::queue::event_of;
use super::{Queue, SessionFeed};
use crate::api::{cancel_revision, original_path, revert, revise, revision_arrived};
use crate::browser::{self, LocalFile};
use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
use clinical_images::picture::{Edit, Picture};
use clinical_images::refusal::Refusal;
use clinical_images::session::{RevisionClaim, SessionView};
use clinical_images::upload::{UploadEvent, UploadFailure, UploadState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long an edit waits for the next one: a picture that is turned three times is sent once.
const TOGETHER: Duration = Duration::from_millis(500);
/// How often a wait looks again, and how long a commit waits for edits.
const STEP: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// An edit on its way.
#[derive(Clone, Debug, PartialEq)]
struct Revision {
    picture: PictureId,
    /// What the person wants of the original.
    edit: Edit,
    /// Digest of the bytes that the person saw when they edited them, or of what was saved of this edit since.
    edited_from: Sha256,
    /// Digest of the bytes that were announced last, as long as they have not arrived.
    announced: Option<Sha256>,
    upload: UploadState,
}

/// The edits of this desktop. Copies share it.
#[derive(Clone, Copy)]
pub struct Revisions {
    feed: SessionFeed,
    queue: Queue,
    going: RwSignal<Vec<Revision>>,
    /// The original that was fetched last: a picture is often edited twice.
    original: StoredValue<Option<(Sha256, LocalFile)>>,
}

/// What became of one step.
enum Step {
    /// Another edit of the same picture is wanted by now.
    Superseded,
    Came(UploadEvent),
}

impl Revisions {
    /// No edits. They are prepared by the queue's codec, within its limits.
    #[must_use]
    pub fn new(feed: SessionFeed, queue: Queue) -> Self {
        let going = RwSignal::new(Vec::<Revision>::new());
        // Nothing is left to save of a picture that was deleted.
        Effect::new(move |_| {
            let gone = feed.view.with(|view| {
                let is_gone = |own: &Revision| view.picture(own.picture).is_none();
                going.with_untracked(|going| going.iter().any(is_gone))
            });
            if gone {
                let kept = |own: &Revision| {
                    feed.view
                        .with_untracked(|view| view.picture(own.picture).is_some())
                };
                going.update(|going| going.retain(kept));
            }
        });
        Self {
            feed,
            queue,
            going,
            original: StoredValue::new(None),
        }
    }

    /// What a person wants of the original as things stand: the edit on its way, or else the one that is shown.
    #[must_use]
    pub fn wanted(self, picture: &Picture) -> Edit {
        let going = self.going.with(|going| {
            let own = going.iter().find(|own| own.picture == picture.id);
            own.map(|own| own.edit)
        });
        going.unwrap_or_else(|| picture.edit())
    }

    /// Whether changes to this picture are on their way from here.
    #[must_use]
    pub fn is_saving(self, picture: PictureId) -> bool {
        self.upload(picture)
            .is_some_and(|upload| upload.is_under_way())
    }

    /// Why changes to this picture were not saved.
    #[must_use]
    pub fn stopped(self, picture: PictureId) -> Option<UploadFailure> {
        match self.upload(picture) {
            Some(UploadState::Stopped { why }) => Some(why),
            _ => None,
        }
    }

    /// Whether any change has not reached the server.
    #[must_use]
    pub fn any(self) -> bool {
        self.going.with(|going| !going.is_empty())
    }

    fn upload(self, picture: PictureId) -> Option<UploadState> {
        self.going.with(|going| {
            let own = going.iter().find(|own| own.picture == picture);
            own.map(|own| own.upload.clone())
        })
    }

    /// Saves this edit of a picture that is shown.
    pub fn save(self, picture: &Picture, edit: Edit) {
        let id = picture.id;
        let begins = self.going.try_update(|going| {
            let own = going.iter_mut().find(|own| own.picture == id);
            if let Some(own) = own {
                own.edit = edit;
                let stopped = matches!(own.upload, UploadState::Stopped { .. });
                if stopped {
                    own.edited_from = picture.rendition.sha256;
                    own.upload = UploadState::Preparing;
                }
                return stopped;
            }
            going.push(Revision {
                picture: id,
                edit,
                edited_from: picture.rendition.sha256,
                announced: None,
                upload: UploadState::Preparing,
            });
            true
        });
        if begins == Some(true) {
            spawn_local(async move { self.upload_with_retries(id).await });
        }
    }

    /// Tries again to save what was not saved.
    pub fn retry(self, picture: &Picture) {
        if self.stopped(picture.id).is_some() {
            self.save(picture, untrack(|| self.wanted(picture)));
        }
    }

    /// Forgets changes that were not saved; the picture stays as it is.
    pub fn forget(self, picture: PictureId) {
        self.going
            .update(|going| going.retain(|own| own.picture != picture));
    }

    /// Waits until no change is on its way, but not for ever.
    pub async fn settle(self) {
        let is_going = |going: &Vec<Revision>| going.iter().any(|own| own.upload.is_under_way());
        let mut waited = Duration::ZERO;
        while waited < LONGEST_WAIT && self.going.try_with_untracked(is_going) == Some(true) {
            browser::sleep(STEP).await;
            waited += STEP;
        }
    }

    fn find(self, picture: PictureId) -> Option<Revision> {
        let of = |going: &Vec<Revision>| going.iter().find(|own| own.picture == picture).cloned();
        self.going.try_with_untracked(of).flatten()
    }

    fn change(self, picture: PictureId, change: impl FnOnce(&mut Revision)) {
        self.going.try_update(|going| {
            going
                .iter_mut()
                .find(|own| own.picture == picture)
                .map(change)
        });
    }

    fn set(self, picture: PictureId, upload: UploadState) {
        self.change(picture, |own| own.upload = upload);
    }

    /// Tries until the latest edit is saved, or stops and says why.
    async fn upload_with_retries(self, picture: PictureId) {
        browser::sleep(TOGETHER).await;
        let mut announced = None;
        while let Some(own) = self.find(picture) {
            let event = match self.attempt(&own).await {
                Step::Superseded => {
                    self.set(picture, UploadState::Preparing);
                    continue;
                }
                Step::Came(event) => event,
            };
            let Some(now) = self.find(picture) else {
                break;
            };
            announced = now.announced;
            let next = now.upload.after(event, self.queue.retry_policy());
            self.set(picture, next.clone());
            match next {
                UploadState::Sent if now.edit == own.edit => return self.forget(picture),
                // Saved, and edited again meanwhile.
                UploadState::Sent => self.set(picture, UploadState::Preparing),
                UploadState::Retrying { attempt, seconds } => {
                    browser::sleep(Duration::from_secs(seconds.into())).await;
                    self.set(
                        picture,
                        UploadState::Sending {
                            attempt,
                            percent: 0,
                        },
                    );
                }
                UploadState::Paused { attempt } => {
                    while !browser::is_online() && self.find(picture).is_some() {
                        browser::sleep(Duration::from_secs(1)).await;
                    }
                    self.set(
                        picture,
                        UploadState::Sending {
                            attempt,
                            percent: 0,
                        },
                    );
                }
                _ => break,
            }
        }
        if let Some(sha256) = announced {
            // It must not hold up a commit of the picture as it is. The server gives it up too, in a while.
            let _ = cancel_revision(self.feed.scope, picture, sha256).await;
        }
    }

    fn shown(self, picture: PictureId) -> Option<Picture> {
        let of = |view: &SessionView| view.picture(picture).cloned();
        self.feed.view.try_with_untracked(of).flatten()
    }

    fn is_superseded(self, own: &Revision) -> bool {
        self.find(own.picture)
            .is_none_or(|now| now.edit != own.edit)
    }

    /// Fetch, edit, reserve, put, let the server check.
    async fn attempt(self, own: &Revision) -> Step {
        let (scope, id) = (self.feed.scope, own.picture);
        let Some(shown) = self.shown(id) else {
            return Step::Came(UploadEvent::Refused(Refusal::PictureUnknown));
        };
        if own.edit.changes_nothing() {
            let answer = revert(scope, id).await;
            if answer.is_ok() {
                self.change(id, |own| own.edited_from = shown.original().sha256);
            }
            return Step::Came(answer.map_or_else(event_of, |()| UploadEvent::AlreadyStored));
        }
        let Some(original) = self.original(&shown).await else {
            return Step::Came(UploadEvent::Broken);
        };
        let codec = self.queue.codec();
        let prepared = match codec
            .prepare(&original, own.edit, &self.queue.limits())
            .await
        {
            Ok(prepared) => prepared,
            Err(kind) => return Step::Came(UploadEvent::Unusable(kind)),
        };
        if self.is_superseded(own) {
            return Step::Superseded;
        }
        let attempt = own.upload.attempt();
        self.set(
            id,
            UploadState::Sending {
                attempt,
                percent: 0,
            },
        );
        let sha256 = prepared.rendition.sha256;
        let saved = |own: &mut Revision| (own.edited_from, own.announced) = (sha256, None);
        self.change(id, |own| own.announced = Some(sha256));
        let claim = RevisionClaim {
            picture: id,
            edited_from: own.edited_from,
            rendition: prepared.rendition,
            edit: own.edit,
        };
        let ticket = match revise(scope, claim).await {
            Ok(Some(ticket)) => ticket,
            Ok(None) => {
                self.change(id, saved);
                return Step::Came(UploadEvent::AlreadyStored);
            }
            Err(error) => return Step::Came(event_of(error)),
        };
        let put = browser::put(&ticket, prepared.jpeg(), |_| {}).await;
        if put.is_err() {
            let online = browser::is_online();
            return Step::Came(if online {
                UploadEvent::Broken
            } else {
                UploadEvent::Offline
            });
        }
        let checked = revision_arrived(scope, id, sha256).await;
        if checked.is_ok() {
            self.change(id, saved);
        }
        Step::Came(checked.map_or_else(event_of, |()| UploadEvent::AlreadyStored))
    }

    /// The first bytes that arrived of a picture.
    async fn original(self, picture: &Picture) -> Option<LocalFile> {
        let wanted = picture.original().sha256;
        let held = self.original.try_get_value().flatten();
        if let Some((_, file)) = held.filter(|(held, _)| *held == wanted) {
            return Some(file);
        }
        let file = browser::fetch_file(&original_path(self.feed.scope, picture)).await?;
        self.original.try_set_value(Some((wanted, file.clone())));
        Some(file)
    }
}
