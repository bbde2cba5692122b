//! Names that an operator gives, in contrast to identifiers that nobody chose.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The most characters of a [`PracticeId`] and of a [`CredentialsName`].
pub const LONGEST_NAME: usize = 32;

/// Text that is not a [`PracticeId`] or a [`CredentialsName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name here is 1 to 32 lower-case letters, digits and hyphens, and begins and ends with a letter or a digit"
)]
pub struct NotAName;

fn check_name(text: &str) -> Result<String, NotAName> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(|byte| is_plain(byte) || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(NotAName)
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAName;

            fn from_str(text: &str) -> Result<Self, NotAName> {
                check_name(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

name! {
    /// What a practice is called in addresses, files and logs: `kowhai-medical`. It names a practice and grants nothing.
    PracticeId
}
name! {
    /// What a set of credentials for the record system is called. The credentials themselves are the server's.
    CredentialsName
}

impl Serialize for PracticeId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PracticeId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl PracticeId {
    /// The practice that environment variables describe, when there is no file of practices. What was stored before
    /// there was a choice of practices belongs to it.
    #[must_use]
    pub fn of_environment() -> Self {
        Self("practice".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_practice_is_named_by_1_to_32_lower_case_letters_digits_and_hyphens() {
        for fine in ["a", "7", "kowhai-medical", &"a".repeat(32)] {
            assert_eq!(fine.parse::<PracticeId>().unwrap().as_str(), fine);
        }
        for wrong in [
            "",
            "-a",
            "a-",
            "Kowhai",
            "k\u{14d}whai",
            "a b",
            "a/b",
            "a.b",
            "..",
            &"a".repeat(33),
        ] {
            assert_eq!(wrong.parse::<PracticeId>(), Err(NotAName), "{wrong}");
        }
    }

    #[test]
    fn a_name_of_a_practice_that_was_stored_is_checked_when_it_is_read() {
        let id: PracticeId = serde_json::from_str("\"kowhai\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"kowhai\"");
        assert!(serde_json::from_str::<PracticeId>("\"../kowhai\"").is_err());
    }
}
