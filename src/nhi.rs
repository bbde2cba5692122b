//! National Health Index numbers (HISO 10046:2023), old and new form.
//!
//! The crate `nhi` knows the same rules, but brings a regular-expression engine into the browser's module and prints
//! the number in its `Debug`; sixty lines of our own do neither.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// The identifier system of NHI numbers in FHIR.
pub const NHI_SYSTEM: &str = "https://standards.digital.health.nz/ns/nhi-id";

/// A checked NHI number in upper case. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Nhi(String);

/// Text that is not an NHI number: wrong shape or wrong check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid NHI number")]
pub struct NotAnNhi;

impl Nhi {
    /// The seven characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it lies in the range kept for tests (`Z…`).
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.0.starts_with('Z')
    }
}

/// A letter's number in the check sum: A is 1 … Z is 24, without I and O.
fn letter_value(letter: u8) -> Option<u32> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    LETTERS
        .iter()
        .position(|&known| known == letter)
        .and_then(|at| u32::try_from(at + 1).ok())
}

fn digit_value(digit: u8) -> Option<u32> {
    digit.is_ascii_digit().then(|| u32::from(digit - b'0'))
}

/// The check character's value that the first six demand, or `None` when no number can start so.
fn expected_check(values: [u32; 6], new_form: bool) -> Option<u32> {
    let sum: u32 = values
        .iter()
        .zip([7, 6, 5, 4, 3, 2])
        .map(|(value, weight)| value * weight)
        .sum();
    if new_form {
        return Some(23 - sum % 23);
    }
    match sum % 11 {
        0 => None,
        rest => Some((11 - rest) % 10),
    }
}

impl FromStr for Nhi {
    type Err = NotAnNhi;

    /// Trims and upper-cases, and corrects nothing else.
    fn from_str(text: &str) -> Result<Self, NotAnNhi> {
        let text = text.trim().to_ascii_uppercase();
        let &[a, b, c, d, e, f, check] = text.as_bytes() else {
            return Err(NotAnNhi);
        };
        let new_form = f.is_ascii_alphabetic();
        let last = if new_form { letter_value } else { digit_value };
        let read = || {
            let first = [letter_value(a)?, letter_value(b)?, letter_value(c)?];
            let values = [
                first[0],
                first[1],
                first[2],
                digit_value(d)?,
                digit_value(e)?,
                last(f)?,
            ];
            Some(last(check)? == expected_check(values, new_form)?)
        };
        if read() == Some(true) {
            Ok(Self(text))
        } else {
            Err(NotAnNhi)
        }
    }
}

impl fmt::Debug for Nhi {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Nhi(…)")
    }
}

impl<'de> Deserialize<'de> for Nhi {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: &str = "ZZZ0016 ZZZ0024 ZZZ0008 ZZZ0032 ZAC5361 ZAA0067 ZAA0075 ZAA0083 ZAA0091 ZAA0105 ZBE4905 \
         ZCX7065 ZDW0191 JBX3656 ZBN77VL ZXE24NV ZUA48EH ZUT01RG ZNK28DJ ZTL39SK ZWB84LW ZQF54PV ZAK21MS ZYC49PX \
         ZDP92ZR ZVE74QH ZSC21TN ZVB97XQ ZZZ00AC";
    const INVALID: &str =
        "ZZZ0044 ZZZ0040 ZZZ0017 DAB8233 ZZZ00AX ALU18KZ ZGT56KB ZHS91BR ZHW58CN ZLV86AX";

    #[test]
    fn published_numbers_are_told_from_wrong_ones() {
        for text in VALID.split_whitespace() {
            assert!(text.parse::<Nhi>().is_ok(), "{text}");
        }
        for text in INVALID.split_whitespace() {
            assert!(text.parse::<Nhi>().is_err(), "{text}");
        }
    }

    #[test]
    fn case_and_surrounding_space_do_not_matter() {
        assert_eq!(
            " zzz0016 ".parse::<Nhi>().map(|nhi| nhi.0),
            Ok("ZZZ0016".into())
        );
    }

    #[test]
    fn debug_output_does_not_show_the_number() {
        let nhi: Nhi = "ZZZ0016".parse().unwrap();
        assert!(!format!("{nhi:?}").contains("ZZZ"));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(at in 3usize..6, digit in 0u8..10) {
            let mut text = *b"ZAC5361";
            let digit = b'0' + digit;
            prop_assume!(text[at] != digit);
            text[at] = digit;
            prop_assert!(std::str::from_utf8(&text).unwrap().parse::<Nhi>().is_err());
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".{0,12}") {
            let _ = text.parse::<Nhi>();
        }
    }
}
