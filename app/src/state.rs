//! Reactive state over the domain's machines: the session as this browser sees it, the photos of this device on their
//! way, and what is announced.

mod live;
mod notice;
mod queue;

pub use live::{Connection, Live};
pub use notice::{Notices, Tone};
pub use queue::{Queue, Shot};
