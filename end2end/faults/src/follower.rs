//! A reader of a session's event stream, as a page reads it: folds what it hears, and after a break comes back with the
//! last id it heard, to the next server.

use crate::browser::Browser;
use crate::client::{Client, wait};
use crate::following::{Delivery, Following};
use crate::lines::Lines;
use clinical_images::id::LinkId;
use clinical_images::service::Cursor;
use clinical_images::session::{Event, SequencedEvent, SessionView};
use http::{Method, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;

/// A stream that is read in the background until this is dropped.
#[derive(Debug)]
pub(crate) struct Follower {
    following: Arc<Mutex<Following>>,
    reading: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Follower {
    /// Follows from the state that the page shows, by a stream that begins at another server than the page's requests.
    pub(crate) fn new(client: &Client, view: SessionView) -> Self {
        let from = Cursor {
            epoch: view.epoch,
            revision: view.revision,
        };
        let following = Arc::new(Mutex::new(Following {
            session: client.session,
            link: client.link,
            from,
            heard: Vec::new(),
            over: view.ended.is_some(),
            view,
        }));
        let reader = Reader {
            browser: client.browser.elsewhere(),
            path: client.events_path(),
            cursor: from,
            following: Arc::clone(&following),
        };
        Self {
            following,
            reading: tokio::spawn(reader.run()),
        }
    }

    /// What it has heard so far.
    pub(crate) fn following(&self) -> Following {
        let following = self.following.lock();
        following.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Reader {
    browser: Browser,
    path: String,
    cursor: Cursor,
    following: Arc<Mutex<Following>>,
}

impl Reader {
    async fn run(mut self) {
        while !self.is_over() {
            self.read().await;
            self.browser.move_on();
            wait(1).await;
        }
    }

    fn is_over(&self) -> bool {
        let following = self.following.lock();
        following.unwrap_or_else(PoisonError::into_inner).over
    }

    /// One connection, until it breaks.
    async fn read(&mut self) {
        let request = self.browser.bare(Method::GET, &self.path);
        let request = request.header("last-event-id", self.cursor.to_string());
        let Ok(response) = request.send().await else {
            return;
        };
        match response.status() {
            StatusCode::OK => {}
            status if status.is_server_error() => return,
            // Access has ended: the link or the session is over, or the server does not know it.
            _ => {
                let mut following = self.following.lock();
                return following
                    .as_mut()
                    .map_or((), |following| following.over = true);
            }
        }
        let (mut lines, mut block) = (Lines::of(response), Vec::new());
        while let Some(line) = lines.next().await {
            if line.is_empty() {
                self.on_message(&block);
                block.clear();
            } else {
                block.push(line);
            }
        }
    }

    fn on_message(&mut self, block: &[String]) {
        let field = |name: &str| block.iter().find_map(|line| line.strip_prefix(name));
        let (Some(data), Some(Ok(cursor))) = (field("data: "), field("id: ").map(str::parse))
        else {
            return;
        };
        self.cursor = cursor;
        let mut following = self
            .following
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if field("event: ") == Some("snapshot") {
            following.heard.push(Delivery::Snapshot(cursor));
            if let Ok(view) = serde_json::from_str::<SessionView>(data) {
                following.over = view.ended.is_some();
                following.view = view;
            }
        } else if let Ok(sequenced) = serde_json::from_str::<SequencedEvent>(data) {
            following.heard.push(Delivery::Change(cursor));
            following.over |= is_last(&sequenced.event, following.link);
            // A gap is seen by the checker in what was heard; the view then stays behind.
            let _ = following.view.apply(&sequenced);
        }
    }
}

/// After these nothing more is for this page.
fn is_last(event: &Event, own: Option<LinkId>) -> bool {
    match event {
        Event::SessionEnded { .. } => true,
        Event::LinkEnded { link, .. } => own == Some(*link),
        _ => false,
    }
}
