//! Names of stored objects.

use crate::id::PictureId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one stored object: `sessions/{random}/{image}/{attempt}`. Holds no NHI and no user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// The key of one attempt at one picture. `key_prefix` is random and the session's own, so that a key cannot be guessed
    /// from anything a browser sees.
    #[must_use]
    pub fn of_attempt(key_prefix: u128, picture: PictureId, attempt: u32) -> Self {
        Self(format!("sessions/{key_prefix:032x}/{picture}/{attempt}"))
    }

    /// What all of them begin with.
    pub const PREFIX: &'static str = "sessions/";

    /// Whether it has the shape that [`Self::of_attempt`] makes: only such objects are this program's to delete.
    #[must_use]
    pub fn is_an_attempt(&self) -> bool {
        let is_id = |text: &str| {
            text.len() == 32
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_number = |text: &str| text.parse::<u32>().is_ok_and(|n| n.to_string() == text);
        let parts: Vec<&str> = self.0.split('/').collect();
        matches!(parts[..], ["sessions", key_prefix, picture, attempt]
            if is_id(key_prefix) && is_id(picture) && is_number(attempt))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_ours_is_known_by_its_shape() {
        let ours = ObjectKey::of_attempt(9, PictureId::from_bits(7), 12);
        assert!(ours.is_an_attempt());
        assert!(ours.as_str().starts_with(ObjectKey::PREFIX));
        let (key_prefix, picture) = ("0".repeat(32), "a".repeat(32));
        for text in [
            String::new(),
            "sessions/".to_owned(),
            format!("sessions/{key_prefix}/{picture}"),
            format!("sessions/{key_prefix}/{picture}/01"),
            format!("sessions/{key_prefix}/{picture}/1/2"),
            format!("sessions/{key_prefix}/{}/1", picture.to_uppercase()),
            format!("backup/{key_prefix}/{picture}/1"),
            format!("sessions/{key_prefix}/readme/1"),
        ] {
            assert!(!ObjectKey::new(text.clone()).is_an_attempt(), "{text:?}");
        }
    }
}
