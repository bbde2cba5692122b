//! What a picture may be, on its way in and on its way out.

use super::ConfigFault;
use clap::Args;
use clinical_images::picture::{Note, PictureLimits};

/// What pictures of new sessions may be.
#[derive(Clone, Debug, Args)]
pub struct Pictures {
    /// Largest file that is accepted, in millions of bytes, from 1 to 100.
    #[arg(long, env = "INPUT_MEGABYTES", default_value_t = 50)]
    pub input_megabytes: u64,
    /// Largest picture that is accepted, in millions of pixels, from 1 to 200.
    #[arg(long, env = "INPUT_MEGAPIXELS", default_value_t = 100)]
    pub input_megapixels: u64,
    /// Largest JPEG that is sent and filed, in thousands of bytes, from 50 to 1,000.
    #[arg(long, env = "OUTPUT_KILOBYTES", default_value_t = 1000)]
    pub output_kilobytes: u64,
    /// Longest side of that JPEG in pixels, from 640 to 4,096.
    #[arg(long, env = "OUTPUT_LONG_SIDE", default_value_t = 1920)]
    pub output_long_side: u32,
    /// Longest note in characters, from 100 to 2,000.
    #[arg(long, env = "NOTE_CHARACTERS", default_value_t = 1000)]
    pub note_characters: usize,
    /// How often sending a picture is tried before the person is asked, from 1 to 10.
    #[arg(long, env = "UPLOAD_TRIES", default_value_t = 3)]
    pub upload_tries: u32,
}

impl Pictures {
    /// What new sessions are opened under.
    #[must_use]
    pub fn limits(&self) -> PictureLimits {
        PictureLimits {
            input_bytes: self.input_megabytes.saturating_mul(1_000_000),
            input_pixels: self.input_megapixels.saturating_mul(1_000_000),
            output_bytes: self.output_kilobytes.saturating_mul(1000),
            long_side: self.output_long_side,
            note_chars: self.note_characters,
            tries: self.upload_tries,
        }
    }

    /// Settings that lie outside of what works.
    ///
    /// The upper ends: a phone has room for a file of 100 MB and the codec's copy of it; 200 megapixels are the most that a
    /// phone's camera makes, and a PNG of them still fits below the four gigabytes of a WebAssembly module; ALEX refuses a
    /// Media of more than 1 MB; in 1 MB a side of more than 4,096 pixels would only be coarser; ten tries take five
    /// minutes. The lower ends: what a GP can still make a decision by.
    pub(super) fn faults(&self) -> Vec<ConfigFault> {
        let most_kilobytes = PictureLimits::MOST_OUTPUT_BYTES / 1000;
        ConfigFault::out_of_range([
            ("INPUT_MEGABYTES", self.input_megabytes, 1, 100),
            ("INPUT_MEGAPIXELS", self.input_megapixels, 1, 200),
            (
                "OUTPUT_KILOBYTES",
                self.output_kilobytes,
                50,
                most_kilobytes,
            ),
            ("OUTPUT_LONG_SIDE", self.output_long_side.into(), 640, 4096),
            (
                "NOTE_CHARACTERS",
                self.note_characters as u64,
                100,
                Note::LONGEST as u64,
            ),
            ("UPLOAD_TRIES", self.upload_tries.into(), 1, 10),
        ])
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use clap::Parser as _;

    #[test]
    fn without_settings_the_limits_are_the_products() {
        let config = Config::try_parse_from(["server"]).unwrap();
        assert_eq!(config.pictures.limits(), PictureLimits::default());
    }

    #[test]
    fn what_is_set_is_what_sessions_are_opened_under() {
        let set = "--input-megabytes=7 --input-megapixels=200 --output-kilobytes=300 --output-long-side=1000 \
                   --note-characters=500 --upload-tries=5";
        let all = ["server"].into_iter().chain(set.split_whitespace());
        let expected = PictureLimits {
            input_bytes: 7_000_000,
            input_pixels: 200_000_000,
            output_bytes: 300_000,
            long_side: 1000,
            note_chars: 500,
            tries: 5,
        };
        let config = Config::try_parse_from(all).unwrap();
        assert_eq!(config.pictures.limits(), expected);
    }

    #[test]
    fn every_limit_has_two_ends_and_is_named_beyond_them() {
        for (name, least, most) in [
            ("INPUT_MEGABYTES", 1, 100),
            ("INPUT_MEGAPIXELS", 1, 200),
            ("OUTPUT_KILOBYTES", 50, 1000),
            ("OUTPUT_LONG_SIDE", 640, 4096),
            ("NOTE_CHARACTERS", 100, 2000),
            ("UPLOAD_TRIES", 1, 10),
        ] {
            let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
            let faults = |value: u64| {
                let all = ["server", "--demo", &flag, &value.to_string()];
                Config::try_parse_from(all).unwrap().faults()
            };
            assert!(
                faults(least).is_empty() && faults(most).is_empty(),
                "{name}"
            );
            for beyond in [least - 1, most + 1] {
                assert!(
                    matches!(faults(beyond)[..], [ConfigFault::OutOfRange { name: named, value, .. }]
                        if named == name && value == beyond),
                    "{name} {beyond}"
                );
            }
        }
    }
}
