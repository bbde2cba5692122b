//! A resource as JSON in two parts, before and after its attachment's base64, so that the text of a picture is made piece
//! by piece while it is sent and is never in memory as a whole.

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use std::io::Write as _;

/// The JSON before and after the base64.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonEnvelope {
    /// Up to and including the quotation mark that opens the text.
    pub prefix: Vec<u8>,
    /// From the quotation mark that closes the text.
    pub suffix: Vec<u8>,
}

/// How a resource with an empty attachment writes it. A text of a person cannot hold these bytes: JSON puts a
/// backslash before its quotation marks.
const EMPTY: &[u8] = br#""data":"""#;

impl JsonEnvelope {
    /// Writes a resource whose attachment has an empty `data`.
    ///
    /// # Panics
    /// When it has none. No resource here is so.
    pub(super) fn of(resource: &impl Serialize) -> Self {
        let mut prefix = serde_json::to_vec(resource).expect("text and numbers are always JSON");
        let at = prefix.windows(EMPTY.len()).position(|bytes| bytes == EMPTY);
        let gap = at.expect("the attachment is always written") + EMPTY.len() - 1;
        let suffix = prefix.split_off(gap);
        Self { prefix, suffix }
    }

    /// The whole body, for these bytes.
    #[must_use]
    pub fn with(&self, bytes: &[u8]) -> Vec<u8> {
        let mut whole = self.prefix.clone();
        // Writing to memory cannot fail.
        let _ = write!(whole, "{}", Base64Display::new(bytes, &STANDARD));
        whole.extend_from_slice(&self.suffix);
        whole
    }
}

/// Shows nothing: a note may stand in it.
impl std::fmt::Debug for JsonEnvelope {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "JsonEnvelope({} bytes)",
            self.prefix.len() + self.suffix.len()
        )
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
        let envelope = JsonEnvelope::of(&resource);
        let whole: Value = serde_json::from_slice(&envelope.with(b"picture")).unwrap();
        assert_eq!(whole["content"]["data"], "cGljdHVyZQ==");
        assert_eq!(whole["anote"], "\"data\":\"\"");
    }
}
