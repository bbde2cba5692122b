//! The hand-off link: a QR code on the desktop, and the phone that claimed it. Its code is an access token; what both
//! sides see of the link does not hold it.

use crate::id::LinkId;
use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A hand-off link as both sides see it. Its code is not in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffLink {
    /// Its name.
    pub id: LinkId,
    /// Shown on both screens, so that people notice a phone that joined the wrong session.
    pub number: MatchNumber,
    /// From then on the code claims nothing.
    pub expires_at: Moment,
    /// How far it has come.
    pub state: LinkState,
}

/// The life of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LinkState {
    /// On the desktop's screen, waiting for a phone.
    Offered,
    /// A phone holds it.
    Claimed {
        /// What the phone calls itself.
        device: DeviceLabel,
        /// When it joined.
        at: Moment,
        /// Whether the phone's user said that the patient and the number are right.
        confirmed: bool,
    },
    /// Over for good.
    Ended {
        /// How.
        why: EndOfLink,
        /// The phone that held it, if one did.
        device: Option<DeviceLabel>,
    },
}

impl LinkState {
    /// What becomes of it when the phone's user confirms the patient. Only a claimed link can be confirmed.
    #[must_use]
    pub fn confirmed(self) -> Self {
        match self {
            Self::Claimed { device, at, .. } => Self::Claimed {
                device,
                at,
                confirmed: true,
            },
            Self::Offered | Self::Ended { .. } => self,
        }
    }

    /// What becomes of it when it ends.
    #[must_use]
    pub fn ended(self, why: EndOfLink) -> Self {
        let device = match self {
            Self::Claimed { device, .. } => Some(device),
            Self::Offered | Self::Ended { .. } => None,
        };
        Self::Ended { why, device }
    }
}

/// How a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EndOfLink {
    /// Nobody claimed it in time.
    Expired,
    /// The desktop shows a newer code.
    Replaced,
    /// The desktop cut it off.
    Revoked,
    /// The phone said "not my patient".
    Declined,
    /// The phone finished.
    Left,
    /// The phone did nothing for too long.
    Idle,
}

/// A number from 10 to 99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MatchNumber(u8);

impl MatchNumber {
    /// The number that these random bits stand for.
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        Self(u8::try_from(10 + bits % 90).unwrap_or(10))
    }
}

impl fmt::Display for MatchNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

/// A few words for a device: `iPhone`, `Android phone`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceLabel(String);

impl DeviceLabel {
    /// Reads the kind of device out of a browser's `User-Agent`, and keeps nothing else of it.
    #[must_use]
    pub fn from_user_agent(agent: &str) -> Self {
        let kinds = [
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            (
                "Android",
                if agent.contains("Mobile") {
                    "Android phone"
                } else {
                    "Android tablet"
                },
            ),
            ("Windows", "Windows computer"),
            ("Macintosh", "Mac"),
            ("Linux", "Linux computer"),
        ];
        let found = kinds.iter().find(|(sign, _)| agent.contains(sign));
        Self(found.map_or("Phone", |(_, label)| label).to_owned())
    }
}

impl fmt::Display for DeviceLabel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_its_kind_only() {
        let label = |agent: &str| DeviceLabel::from_user_agent(agent).to_string();
        assert_eq!(
            label("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"),
            "iPhone"
        );
        assert_eq!(
            label("Mozilla/5.0 (Linux; Android 15; SM-S928B) Chrome/130 Mobile Safari"),
            "Android phone"
        );
        assert_eq!(
            label("Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/130 Safari"),
            "Android tablet"
        );
        assert_eq!(label("<script>"), "Phone");
    }

    #[test]
    fn numbers_have_two_digits() {
        for bits in [0, 89, 90, u128::MAX] {
            assert_eq!(MatchNumber::from_bits(bits).to_string().len(), 2);
        }
    }
}
