//! Time and randomness: the simulator's only sources of nondeterminism, and the digest that names what they made.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use sha2::{Digest, Sha256};

/// Now, as RFC 3339 in UTC with milliseconds.
pub(crate) fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

/// Today in the practice, which is in New Zealand whatever the machine says.
pub(crate) fn today() -> Date {
    in_practice(Timestamp::now()).date()
}

/// A point in time on the practice's clock.
pub(crate) fn in_practice(time: Timestamp) -> Zoned {
    time.in_tz("Pacific/Auckland")
        .unwrap_or_else(|_| time.to_zoned(jiff::tz::TimeZone::UTC))
}

/// An id as ALEX has them: 32 lower-case hex digits.
pub(crate) fn id() -> String {
    hex(&random_bytes::<16>())
}

/// 256 bits for a URL or a header.
pub(crate) fn opaque_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// A launch context or signature. Plain base64 that contains `+`, `/` and `=` on purpose, so that a
/// client that puts it into a URL without encoding it fails.
pub(crate) fn base64_with_reserved() -> String {
    let mut bytes = random_bytes::<34>();
    bytes[..3].copy_from_slice(&[0xfb, 0xef, 0xff]);
    STANDARD.encode(bytes)
}

/// SHA-256 in hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
