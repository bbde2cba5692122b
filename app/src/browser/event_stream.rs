//! The browser's end of the event stream.

use clinical_images::session::{SequencedEvent, SessionView};
use send_wrapper::SendWrapper;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

/// What the stream delivers.
#[derive(Clone, Debug)]
pub enum FeedMessage {
    /// The stream is open.
    Open,
    /// The connection broke; the browser reconnects automatically.
    Interrupted,
    /// The server refused the connection; the browser will not reconnect.
    Closed,
    /// Something happened.
    Event(SequencedEvent),
    /// Start over from this.
    Snapshot(Box<SessionView>),
}

/// An open stream. Closes when it is dropped.
pub struct EventStream(SendWrapper<Open>);

struct Open {
    source: EventSource,
    _listeners: Vec<Closure<dyn FnMut(MessageEvent)>>,
    _state: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.0.source.close();
    }
}

/// Opens the stream at `path`, continuing after the place `after` in the history. After a break the browser itself
/// continues from the last event it received. `None` when the browser refuses to open it.
#[must_use]
pub fn open_event_stream(
    path: &str,
    after: &str,
    on_message: impl Fn(FeedMessage) + 'static,
) -> Option<EventStream> {
    let source = EventSource::new(&format!("{path}?after={after}")).ok()?;
    let on_message = Rc::new(on_message);
    let mut listeners = Vec::new();
    for (kind, read) in [
        ("change", read_event as fn(&str) -> Option<FeedMessage>),
        ("snapshot", read_snapshot),
    ] {
        let on_message = Rc::clone(&on_message);
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = event.data().as_string().and_then(|text| read(&text)) {
                on_message(message);
            }
        });
        source
            .add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref())
            .ok()?;
        listeners.push(listener);
    }
    let state = {
        let source = source.clone();
        Closure::<dyn FnMut(web_sys::Event)>::new(move |_| {
            on_message(match source.ready_state() {
                EventSource::OPEN => FeedMessage::Open,
                EventSource::CONNECTING => FeedMessage::Interrupted,
                _ => FeedMessage::Closed,
            });
        })
    };
    source.set_onopen(Some(state.as_ref().unchecked_ref()));
    source.set_onerror(Some(state.as_ref().unchecked_ref()));
    Some(EventStream(SendWrapper::new(Open {
        source,
        _listeners: listeners,
        _state: state,
    })))
}

// Out of bytes, as server functions read their answers: out of text would be the same readers a second time, which costs
// a phone 8 kB.
fn read_event(text: &str) -> Option<FeedMessage> {
    serde_json::from_slice(text.as_bytes())
        .ok()
        .map(FeedMessage::Event)
}

fn read_snapshot(text: &str) -> Option<FeedMessage> {
    serde_json::from_slice(text.as_bytes())
        .ok()
        .map(|view| FeedMessage::Snapshot(Box::new(view)))
}
