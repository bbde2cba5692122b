//! English nouns with their counts, for English sentences.

use std::borrow::Cow;

/// `1 photo`, `3 photos`.
pub(super) fn photos(count: usize) -> String {
    counted(count, "photo")
}

/// `1 file`, `3 files`.
pub(super) fn files(count: usize) -> String {
    counted(count, "file")
}

/// `1 megapixel`, `100 megapixels`.
pub(super) fn megapixels(count: u64) -> String {
    counted(count, "megapixel")
}

fn counted(count: impl PartialEq + From<u8> + std::fmt::Display, noun: &str) -> String {
    let ending = if count == 1.into() { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// `once`, `twice`, `three times`, `4 times`.
pub(super) fn times(count: u32) -> Cow<'static, str> {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        3 => "three times".into(),
        more => format!("{more} times").into(),
    }
}
