//! Bytes go straight from the browser to the store, with progress. `fetch` tells no progress of what it sends, so this
//! is an `XMLHttpRequest`.

use crate::api::PresignedPut;
use futures::channel::oneshot;
use js_sys::ArrayBuffer;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{ProgressEvent, XmlHttpRequest};

/// Milliseconds after which a put that has not finished counts as broken.
const PATIENCE: u32 = 60_000;

/// Why a put did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutFault {
    /// No connection, or it broke, or took too long.
    Broken,
    /// The store answered with this status.
    Answered(u16),
}

/// Aborts the transfer when it is dropped in the middle, as when a person cancels.
struct AbortOnDrop(XmlHttpRequest);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if self.0.ready_state() != XmlHttpRequest::DONE {
            let _ = self.0.abort();
        }
    }
}

/// Sends bytes with a presigned PUT. `progress` is called with percentages.
///
/// # Errors
/// [`PutFault`]; whether the store kept the bytes is not known then.
pub async fn put(
    presigned: &PresignedPut,
    jpeg: &ArrayBuffer,
    progress: impl Fn(u8) + 'static,
) -> Result<(), PutFault> {
    let request = XmlHttpRequest::new().map_err(|_| PutFault::Broken)?;
    request
        .open_with_async("PUT", &presigned.url, true)
        .map_err(|_| PutFault::Broken)?;
    request.set_timeout(PATIENCE);
    for (name, value) in &presigned.headers {
        request
            .set_request_header(name, value)
            .map_err(|_| PutFault::Broken)?;
    }
    let told = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            progress((event.loaded() * 100.0 / event.total()) as u8);
        }
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(told.as_ref().unchecked_ref()));
    }
    let (done, ended) = oneshot::channel();
    let done = Rc::new(RefCell::new(Some(done)));
    let end = Closure::<dyn FnMut()>::new(move || {
        if let Some(done) = done.borrow_mut().take() {
            let _ = done.send(());
        }
    });
    request.set_onloadend(Some(end.as_ref().unchecked_ref()));
    let guard = AbortOnDrop(request);
    guard
        .0
        .send_with_opt_buffer_source(Some(jpeg))
        .map_err(|_| PutFault::Broken)?;
    let _ = ended.await;
    match guard.0.status() {
        Ok(200..=299) => Ok(()),
        Ok(0) | Err(_) => Err(PutFault::Broken),
        Ok(status) => Err(PutFault::Answered(status)),
    }
}
