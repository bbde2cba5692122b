//! Files that a person chose, dropped or pasted.

use clinical_images::moment::Moment;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ClipboardEvent, DragEvent, FileList, HtmlInputElement};

/// A file of this device. Stays on the thread it was chosen on.
#[derive(Clone, Debug)]
pub struct LocalFile(SendWrapper<web_sys::File>);

impl LocalFile {
    /// Its name, for the person who chose it; never sent anywhere.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// When it was made, as the device says.
    #[must_use]
    pub fn made_at(&self) -> Moment {
        Moment::from_millis(self.0.last_modified() as i64)
    }

    pub(super) fn file(&self) -> &web_sys::File {
        &self.0
    }
}

fn listed(files: Option<FileList>) -> Vec<LocalFile> {
    let Some(files) = files else {
        return Vec::new();
    };
    (0..files.length())
        .filter_map(|at| files.get(at))
        .map(|file| LocalFile(SendWrapper::new(file)))
        .collect()
}

/// Takes the files out of a file input, so that the same file can be chosen again.
#[must_use]
pub fn take_chosen(input: &HtmlInputElement) -> Vec<LocalFile> {
    let files = listed(input.files());
    input.set_value("");
    files
}

/// The files dropped on an element; keeps the browser from opening them instead.
#[must_use]
pub fn dropped(event: &DragEvent) -> Vec<LocalFile> {
    event.prevent_default();
    listed(event.data_transfer().and_then(|transfer| transfer.files()))
}

/// The files on the clipboard, if it holds any.
#[must_use]
pub fn pasted(event: &ClipboardEvent) -> Vec<LocalFile> {
    listed(event.clipboard_data().and_then(|transfer| transfer.files()))
}

/// Reads a picture from an address of this server. `None` when it cannot be had now.
pub async fn fetch_file(path: &str) -> Option<LocalFile> {
    let fetched = JsFuture::from(leptos::prelude::window().fetch_with_str(path)).await;
    let response = fetched.ok()?.dyn_into::<web_sys::Response>().ok()?;
    if !response.ok() {
        return None;
    }
    let bytes = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    let parts = js_sys::Array::of1(&bytes);
    let file = web_sys::File::new_with_buffer_source_sequence(&parts, "original").ok()?;
    Some(LocalFile(SendWrapper::new(file)))
}

/// An address under which the page can show bytes that it holds. Has to be released.
#[must_use]
pub fn object_url(jpeg: &js_sys::ArrayBuffer) -> Option<String> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(clinical_images::picture::JPEG);
    let parts = js_sys::Array::of1(jpeg);
    let blob = web_sys::Blob::new_with_buffer_source_sequence_and_options(&parts, &options).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

/// Releases what [`object_url`] made.
pub fn release_url(url: &str) {
    let _ = web_sys::Url::revoke_object_url(url);
}
