//! The upload queue of this device: photos are prepared by the codec in order and uploaded two at a time, each with its own
//! retries. The state machine is the domain's ([`clinical_images::upload`]); preparing and sending are done here.

mod local_photo;
mod sending;
mod thumbnails;

pub use local_photo::LocalPhoto;
pub(super) use sending::event_of;

use crate::browser::{self, Codec, LocalFile};
use clinical_images::access::Scope;
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, Edit, PictureLimits};
use clinical_images::upload::{UploadEvent, UploadFailure, UploadState};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Uploads in progress at the same time.
const MAX_PARALLEL_UPLOADS: usize = 2;

/// The photos of this device. Copies share it.
#[derive(Clone, Copy)]
pub struct Queue {
    scope: StoredValue<Option<Scope>>,
    /// Photos in the order in which they were taken.
    pub photos: RwSignal<Vec<LocalPhoto>>,
    /// The session's limits, for preparing and for retries.
    limits: StoredValue<PictureLimits>,
    codec: StoredValue<Option<Codec>>,
    /// Object URLs of the thumbnails of completed uploads.
    completed: StoredValue<Vec<(PictureId, String)>>,
    /// Photos outlive the screen they were taken on: their signals belong to whoever made the queue.
    owner: StoredValue<Option<Owner>>,
}

impl Queue {
    /// An empty queue. Without a scope nothing is sent until [`Self::send_by`] names one.
    #[must_use]
    pub fn new(scope: Option<Scope>) -> Self {
        let queue = Self {
            scope: StoredValue::new(scope),
            photos: RwSignal::new(Vec::new()),
            limits: StoredValue::new(PictureLimits::default()),
            codec: StoredValue::new(None),
            completed: StoredValue::new(Vec::new()),
            owner: StoredValue::new(Owner::current()),
        };
        Effect::new(move |_| browser::on_window(leptos::ev::online, move |_| queue.resume()));
        queue
    }

    /// From now on photos go to this scope: a phone's link is known only after its claim, and a new scan brings a
    /// new one.
    pub fn send_by(self, scope: Scope) {
        self.scope.set_value(Some(scope));
    }

    /// From now on these limits hold. Photos that are here already are prepared anew if others held before, and wait for
    /// the person: a phone may come back to a session that was opened under other ones.
    pub fn set_limits(self, limits: PictureLimits) {
        let before = self
            .limits
            .try_update_value(|held| std::mem::replace(held, limits));
        if before == Some(limits) {
            return;
        }
        let unsent = |photo: &LocalPhoto| photo.upload.get_untracked() != UploadState::Sent;
        let photos = self.photos.get_untracked();
        for photo in photos.into_iter().filter(unsent) {
            photo.cancel_run();
            photo.wanted.set(false);
            self.prepare(photo);
        }
    }

    /// Takes files in and begins to prepare them. `send` also sends them as soon as they are ready; otherwise
    /// [`Self::send_all`] does. Returns their names.
    pub fn add(self, files: Vec<LocalFile>, details: &Details, send: bool) -> Vec<PictureId> {
        let take = || {
            files
                .into_iter()
                .map(|file| LocalPhoto::new(file, details.clone(), send))
                .collect()
        };
        let fresh: Vec<LocalPhoto> = match self.owner.get_value() {
            Some(owner) => owner.with(take),
            None => take(),
        };
        let names = fresh.iter().map(|photo| photo.id).collect();
        self.photos
            .update(|photos| photos.extend(fresh.iter().cloned()));
        fresh.into_iter().for_each(|photo| self.prepare(photo));
        names
    }

    /// Turns a photo a quarter clockwise and prepares it again.
    pub fn turn(self, id: PictureId) {
        if let Some(photo) = self.photo(id) {
            photo
                .edit
                .update(|edit| *edit = Edit::of_turns(edit.turns() + 1));
            self.prepare(photo);
        }
    }

    fn prepare(self, photo: LocalPhoto) {
        photo.upload.set(UploadState::Preparing);
        let codec = self.codec();
        let (edit, limits) = (photo.edit.get_untracked(), self.limits.get_value());
        spawn_local(async move {
            let event = match codec.prepare(&photo.file, edit, &limits).await {
                // Turned again meanwhile, or to be prepared otherwise: that preparation will answer.
                _ if photo.edit.try_get_untracked() != Some(edit)
                    || self.limits.try_get_value() != Some(limits) =>
                {
                    return;
                }
                Ok(prepared) => {
                    photo.show(&prepared);
                    photo.prepared.set_value(Some(prepared));
                    UploadEvent::StepDone
                }
                Err(kind) => UploadEvent::Unusable(kind),
            };
            let policy = self.retry_policy();
            photo
                .upload
                .update(|upload| *upload = upload.after(event, policy));
            self.start_next();
        });
    }

    /// The session's limits, for preparing and for retries.
    pub(super) fn limits(self) -> PictureLimits {
        self.limits.get_value()
    }

    /// Fetches and warms up the codec while the person is still choosing a photo.
    pub fn prefetch_codec(self) {
        self.codec().warm();
    }

    /// The worker that prepares photos.
    pub(super) fn codec(self) -> Codec {
        if let Some(codec) = self.codec.get_value() {
            return codec;
        }
        let codec = Codec::default();
        self.codec.set_value(Some(codec.clone()));
        codec
    }

    /// Sends everything that is ready.
    pub fn send_all(self) {
        self.photos
            .with_untracked(|photos| photos.iter().for_each(|photo| photo.wanted.set(true)));
        self.start_next();
    }

    /// Tries a stopped photo again.
    pub fn retry(self, id: PictureId) {
        let Some(photo) = self
            .photo(id)
            .filter(|photo| photo.upload.get_untracked().can_retry())
        else {
            return;
        };
        if photo.prepared.get_value().is_some() {
            photo.upload.set(UploadState::Prepared);
            self.start_next();
        } else {
            self.prepare(photo);
        }
    }

    /// Tries every stopped photo again.
    pub fn retry_all(self) {
        let ids: Vec<_> = self
            .photos
            .with_untracked(|photos| photos.iter().map(|photo| photo.id).collect());
        ids.into_iter().for_each(|id| self.retry(id));
    }

    /// Stops sending a photo; it stays on this device.
    pub fn cancel(self, id: PictureId) {
        if let Some(photo) = self
            .photo(id)
            .filter(|photo| photo.upload.get_untracked() != UploadState::Sent)
        {
            photo.cancel_run();
            photo.upload.set(UploadState::Stopped {
                why: UploadFailure::Cancelled,
            });
        }
    }

    /// Drops a photo from this device.
    pub fn remove(self, id: PictureId) {
        self.cancel(id);
        if let Some(photo) = self.photo(id) {
            photo.release();
        }
        self.photos
            .update(|photos| photos.retain(|photo| photo.id != id));
    }

    /// Puts every photo that has not arrived back among the unsent ones, to be reviewed and sent through another link, perhaps
    /// to another session. Each gets a new id: that session may know the old one as another device's.
    pub fn requeue(self) {
        let mut photos = self.photos.get_untracked();
        for photo in &mut photos {
            let upload = photo.upload.get_untracked();
            if upload == UploadState::Sent {
                continue;
            }
            photo.cancel_run();
            photo.id = PictureId::from_bits(browser::random_bits());
            photo.wanted.set(false);
            if upload != UploadState::Preparing && photo.prepared.get_value().is_some() {
                photo.upload.set(UploadState::Prepared);
            }
        }
        self.photos.set(photos);
    }

    /// Forgets photos that the server has.
    pub fn forget_sent(self) {
        let sent = |photo: &&LocalPhoto| photo.upload.get_untracked() == UploadState::Sent;
        let names: Vec<_> = self
            .photos
            .with_untracked(|photos| photos.iter().filter(sent).map(|photo| photo.id).collect());
        names.into_iter().for_each(|id| self.remove(id));
    }

    /// The photo with this name.
    #[must_use]
    pub fn photo(self, id: PictureId) -> Option<LocalPhoto> {
        self.photos
            .with_untracked(|photos| photos.iter().find(|photo| photo.id == id).cloned())
    }

    fn resume(self) {
        self.photos.with_untracked(|photos| {
            for photo in photos {
                if let UploadState::Paused { attempt } = photo.upload.get_untracked() {
                    self.send(photo.clone(), attempt);
                }
            }
        });
    }

    /// Starts uploads that are ready, up to [`MAX_PARALLEL_UPLOADS`] at a time.
    fn start_next(self) {
        let photos = self.photos.get_untracked();
        let busy = |photo: &&LocalPhoto| {
            matches!(
                photo.upload.get_untracked(),
                UploadState::Sending { .. }
                    | UploadState::Checking { .. }
                    | UploadState::Retrying { .. }
            )
        };
        let room = MAX_PARALLEL_UPLOADS.saturating_sub(photos.iter().filter(busy).count());
        let ready = |photo: &LocalPhoto| {
            photo.wanted.get_untracked() && photo.upload.get_untracked() == UploadState::Prepared
        };
        photos
            .into_iter()
            .filter(ready)
            .take(room)
            .for_each(|photo| self.send(photo, 1));
    }
}
