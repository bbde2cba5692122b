//! One photo of this device.

use crate::browser::{self, LocalFile, Prepared};
use clinical_images::id::PictureId;
use clinical_images::moment::Moment;
use clinical_images::picture::{Details, Edit, Rendition};
use clinical_images::session::UploadClaim;
use clinical_images::upload::UploadState;
use leptos::prelude::*;

/// A file in this device's upload queue, with its preview, details and upload state. Clones share the signals.
#[derive(Clone)]
pub struct LocalPhoto {
    /// Its id in the session. Changes only when the photo is requeued for another link.
    pub id: PictureId,
    /// When it was taken.
    pub taken_at: Moment,
    /// The file as the person chose it.
    pub file: LocalFile,
    /// Where the page can show it; nothing until it is prepared.
    pub preview: RwSignal<Option<String>>,
    /// Where the page can show it small, among others.
    pub thumbnail: RwSignal<Option<String>>,
    /// Site, side, view and note.
    pub details: RwSignal<Details>,
    /// The state of its upload.
    pub upload: RwSignal<UploadState>,
    /// What a person changed about it: turns, as long as it has not been sent.
    pub edit: RwSignal<Edit>,
    /// Whether it is to be uploaded as soon as it is prepared.
    pub wanted: RwSignal<bool>,
    pub(super) prepared: StoredValue<Option<Prepared>>,
    /// Numbers the upload runs: only the latest may change the state.
    pub(super) run: StoredValue<u32>,
}

impl LocalPhoto {
    pub(super) fn new(file: LocalFile, details: Details, send: bool) -> Self {
        Self {
            id: PictureId::from_bits(browser::random_bits()),
            taken_at: file.made_at(),
            file,
            preview: RwSignal::new(None),
            thumbnail: RwSignal::new(None),
            details: RwSignal::new(details),
            upload: RwSignal::new(UploadState::Waiting),
            edit: RwSignal::new(Edit::default()),
            wanted: RwSignal::new(send),
            prepared: StoredValue::new(None),
            run: StoredValue::new(0),
        }
    }

    /// Whether it is to be uploaded and has not arrived.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.wanted.get() && self.upload.get() != UploadState::Sent
    }

    /// Width and height of the photo as it is prepared, in pixels.
    #[must_use]
    pub fn size(&self) -> Option<(u32, u32)> {
        let rendition = |prepared: &Prepared| prepared.rendition;
        let rendition = self.prepared.with_value(|it| it.as_ref().map(rendition))?;
        Some((rendition.width, rendition.height))
    }

    /// Cancels the current upload run, if any, and returns the number of the next.
    pub(super) fn cancel_run(&self) -> u32 {
        let next = self.run.get_value() + 1;
        self.run.set_value(next);
        next
    }

    pub(super) fn claim(&self, rendition: Rendition) -> UploadClaim {
        UploadClaim {
            picture: self.id,
            rendition,
            taken_at: self.taken_at,
            details: self.details.get_untracked(),
        }
    }

    pub(super) fn show(&self, prepared: &Prepared) {
        self.release();
        self.preview.set(browser::object_url(prepared.jpeg()));
        self.thumbnail
            .set(browser::object_url(prepared.thumbnail()));
    }

    /// Releases the object URLs of preview and thumbnail.
    pub(super) fn release(&self) {
        for shown in [self.preview, self.thumbnail] {
            if let Some(url) = shown.try_get_untracked().flatten() {
                browser::release_url(&url);
            }
        }
    }
}
