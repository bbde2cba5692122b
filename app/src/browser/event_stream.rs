//! The browser's end of the event stream.

use clinical_images::session::{SequencedEvent, SessionView};
use futures::StreamExt as _;
use gloo_net::eventsource::futures::EventSource;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use web_sys::MessageEvent;

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

/// An open stream. Closes when it is dropped, and delivers nothing after that.
pub struct EventStream(SendWrapper<Subscribed>);

struct Subscribed {
    source: EventSource,
    wanted: Rc<Cell<bool>>,
}

impl Drop for EventStream {
    fn drop(&mut self) {
        // The source tells its own closing as an error.
        self.0.wanted.set(false);
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
    let wanted = Rc::new(Cell::new(true));
    let mut stream = EventStream(SendWrapper::new(Subscribed {
        source,
        wanted: Rc::clone(&wanted),
    }));
    let on_message = Rc::new(on_message);
    // The browser tells of the connection itself by the first two, the server's events have the names of the others.
    for kind in ["open", "error", "change", "snapshot"] {
        let mut events = stream.0.source.subscribe(kind).ok()?;
        let (wanted, on_message) = (Rc::clone(&wanted), Rc::clone(&on_message));
        spawn_local(async move {
            while let Some(Ok((kind, event))) = events.next().await {
                if !wanted.get() {
                    return;
                }
                if let Some(message) = read(&kind, &event) {
                    on_message(message);
                }
            }
        });
    }
    Some(stream)
}

fn read(kind: &str, event: &MessageEvent) -> Option<FeedMessage> {
    if matches!(kind, "open" | "error") {
        let source: web_sys::EventSource = event.target()?.unchecked_into();
        return Some(match source.ready_state() {
            web_sys::EventSource::OPEN => FeedMessage::Open,
            web_sys::EventSource::CONNECTING => FeedMessage::Interrupted,
            _ => FeedMessage::Closed,
        });
    }
    let text = event.data().as_string()?;
    // Out of bytes, as server functions read their answers: out of text would be the same readers a second time, which costs
    // a phone 8 kB.
    let bytes = text.as_bytes();
    match kind {
        "change" => serde_json::from_slice(bytes).ok().map(FeedMessage::Event),
        "snapshot" => serde_json::from_slice(bytes)
            .ok()
            .map(|view| FeedMessage::Snapshot(Box::new(view))),
        _ => None,
    }
}
