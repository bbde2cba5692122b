//! What a page that follows a session has heard, and the view that it shows.

use clinical_images::id::{LinkId, SessionId};
use clinical_images::service::Cursor;
use clinical_images::session::SessionView;

/// One thing that a follower heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// "Start over from this."
    Snapshot(Cursor),
    /// One event.
    Change(Cursor),
}

/// What a follower has heard so far.
#[derive(Clone, Debug)]
pub struct Following {
    /// Of which session.
    pub session: SessionId,
    /// The link of a phone; nothing for the desktop.
    pub link: Option<LinkId>,
    /// Where the page began.
    pub from: Cursor,
    /// Everything since, in order.
    pub heard: Vec<Delivery>,
    /// What the page shows.
    pub view: SessionView,
    /// Whether it was told that nothing more will come.
    pub over: bool,
}
