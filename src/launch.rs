//! What a launch from Medtech says: which patient, where, and who asked. One launch opens one session.

use crate::id::PracticeId;
use crate::moment::Moment;
use crate::patient::Patient;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything a session knows about where it came from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchContext {
    /// Whose pictures will be taken.
    pub patient: Patient,
    /// The practice as this deployment knows it. Sessions that were stored before there was a choice belong to the one that
    /// environment variables described.
    #[serde(default = "PracticeId::of_environment")]
    pub practice: PracticeId,
    /// The practice as the health system knows it.
    pub facility: Facility,
    /// The clinician who launched.
    pub provider: Provider,
    /// When Medtech made the launch.
    pub launched_at: Moment,
    /// Whether this runs against simulated patients; every screen says so.
    pub demo: bool,
}

/// A practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// HPI facility number, shaped like `F2N060-E`.
    pub code: FacilityCode,
    /// The practice's name.
    pub name: String,
}

/// An HPI facility number: `F`, five letters or digits, a hyphen, a check letter. The check is not verified, because
/// its rule is not published for this form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FacilityCode(String);

/// Text that is not shaped like an HPI facility number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an HPI facility number looks like F2N060-E")]
pub struct NotAFacilityCode;

impl FacilityCode {
    /// Checks the shape of a code that came from outside.
    ///
    /// # Errors
    /// When it is not shaped like `F2N060-E`.
    pub fn parse(text: &str) -> Result<Self, NotAFacilityCode> {
        let fits = text.len() == 8
            && text.bytes().enumerate().all(|(at, byte)| match at {
                0 => byte == b'F',
                6 => byte == b'-',
                _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            });
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAFacilityCode)
        }
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A clinician.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// ALEX's id of the practitioner.
    pub id: String,
    /// As shown: `Dr Aroha Ngata`.
    pub name: String,
}

impl fmt::Debug for Provider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Provider(…)")
    }
}

impl fmt::Debug for LaunchContext {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LaunchContext({}, …)", self.facility.code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facility_codes_have_one_shape() {
        assert!(FacilityCode::parse("F2N060-E").is_ok());
        for wrong in [
            "",
            "F2N060E",
            "G2N060-E",
            "f2n060-e",
            "F2N060-EE",
            "F2N060 E",
        ] {
            assert!(FacilityCode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
