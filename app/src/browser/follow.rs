//! The browser's end of the event stream.

use clinical_images::session::{SequencedEvent, SessionView};
use send_wrapper::SendWrapper;
use std::rc::Rc;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

/// What the stream says.
#[derive(Clone, Debug)]
pub enum FeedMessage {
    /// The stream is open.
    Open,
    /// It broke; the browser is trying again by itself.
    Interrupted,
    /// It broke for good: the server refused.
    Closed,
    /// Something happened.
    Event(SequencedEvent),
    /// Start over from this.
    Snapshot(Box<SessionView>),
}

/// An open stream. Closes when it is dropped.
pub struct Follower(SendWrapper<Open>);

struct Open {
    source: EventSource,
    _heard: Vec<Closure<dyn FnMut(MessageEvent)>>,
    _state: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.source.close();
    }
}

/// Opens the stream at `path`, continuing after the place `after` in the history. After a break the browser itself
/// continues from the last event it heard. Nothing when the browser refuses to try.
#[must_use]
pub fn follow(path: &str, after: &str, heard: impl Fn(FeedMessage) + 'static) -> Option<Follower> {
    let source = EventSource::new(&format!("{path}?after={after}")).ok()?;
    let heard = Rc::new(heard);
    let mut listeners = Vec::new();
    for (kind, read) in [
        ("change", read_event as fn(&str) -> Option<FeedMessage>),
        ("snapshot", read_snapshot),
    ] {
        let heard = Rc::clone(&heard);
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(followed) = message.data().as_string().and_then(|text| read(&text)) {
                heard(followed);
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
            heard(match source.ready_state() {
                EventSource::OPEN => FeedMessage::Open,
                EventSource::CONNECTING => FeedMessage::Interrupted,
                _ => FeedMessage::Closed,
            });
        })
    };
    source.set_onopen(Some(state.as_ref().unchecked_ref()));
    source.set_onerror(Some(state.as_ref().unchecked_ref()));
    Some(Follower(SendWrapper::new(Open {
        source,
        _heard: listeners,
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
