//! Why a file cannot become a picture, in a form that travels from the worker to the page.
//!
//! The page has its own sentence for each kind; the English here is for logs and tests.

use serde::{Deserialize, Serialize};

/// The reason a file was refused. As JSON it is an object with a `kind` and the figures beside it, in camel case:
/// `{"kind":"tooManyPixels","width":20000,"height":20000,"limit":100000000}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Unusable {
    /// The bytes are no picture of any known kind.
    #[error("not a picture")]
    NotAnImage,
    /// A picture, but of a kind this pipeline does not read.
    #[error("{what} is not supported")]
    Unsupported {
        /// The kind, as a short name: `GIF`, `AVIF`, `HDR colour`.
        what: String,
    },
    /// The file is longer than allowed.
    #[error("{bytes} bytes are more than the {limit} allowed")]
    TooManyBytes {
        /// How long it is.
        bytes: u64,
        /// How long it may be.
        limit: u64,
    },
    /// The picture is larger than allowed, by its own header.
    #[error("{width} × {height} pixels are more than the {limit} allowed")]
    TooManyPixels {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// How many pixels it may have.
        limit: u64,
    },
    /// The end of the file is missing.
    #[error("the end of the file is missing")]
    Truncated,
    /// The file contradicts itself or its format.
    #[error("the file is damaged: {detail}")]
    Damaged {
        /// What the decoder said, for support; never shown as the only explanation.
        detail: String,
    },
}

impl Unusable {
    /// A damaged file, with what the decoder said about it.
    #[allow(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
    pub(crate) fn damaged(detail: impl ToString) -> Self {
        Self::Damaged {
            detail: detail.to_string(),
        }
    }

    /// A kind of picture that is not read.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "so that it reads like `damaged`"
    )]
    pub(crate) fn unsupported(what: impl ToString) -> Self {
        Self::Unsupported {
            what: what.to_string(),
        }
    }

    /// The JSON object that the codec worker hands to the page.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("figures and text always become JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_the_way_to_the_page() {
        let reasons = [
            (Unusable::NotAnImage, r#"{"kind":"notAnImage"}"#),
            (
                Unusable::unsupported("GIF"),
                r#"{"kind":"unsupported","what":"GIF"}"#,
            ),
            (
                Unusable::TooManyBytes { bytes: 9, limit: 8 },
                r#"{"kind":"tooManyBytes","bytes":9,"limit":8}"#,
            ),
            (
                Unusable::TooManyPixels {
                    width: 3,
                    height: 4,
                    limit: 8,
                },
                r#"{"kind":"tooManyPixels","width":3,"height":4,"limit":8}"#,
            ),
            (Unusable::Truncated, r#"{"kind":"truncated"}"#),
            (Unusable::damaged("x"), r#"{"kind":"damaged","detail":"x"}"#),
        ];
        for (reason, json) in reasons {
            assert_eq!(reason.to_json(), json);
            assert_eq!(serde_json::from_str::<Unusable>(json).unwrap(), reason);
        }
    }
}
