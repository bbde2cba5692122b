//! The presigned request with which a browser sends a picture's bytes.

use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// A presigned PUT of one object, as handed to the browser: whoever holds it may create the object once, with exactly the
/// bytes that were announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresignedPut {
    /// Where to send the bytes with `PUT`.
    pub url: String,
    /// Headers that must be sent exactly so (all that were signed, less those the browser sets itself).
    pub headers: Vec<(String, String)>,
    /// The store refuses the request from then on, by the store's clock.
    pub expires_at: Moment,
}
