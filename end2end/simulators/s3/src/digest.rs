//! SHA-256 as S3 spells it. Not the product's own type: a mistake in how the product spells digests must not be repeated here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;
use std::fmt;

/// A SHA-256 digest. On disk it is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sha256([u8; 32]);

impl Sha256 {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        sha2::Sha256::new_with_prefix(bytes).into()
    }

    /// As it stands in `x-amz-checksum-sha256`.
    pub fn to_base64(self) -> String {
        STANDARD.encode(self.0)
    }
}

impl From<sha2::Sha256> for Sha256 {
    fn from(digest: sha2::Sha256) -> Self {
        Self(digest.finalize().into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        from_hex(&text)
            .ok_or_else(|| serde::de::Error::custom("a SHA-256 digest is 64 hexadecimal digits"))
    }
}

fn from_hex(text: &str) -> Option<Sha256> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Sha256(bytes))
}

#[cfg(test)]
mod tests {
    use super::{Sha256, from_hex};

    const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn the_digest_of_nothing_is_the_published_one_in_both_spellings() {
        let digest = Sha256::of(b"");
        assert_eq!(digest.to_string(), OF_NOTHING);
        assert_eq!(
            digest.to_base64(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(from_hex(OF_NOTHING), Some(digest));
    }

    #[test]
    fn other_text_is_no_digest() {
        for text in ["", "e3b0", &"+1".repeat(32), &"é".repeat(32)] {
            assert_eq!(from_hex(text), None, "{text:?}");
        }
    }
}
