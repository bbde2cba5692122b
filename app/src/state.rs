//! Reactive state over the domain's machines: the session as this browser sees it, the photos of this device on their
//! way, and what is announced.

mod notice;
mod queue;
mod revisions;
mod session_feed;

pub use notice::{Notices, Tone};
pub use queue::{LocalPhoto, Queue};
pub use revisions::Revisions;
pub use session_feed::{Connection, SessionFeed};
