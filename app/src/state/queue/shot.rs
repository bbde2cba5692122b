//! One photo of this device.

use crate::browser::{self, LocalFile, Prepared};
use clinical_images::id::PictureId;
use clinical_images::moment::Moment;
use clinical_images::picture::{Details, Rendition};
use clinical_images::session::UploadClaim;
use clinical_images::upload::Upload;
use leptos::prelude::*;

/// One photo of this device, from the shutter to the server. Clones share it.
#[derive(Clone)]
pub struct Shot {
    /// Its name for good.
    pub id: PictureId,
    /// When it was taken.
    pub taken_at: Moment,
    /// What it was before it was prepared.
    pub file: LocalFile,
    /// Where the page can show it; nothing until it is prepared.
    pub preview: RwSignal<Option<String>>,
    /// Where the page can show it small, among others.
    pub thumbnail: RwSignal<Option<String>>,
    /// What is said about it.
    pub details: RwSignal<Details>,
    /// Where it is on its way.
    pub upload: RwSignal<Upload>,
    /// Quarter turns clockwise that a person added.
    pub turns: RwSignal<u8>,
    /// Whether it may go as soon as it is ready.
    pub wanted: RwSignal<bool>,
    pub(super) prepared: StoredValue<Option<Prepared>>,
    /// Counts runs of sending: only the latest may move the photo on.
    pub(super) run: StoredValue<u32>,
}

impl Shot {
    pub(super) fn new(file: LocalFile, details: Details, send: bool) -> Self {
        Self {
            id: PictureId::from_bits(browser::random_bits()),
            taken_at: file.made_at(),
            file,
            preview: RwSignal::new(None),
            thumbnail: RwSignal::new(None),
            details: RwSignal::new(details),
            upload: RwSignal::new(Upload::Waiting),
            turns: RwSignal::new(0),
            wanted: RwSignal::new(send),
            prepared: StoredValue::new(None),
            run: StoredValue::new(0),
        }
    }

    /// Whether it was told to go and has not arrived.
    #[must_use]
    pub fn is_going(&self) -> bool {
        self.wanted.get() && self.upload.get() != Upload::Sent
    }

    /// Ends the present run of sending, if there is one, and names the next.
    pub(super) fn stop_run(&self) -> u32 {
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

    /// Gives the memory of what is shown back.
    pub(super) fn release(&self) {
        for shown in [self.preview, self.thumbnail] {
            if let Some(url) = shown.try_get_untracked().flatten() {
                browser::release_url(&url);
            }
        }
    }
}
