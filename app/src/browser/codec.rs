//! The page's end of the codec worker (`public/codec-worker.js`): files go in, prepared pictures come out.
//!
//! Messages from the page:
//! - `{ id, file, edit, thumbnail, limits }`: a File or Blob to be prepared. `id` is the page's own; `edit` are the numbers of an
//!   [`Edit`] (nothing is changed if left out); `thumbnail` is the longest side of one in pixels (none is made if
//!   left out); `limits` are `inputBytes`, `inputPixels`, `outputBytes` and `longSide` of [`PictureLimits`] (the product's if
//!   left out).
//! - `{ id, cancel: true }`: the answer is not wanted any more. None comes.
//! - `{ warm: true }`: a picture will come soon. The worker fetches and compiles the module, starts its pool and warms it up.
//! - `{ ping: true }`: a heartbeat. The worker answers with the same message.
//!
//! Messages from the worker:
//! - `{ id, stage: "preparing", share }`: the file's turn has come; the share of the work done, 0 to 1.
//! - `{ id, ok: true, jpeg, width, height, quality, sha256, source, thumbnail }`: `jpeg` is a transferred `ArrayBuffer`, `sha256` its
//!   digest in hexadecimal, `thumbnail` a JPEG likewise when one was asked for.
//! - `{ id, ok: false, refusal }`: `refusal` is `clinical_images::codec::Unusable` as `{ kind, … }`.
//! - `{ fatal: true }`: the module broke over the file just refused as `damaged`. Replace this worker: it refuses everything from
//!   now on as `unavailable`.
//! - `{ memoryPressure: true }`: a large picture has left this worker with much memory that WebAssembly cannot release.
//!   Replace it.

use super::{LocalFile, sleep};
use clinical_images::digest::Sha256;
use clinical_images::picture::{Edit, PictureLimits, Rendition};
use clinical_images::upload::Unusable;
use futures::channel::oneshot;
use js_sys::{ArrayBuffer, Object, Reflect};
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// A picture ready to be sent: upright, small, clean.
#[derive(Clone, Debug)]
pub struct Prepared {
    jpeg: SendWrapper<ArrayBuffer>,
    thumbnail: SendWrapper<ArrayBuffer>,
    /// What the server is told about it.
    pub rendition: Rendition,
}

impl Prepared {
    /// The JPEG's bytes.
    #[must_use]
    pub fn jpeg(&self) -> &ArrayBuffer {
        &self.jpeg
    }

    /// The bytes of a small JPEG of the same picture.
    #[must_use]
    pub fn thumbnail(&self) -> &ArrayBuffer {
        &self.thumbnail
    }
}

/// Longest side of a thumbnail, in pixels: the phone's grid on a sharp screen.
const THUMBNAIL_SIDE: u32 = 320;

/// How often a worker with unanswered requests is pinged, and how many pings in a row it may miss. A slow phone that works on
/// a large picture may answer none for a minute.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const MAX_MISSED_PINGS: u32 = 6;

/// The files that have no answer yet, in the order in which they came.
type PendingRequests = BTreeMap<u32, PendingRequest>;

/// A request to the worker, and where its answer goes.
struct PendingRequest {
    message: Object,
    answer: oneshot::Sender<Result<Prepared, Unusable>>,
}

/// The worker with its message handler: dropped together.
type RunningWorker = (Worker, Closure<dyn FnMut(MessageEvent)>);

/// The codec worker. Started with the first file; replaced when it breaks, stops answering pings, or reports memory pressure.
/// Its successor gets the unanswered requests again. Clones share it.
#[derive(Clone)]
pub struct Codec(SendWrapper<Rc<Inner>>);

#[derive(Default)]
struct Inner {
    worker: RefCell<Option<RunningWorker>>,
    pending: RefCell<PendingRequests>,
    last_id: Cell<u32>,
    watchdog: Cell<bool>,
    missed_pings: Cell<u32>,
}

impl Default for Codec {
    fn default() -> Self {
        Self(SendWrapper::new(Rc::default()))
    }
}

impl Codec {
    /// Starts the worker and has it fetch what it needs, because a picture will come soon. Costs nothing the second time.
    pub fn warm(&self) {
        let message = object(&[("warm", JsValue::TRUE)]);
        // One that cannot be started says so to the picture that needs it.
        let _ = self.0.post(&message);
    }

    /// Prepares one file within these limits, edited after it was made upright. Files are taken in the order of the calls. Dropping the future tells the worker to leave the file.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub async fn prepare(
        &self,
        file: &LocalFile,
        edit: Edit,
        limits: &PictureLimits,
    ) -> Result<Prepared, Unusable> {
        let id = self.0.last_id.get() + 1;
        self.0.last_id.set(id);
        // A script's number holds them all exactly.
        let limits = object(&[
            ("inputBytes", (limits.input_bytes as f64).into()),
            ("inputPixels", (limits.input_pixels as f64).into()),
            ("outputBytes", (limits.output_bytes as f64).into()),
            ("longSide", limits.long_side.into()),
        ]);
        let edit_numbers = js_sys::Uint32Array::from(&edit.numbers()[..]);
        let message = object(&[
            ("id", id.into()),
            ("file", file.file().into()),
            ("edit", edit_numbers.into()),
            ("thumbnail", THUMBNAIL_SIDE.into()),
            ("limits", limits.into()),
        ]);
        let (answer, answered) = oneshot::channel();
        let request = PendingRequest {
            message: message.clone(),
            answer,
        };
        self.0.pending.borrow_mut().insert(id, request);
        if self.0.post(&message).is_err() {
            self.0.pending.borrow_mut().remove(&id);
            return Err(Unusable::Unavailable);
        }
        self.0.start_watchdog();
        let _cancel = CancelOnDrop { codec: self, id };
        answered.await.unwrap_or(Err(Unusable::Unavailable))
    }
}

/// Cancels the request in the worker when it is dropped before the answer came.
struct CancelOnDrop<'c> {
    codec: &'c Codec,
    id: u32,
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        let inner = &self.codec.0;
        if inner.pending.borrow_mut().remove(&self.id).is_none() {
            return;
        }
        let message = object(&[("id", self.id.into()), ("cancel", JsValue::TRUE)]);
        if let Some((worker, _)) = &*inner.worker.borrow() {
            let _ = worker.post_message(&message);
        }
    }
}

impl Inner {
    fn post(self: &Rc<Self>, message: &Object) -> Result<(), JsValue> {
        if self.worker.borrow().is_none() {
            *self.worker.borrow_mut() = Some(self.start()?);
        }
        match &*self.worker.borrow() {
            Some((worker, _)) => worker.post_message(message),
            None => Err(JsValue::NULL),
        }
    }

    fn start(self: &Rc<Self>) -> Result<RunningWorker, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("/codec-worker.js", &options)?;
        let inner = Rc::downgrade(self);
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(inner) = inner.upgrade() {
                inner.on_message(&event.data());
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let inner = Rc::downgrade(self);
        // The script itself could not be loaded: no pending request will be answered.
        let fail = Closure::<dyn FnMut()>::new(move || {
            if let Some(inner) = inner.upgrade() {
                inner.terminate();
                inner.fail_pending();
            }
        });
        worker.set_onerror(Some(fail.into_js_value().unchecked_ref()));
        Ok((worker, on_message))
    }

    fn on_message(self: &Rc<Self>, data: &JsValue) {
        self.missed_pings.set(0);
        if get(data, "fatal").is_truthy() || get(data, "memoryPressure").is_truthy() {
            self.replace();
            return;
        }
        let (Some(id), Some(answer)) = (get(data, "id").as_f64(), read_answer(data)) else {
            return;
        };
        let unavailable = matches!(answer, Err(Unusable::Unavailable));
        let request = self.pending.borrow_mut().remove(&(id as u32));
        if let Some(request) = request {
            let _ = request.answer.send(answer);
        }
        // A script that a worker could not fetch it will never have: the browser remembers that its import failed. The next
        // worker asks for it again.
        if unavailable {
            self.replace();
        }
    }

    /// Pings the worker while requests are pending. Missed pings are counted rather than seconds: while the device sleeps, the
    /// worker sleeps too.
    fn start_watchdog(self: &Rc<Self>) {
        if self.watchdog.replace(true) {
            return;
        }
        self.missed_pings.set(0);
        let inner = Rc::downgrade(self);
        spawn_local(async move {
            loop {
                sleep(PING_INTERVAL).await;
                let Some(inner) = inner.upgrade() else { return };
                if inner.pending.borrow().is_empty() {
                    inner.watchdog.set(false);
                    return;
                }
                inner.ping();
            }
        });
    }

    fn ping(self: &Rc<Self>) {
        if self.missed_pings.get() < MAX_MISSED_PINGS {
            self.missed_pings.set(self.missed_pings.get() + 1);
            if let Some((worker, _)) = &*self.worker.borrow() {
                let _ = worker.post_message(&object(&[("ping", JsValue::TRUE)]));
            }
            return;
        }
        self.missed_pings.set(0);
        // The worker was busy with the oldest request. A person may retry it.
        let oldest = self.pending.borrow_mut().pop_first();
        if let Some((_, request)) = oldest {
            let _ = request.answer.send(Err(Unusable::Unavailable));
        }
        self.replace();
    }

    /// Terminates the worker and sends its unanswered requests to a new one. A file that broke the worker has been answered
    /// before.
    fn replace(self: &Rc<Self>) {
        self.terminate();
        let unanswered: Vec<Object> = self
            .pending
            .borrow()
            .values()
            .map(|request| request.message.clone())
            .collect();
        if unanswered.iter().any(|message| self.post(message).is_err()) {
            self.fail_pending();
        }
    }

    fn fail_pending(&self) {
        for (_, request) in std::mem::take(&mut *self.pending.borrow_mut()) {
            let _ = request.answer.send(Err(Unusable::Unavailable));
        }
    }

    fn terminate(&self) {
        if let Some((worker, on_message)) = self.worker.take() {
            // What it has said already, and is on its way, counts no more.
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
            // This may be called by it.
            spawn_local(async move { drop(on_message) });
        }
    }
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Reads an answer; nothing for a message that only tells progress.
fn read_answer(data: &JsValue) -> Option<Result<Prepared, Unusable>> {
    if !get(data, "ok").as_bool()? {
        return Some(Err(read_refusal(&get(data, "refusal"))));
    }
    let read = || {
        let jpeg: ArrayBuffer = get(data, "jpeg").dyn_into().ok()?;
        let rendition = Rendition {
            length: jpeg.byte_length().into(),
            sha256: Sha256::from_hex(&get(data, "sha256").as_string()?).ok()?,
            width: get(data, "width").as_f64()? as u32,
            height: get(data, "height").as_f64()? as u32,
        };
        Some(Prepared {
            jpeg: SendWrapper::new(jpeg),
            thumbnail: SendWrapper::new(get(data, "thumbnail").dyn_into().ok()?),
            rendition,
        })
    };
    Some(read().ok_or(Unusable::Damaged))
}

fn read_refusal(refusal: &JsValue) -> Unusable {
    let limit = get(refusal, "limit").as_f64().unwrap_or_default() as u64;
    match get(refusal, "kind").as_string().as_deref() {
        Some("notAnImage") => Unusable::NotAnImage,
        Some("unsupported") => Unusable::Unsupported,
        Some("tooManyBytes") => Unusable::TooManyBytes { limit },
        Some("tooManyPixels") => Unusable::TooManyPixels { limit },
        Some("truncated") => Unusable::Truncated,
        Some("unreadable") => Unusable::Unreadable,
        Some("unavailable") => Unusable::Unavailable,
        _ => Unusable::Damaged,
    }
}
