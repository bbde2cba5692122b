//! How an answer that the server has written into its page is read there.

use leptos::server::codee::{Decoder, Encoder};
use serde::{Deserialize, Serialize};

/// JSON, for [`leptos::prelude::Resource`]. Read out of bytes, as server functions read their answers: Leptos' own codec reads
/// out of text, which would be the same readers a second time in a page's module.
pub struct EmbeddedJson;

impl<T: Serialize> Encoder<T> for EmbeddedJson {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(answer: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(answer)
    }
}

impl<T: for<'de> Deserialize<'de>> Decoder<T> for EmbeddedJson {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
