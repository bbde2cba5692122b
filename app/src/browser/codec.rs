//! The page's end of the codec worker (`public/codec-worker.js`): files go in, prepared pictures come out.
//!
//! What the page says:
//! - `{ id, file, turns, thumbnail, limits }`: a File or Blob to be prepared. `id` is the page's own; `turns` are quarter turns
//!   clockwise after the picture is upright (0 if left out); `thumbnail` is the longest side of one in pixels (none is made if
//!   left out); `limits` are `inputBytes`, `inputPixels`, `outputBytes` and `longSide` of [`PictureLimits`] (the product's if
//!   left out).
//! - `{ id, cancel: true }`: the answer is not wanted any more. None comes.
//! - `{ warm: true }`: a picture will come soon. Fetch and compile, start the helpers, rehearse.
//! - `{ beat: true }`: a sign of life is wanted. The same comes back.
//!
//! What the worker says:
//! - `{ id, stage: "preparing", share }`: the file's turn has come; the share of the work done, 0 to 1.
//! - `{ id, ok: true, jpeg, width, height, quality, sha256, source, thumbnail }`: `jpeg` is a transferred `ArrayBuffer`, `sha256` its
//!   digest in hexadecimal, `thumbnail` a JPEG likewise when one was asked for.
//! - `{ id, ok: false, refusal }`: `refusal` is `clinical_images::codec::Unusable` as `{ kind, … }`.
//! - `{ fatal: true }`: the module broke over the file just refused as `damaged`. Replace this worker: it refuses everything from
//!   now on as `unavailable`.
//! - `{ tired: true }`: nothing is wrong, but a large picture has left this worker with much memory that it cannot give back.
//!   Replace it.

use super::{LocalFile, sleep};
use clinical_images::digest::Sha256;
use clinical_images::picture::{PictureLimits, Rendition};
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

/// How often a worker that owes an answer is asked for a sign of life, and how many it may leave out. A slow phone that works on
/// a large picture may give none for a minute.
const BEAT: Duration = Duration::from_secs(20);
const MOST_MISSED: u32 = 6;

/// The files that have no answer yet, in the order in which they came.
type Waiting = BTreeMap<u32, Asked>;

/// What was asked of the worker, and who hears the answer.
struct Asked {
    message: Object,
    answer: oneshot::Sender<Result<Prepared, Unusable>>,
}

/// The worker, and what hears it: dropped together.
type Started = (Worker, Closure<dyn FnMut(MessageEvent)>);

/// The codec worker. Started with the first file; replaced when it breaks or falls silent, and when a large picture has left it
/// with much memory. The next one is asked for what this one still owed. Clones share it.
#[derive(Clone)]
pub struct Codec(SendWrapper<Rc<Inner>>);

#[derive(Default)]
struct Inner {
    worker: RefCell<Option<Started>>,
    waiting: RefCell<Waiting>,
    last: Cell<u32>,
    watched: Cell<bool>,
    missed: Cell<u32>,
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

    /// Prepares one file within these limits, turned by so many quarter turns clockwise after it was made upright. Files
    /// are taken in the order of the calls. Dropping the future tells the worker to leave the file.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub async fn prepare(
        &self,
        file: &LocalFile,
        quarter_turns: u8,
        limits: &PictureLimits,
    ) -> Result<Prepared, Unusable> {
        let id = self.0.last.get() + 1;
        self.0.last.set(id);
        // A script's number holds them all exactly.
        let limits = object(&[
            ("inputBytes", (limits.input_bytes as f64).into()),
            ("inputPixels", (limits.input_pixels as f64).into()),
            ("outputBytes", (limits.output_bytes as f64).into()),
            ("longSide", limits.long_side.into()),
        ]);
        let message = object(&[
            ("id", id.into()),
            ("file", file.file().into()),
            ("turns", quarter_turns.into()),
            ("thumbnail", THUMBNAIL_SIDE.into()),
            ("limits", limits.into()),
        ]);
        let (answer, heard) = oneshot::channel();
        let asked = Asked {
            message: message.clone(),
            answer,
        };
        self.0.waiting.borrow_mut().insert(id, asked);
        if self.0.post(&message).is_err() {
            self.0.waiting.borrow_mut().remove(&id);
            return Err(Unusable::Unavailable);
        }
        self.0.watch();
        let _waits = Waits { codec: self, id };
        heard.await.unwrap_or(Err(Unusable::Unavailable))
    }
}

/// Somebody waits for an answer. Dropped before it came, the worker need not go on.
struct Waits<'c> {
    codec: &'c Codec,
    id: u32,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let inner = &self.codec.0;
        if inner.waiting.borrow_mut().remove(&self.id).is_none() {
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

    fn start(self: &Rc<Self>) -> Result<Started, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("/codec-worker.js", &options)?;
        let inner = Rc::downgrade(self);
        let hear = Closure::new(move |event: MessageEvent| {
            if let Some(inner) = inner.upgrade() {
                inner.hear(&event.data());
            }
        });
        worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        let inner = Rc::downgrade(self);
        // The script itself could not be loaded: nobody will answer those who wait.
        let fail = Closure::<dyn FnMut()>::new(move || {
            if let Some(inner) = inner.upgrade() {
                inner.dismiss();
                inner.give_up();
            }
        });
        worker.set_onerror(Some(fail.into_js_value().unchecked_ref()));
        Ok((worker, hear))
    }

    fn hear(self: &Rc<Self>, data: &JsValue) {
        self.missed.set(0);
        if get(data, "fatal").is_truthy() || get(data, "tired").is_truthy() {
            self.replace();
            return;
        }
        let (Some(id), Some(answer)) = (get(data, "id").as_f64(), read_answer(data)) else {
            return;
        };
        let asked = self.waiting.borrow_mut().remove(&(id as u32));
        if let Some(asked) = asked {
            let _ = asked.answer.send(answer);
        }
    }

    /// Asks for signs of life as long as anybody waits. They are counted, and not the seconds: where the page was put to sleep,
    /// the worker slept too.
    fn watch(self: &Rc<Self>) {
        if self.watched.replace(true) {
            return;
        }
        self.missed.set(0);
        let inner = Rc::downgrade(self);
        spawn_local(async move {
            loop {
                sleep(BEAT).await;
                let Some(inner) = inner.upgrade() else { return };
                if inner.waiting.borrow().is_empty() {
                    inner.watched.set(false);
                    return;
                }
                inner.beat();
            }
        });
    }

    fn beat(self: &Rc<Self>) {
        if self.missed.get() < MOST_MISSED {
            self.missed.set(self.missed.get() + 1);
            if let Some((worker, _)) = &*self.worker.borrow() {
                let _ = worker.post_message(&object(&[("beat", JsValue::TRUE)]));
            }
            return;
        }
        self.missed.set(0);
        // The oldest is what it was at. A person may have it tried again.
        let oldest = self.waiting.borrow_mut().pop_first();
        if let Some((_, asked)) = oldest {
            let _ = asked.answer.send(Err(Unusable::Unavailable));
        }
        self.replace();
    }

    /// Ends the worker. A new one, if anybody waits, takes over what it owed: a file that broke it was answered before.
    fn replace(self: &Rc<Self>) {
        self.dismiss();
        let owed: Vec<Object> = self
            .waiting
            .borrow()
            .values()
            .map(|asked| asked.message.clone())
            .collect();
        if owed.iter().any(|message| self.post(message).is_err()) {
            self.give_up();
        }
    }

    fn give_up(&self) {
        for (_, asked) in std::mem::take(&mut *self.waiting.borrow_mut()) {
            let _ = asked.answer.send(Err(Unusable::Unavailable));
        }
    }

    fn dismiss(&self) {
        if let Some((worker, hear)) = self.worker.take() {
            // What it has said already, and is on its way, counts no more.
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
            // This may be called by it.
            spawn_local(async move { drop(hear) });
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
