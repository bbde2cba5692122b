//! What bounds one picture, from the file that a person chooses to the note that is filed with it.

use super::Rendition;
use serde::{Deserialize, Serialize};

/// Limits of one picture; the defaults are the product's. They travel with the session to every server and device, and a
/// part that an older server did not name has its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PictureLimits {
    /// Longest file that is taken in, in bytes.
    pub input_bytes: u64,
    /// Largest picture that is taken in, in pixels.
    pub input_pixels: u64,
    /// Longest JPEG that is sent, in bytes; at most [`PictureLimits::MOST_OUTPUT_BYTES`].
    pub output_bytes: u64,
    /// Longest side of what is sent, in pixels.
    pub long_side: u32,
    /// Longest note, in characters; at most [`super::Note::LONGEST`].
    pub note_chars: usize,
    /// Tries at sending by itself before a person is asked, from 1.
    pub tries: u32,
}

impl PictureLimits {
    /// More than this no picture may have, whatever is set: ALEX takes a Media below 1 MB.
    pub const MOST_OUTPUT_BYTES: u64 = 1_000_000;

    /// Whether a prepared picture keeps to them.
    #[must_use]
    pub fn admit(&self, rendition: &Rendition) -> bool {
        let side = 1..=self.long_side;
        (1..=self.output_bytes).contains(&rendition.length)
            && side.contains(&rendition.width)
            && side.contains(&rendition.height)
    }
}

impl Default for PictureLimits {
    /// 50 MB and 100 megapixels in, 1 MB and 1920 pixels out, 1,000 characters, 3 tries.
    fn default() -> Self {
        Self {
            input_bytes: 50_000_000,
            input_pixels: 100_000_000,
            output_bytes: Self::MOST_OUTPUT_BYTES,
            long_side: 1920,
            note_chars: 1000,
            tries: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Sha256;

    #[test]
    fn a_picture_at_the_edge_is_admitted_and_one_beyond_it_is_not() {
        let limits = PictureLimits {
            output_bytes: 300_000,
            long_side: 1000,
            ..PictureLimits::default()
        };
        let admits = |length, width, height| {
            let sha256 = Sha256::of(b"any");
            limits.admit(&Rendition {
                length,
                sha256,
                width,
                height,
            })
        };
        assert!(admits(300_000, 1000, 1000) && admits(1, 1, 1));
        for (length, width, height) in [
            (300_001, 1000, 1000),
            (300_000, 1001, 1000),
            (300_000, 1000, 1001),
            (0, 1000, 1000),
            (300_000, 0, 1000),
            (300_000, 1000, 0),
        ] {
            assert!(!admits(length, width, height), "{length} {width} {height}");
        }
    }

    #[test]
    fn a_part_that_is_not_named_has_its_default() {
        let older: PictureLimits = serde_json::from_str(r#"{"longSide":1000}"#).unwrap();
        let expected = PictureLimits {
            long_side: 1000,
            ..PictureLimits::default()
        };
        assert_eq!(older, expected);
    }
}
