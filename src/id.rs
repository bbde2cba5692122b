//! Identifiers: 128 random bits each, written as 32 lower-case hexadecimal digits; and the names that an operator gives
//! to practices. They name things and grant nothing.

mod named;

pub use named::{CredentialsName, NotAName, PracticeId};

use crate::digest::Sha256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 32 hexadecimal digits")]
pub struct NotAnId;

fn read_hex(text: &str) -> Result<u128, NotAnId> {
    let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !plain {
        return Err(NotAnId);
    }
    u128::from_str_radix(text, 16).map_err(|_| NotAnId)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The identifier made of these random bits.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The bits it is made of.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{:032x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read_hex(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

identifier! {
    /// One launch, one session.
    SessionId
}
identifier! {
    /// One picture; stays the same through retries and into the record.
    PictureId
}
identifier! {
    /// One entry of the outbox: a picture by itself, or a document of several pictures. The identifier of its record is
    /// made of it, which makes it the idempotency key of every attempt.
    OutboxEntryId
}
identifier! {
    /// One hand-off link: an offered QR code and the phone that claimed it.
    LinkId
}
identifier! {
    /// One request, as half of its idempotency key: sent twice with the same id, it has one effect and the same answer.
    RequestId
}

identifier! {
    /// One running server, as the holder of claims on pictures to be filed. New at every start.
    WorkerId
}

impl From<PictureId> for OutboxEntryId {
    /// The entry of a picture that is filed by itself.
    fn from(picture: PictureId) -> Self {
        Self(picture.0)
    }
}

impl OutboxEntryId {
    /// The entry of a document of these pages. Its pages are its name: the same ones in the same order are the same
    /// document, whenever and by whomever they are committed.
    #[must_use]
    pub fn of_document(pages: &[PictureId]) -> Self {
        let named = pages.iter().flat_map(|page| page.0.to_be_bytes());
        let digest = Sha256::of(&[&b"document"[..], &named.collect::<Vec<u8>>()].concat());
        Self(digest.leading_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_pages_and_their_order() {
        let pages = [1, 2, 3].map(PictureId::from_bits);
        let [first, second, third] = pages;
        let name = OutboxEntryId::of_document(&pages);
        assert_eq!(name, OutboxEntryId::of_document(&pages));
        let others = [&[second, first, third][..], &[first, second], &[first]];
        for other in others {
            assert_ne!(name, OutboxEntryId::of_document(other));
        }
        assert_ne!(
            OutboxEntryId::of_document(&[first]),
            OutboxEntryId::from(first)
        );
    }

    #[test]
    fn an_identifier_reads_back_what_it_wrote() {
        let id = PictureId::from_bits(0x2a);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 32);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "2a",
            "+0000000000000000000000000000001",
            "0000000000000000000000000000000g",
        ] {
            assert_eq!(text.parse::<SessionId>(), Err(NotAnId), "{text:?}");
        }
    }
}
