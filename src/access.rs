//! Scope of access: which session, and in which role, a caller asks to act in.
//!
//! A page names its scope with everything that it asks for. The server finds the bearer token that belongs to it
//! (`service::authentication`) and refuses a token of another scope. What the caller may then do is decided by
//! `authorize` in `session::decide`. A scope names things and grants nothing.

use crate::id::{LinkId, SessionId};
use serde::{Deserialize, Serialize};

/// The two ways into a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The desktop of this session. A browser may hold tokens of several, one for each tab.
    Desktop(SessionId),
    /// A phone. A browser holds the token of one link at a time; the scope names the link that the page believes to
    /// hold, so that a page that was left open while the same browser joined another session cannot reach into that
    /// one. `None` is whichever link the browser holds.
    Phone(Option<LinkId>),
}
