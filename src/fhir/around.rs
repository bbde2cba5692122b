//! A resource as JSON with a gap where its attachment's base64 goes, so that the text of a picture is made piece by
//! piece on its way out and never lies in memory whole.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::io::Write as _;

/// What stands before and behind the base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Around {
    /// Up to and with the quotation mark that opens the text.
    pub head: Vec<u8>,
    /// From the quotation mark that closes it.
    pub tail: Vec<u8>,
}

/// How a resource with an empty attachment writes it. A text of a person cannot hold these bytes: JSON puts a
/// backslash before its quotation marks.
const EMPTY: &[u8] = br#""data":"""#;

impl Around {
    /// Writes a resource whose attachment has an empty `data`.
    ///
    /// # Panics
    /// When it has none. No resource here is so.
    pub(super) fn of(resource: &impl Serialize) -> Self {
        let mut head = serde_json::to_vec(resource).expect("text and numbers are always JSON");
        let at = head.windows(EMPTY.len()).position(|bytes| bytes == EMPTY);
        let gap = at.expect("the attachment is always written") + EMPTY.len() - 1;
        let tail = head.split_off(gap);
        Self { head, tail }
    }

    /// The whole body, for these bytes.
    #[must_use]
    pub fn with(&self, bytes: &[u8]) -> Vec<u8> {
        let mut whole = self.head.clone();
        // Writing to memory cannot fail.
        let _ = write!(whole, "{}", Base64Display::new(bytes, &STANDARD));
        whole.extend_from_slice(&self.tail);
        whole
    }
}

/// Shows nothing: a note may stand in it.
impl std::fmt::Debug for Around {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Around({} bytes)", self.head.len() + self.tail.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_note_cannot_be_taken_for_the_gap() {
        let resource =
            json!({ "anote": "\"data\":\"\"", "content": { "data": "" }, "z": "\"data\":\"\"" });
        let around = Around::of(&resource);
        let whole: Value = serde_json::from_slice(&around.with(b"picture")).unwrap();
        assert_eq!(whole["content"]["data"], "cGljdHVyZQ==");
        assert_eq!(whole["anote"], "\"data\":\"\"");
    }
}
