//! The page's end of the codec worker: files go in, prepared pictures come out. The protocol is written down in
//! `public/codec-worker.js`.

use super::LocalFile;
use clinical_images::digest::Sha256;
use clinical_images::picture::Rendition;
use clinical_images::upload::Unusable;
use futures::channel::oneshot;
use js_sys::{ArrayBuffer, Object, Reflect};
use send_wrapper::SendWrapper;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// A picture ready to be sent: upright, small, clean.
#[derive(Clone, Debug)]
pub struct Prepared {
    jpeg: SendWrapper<ArrayBuffer>,
    /// What the server is told about it.
    pub rendition: Rendition,
}

impl Prepared {
    /// The JPEG's bytes.
    #[must_use]
    pub fn jpeg(&self) -> &ArrayBuffer {
        &self.jpeg
    }
}

type Waiting = HashMap<u32, oneshot::Sender<Result<Prepared, Unusable>>>;

/// The worker, and what hears it: dropped together.
type Started = (Worker, Closure<dyn FnMut(MessageEvent)>);

/// The codec worker. Started with the first file; replaced when it breaks, and when a large picture has left it with much
/// memory. Clones share it.
#[derive(Clone)]
pub struct Codec(SendWrapper<Rc<Inner>>);

#[derive(Default)]
struct Inner {
    worker: RefCell<Option<Started>>,
    waiting: Rc<RefCell<Waiting>>,
    broken: Rc<Cell<bool>>,
    /// Whether it is to be replaced once it has answered everything.
    tired: Rc<Cell<bool>>,
    last: Cell<u32>,
}

impl Default for Codec {
    fn default() -> Self {
        Self(SendWrapper::new(Rc::default()))
    }
}

impl Codec {
    /// Starts the worker and has it fetch what it needs, because a picture will come soon. Costs nothing the second time.
    pub fn warm(&self) {
        let message = Object::new();
        let _ = Reflect::set(&message, &"warm".into(), &JsValue::TRUE);
        // One that cannot be started says so to the picture that needs it.
        let _ = self.0.post(&message);
    }

    /// Prepares one file, turned by so many quarter turns clockwise after it was made upright. Files are taken in
    /// the order of the calls. Dropping the future tells the worker to leave the file.
    ///
    /// # Errors
    /// Why the file cannot be used.
    pub async fn prepare(&self, file: &LocalFile, quarter_turns: u8) -> Result<Prepared, Unusable> {
        let id = self.0.last.get() + 1;
        self.0.last.set(id);
        let message = Object::new();
        for (name, value) in [
            ("id", JsValue::from(id)),
            ("file", file.file().into()),
            ("turns", JsValue::from(quarter_turns)),
        ] {
            let _ = Reflect::set(&message, &name.into(), &value);
        }
        let (answer, heard) = oneshot::channel();
        self.0.waiting.borrow_mut().insert(id, answer);
        if self.0.post(&message).is_err() {
            self.0.waiting.borrow_mut().remove(&id);
            return Err(Unusable::Unavailable);
        }
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
        let message = Object::new();
        let _ = Reflect::set(&message, &"id".into(), &self.id.into());
        let _ = Reflect::set(&message, &"cancel".into(), &JsValue::TRUE);
        if let Some((worker, _)) = &*inner.worker.borrow() {
            let _ = worker.post_message(&message);
        }
    }
}

impl Inner {
    fn post(&self, message: &Object) -> Result<(), JsValue> {
        let rested = self.tired.get() && self.waiting.borrow().len() <= 1;
        if (self.broken.replace(false) || rested)
            && let Some((worker, _)) = self.worker.take()
        {
            self.tired.set(false);
            worker.terminate();
        }
        if self.worker.borrow().is_none() {
            *self.worker.borrow_mut() = Some(self.start()?);
        }
        match &*self.worker.borrow() {
            Some((worker, _)) => worker.post_message(message),
            None => Err(JsValue::NULL),
        }
    }

    fn start(&self) -> Result<Started, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("/codec-worker.js", &options)?;
        let (waiting, broken) = (Rc::clone(&self.waiting), Rc::clone(&self.broken));
        let tired = Rc::clone(&self.tired);
        let hear = Closure::new(move |event: MessageEvent| {
            let data = event.data();
            if get(&data, "fatal").is_truthy() {
                broken.set(true);
            }
            if get(&data, "tired").is_truthy() {
                tired.set(true);
            }
            let (Some(id), Some(answer)) = (get(&data, "id").as_f64(), read_answer(&data)) else {
                return;
            };
            if let Some(waiting) = waiting.borrow_mut().remove(&(id as u32)) {
                let _ = waiting.send(answer);
            }
        });
        worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        let (waiting, broken) = (Rc::clone(&self.waiting), Rc::clone(&self.broken));
        // The script itself could not be loaded: nobody will answer those who wait.
        let fail = Closure::<dyn FnMut()>::new(move || {
            broken.set(true);
            waiting.borrow_mut().drain().for_each(|(_, waiting)| {
                let _ = waiting.send(Err(Unusable::Unavailable));
            });
        });
        worker.set_onerror(Some(fail.into_js_value().unchecked_ref()));
        Ok((worker, hear))
    }
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
            rendition,
        })
    };
    Some(read().ok_or(Unusable::Damaged))
}

fn read_refusal(refusal: &JsValue) -> Unusable {
    match get(refusal, "kind").as_string().as_deref() {
        Some("notAnImage") => Unusable::NotAnImage,
        Some("unsupported") => Unusable::Unsupported,
        Some("tooManyBytes") => Unusable::TooManyBytes,
        Some("tooManyPixels") => Unusable::TooManyPixels,
        Some("truncated") => Unusable::Truncated,
        Some("unreadable") => Unusable::Unreadable,
        Some("unavailable") => Unusable::Unavailable,
        _ => Unusable::Damaged,
    }
}
