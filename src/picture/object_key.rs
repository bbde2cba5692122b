//! Names of stored objects.

use crate::id::PictureId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one stored object: `sessions/{random}/{image}/{attempt}`. Holds no NHI and no user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The key of one attempt at one picture. `room` is random and the session's own, so that a key cannot be guessed
    /// from anything a browser sees.
    #[must_use]
    pub fn of_attempt(room: u128, picture: PictureId, attempt: u32) -> Self {
        Self(format!("sessions/{room:032x}/{picture}/{attempt}"))
    }

    /// A key from its text. The text is made by this program, never taken from a browser.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key as the store spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
