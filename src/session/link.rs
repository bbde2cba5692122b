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
        device: DeviceKind,
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
        device: Option<DeviceKind>,
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

/// What kind of device a browser says it runs on. Stored and sent as the words that its kinds are named by here; a kind that
/// this program does not know counts as [`Self::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceKind {
    /// An iPhone.
    #[serde(rename = "iPhone")]
    IPhone,
    /// An iPad that says so; newer ones call themselves a Macintosh.
    #[serde(rename = "iPad")]
    IPad,
    /// A phone with Android.
    #[serde(rename = "Android phone")]
    AndroidPhone,
    /// A tablet with Android.
    #[serde(rename = "Android tablet")]
    AndroidTablet,
    /// A computer with Windows.
    #[serde(rename = "Windows computer")]
    WindowsComputer,
    /// A Mac, or an iPad that calls itself one.
    #[serde(rename = "Mac")]
    Mac,
    /// A computer with Linux.
    #[serde(rename = "Linux computer")]
    LinuxComputer,
    /// Anything else; a device that joins is most likely a phone.
    #[serde(rename = "Phone", other)]
    Other,
}

impl DeviceKind {
    /// Reads the kind of device out of a browser's `User-Agent`, and keeps nothing else of it.
    #[must_use]
    pub fn from_user_agent(agent: &str) -> Self {
        let android = if agent.contains("Mobile") {
            Self::AndroidPhone
        } else {
            Self::AndroidTablet
        };
        [
            ("iPhone", Self::IPhone),
            ("iPad", Self::IPad),
            ("Android", android),
            ("Windows", Self::WindowsComputer),
            ("Macintosh", Self::Mac),
            ("Linux", Self::LinuxComputer),
        ]
        .into_iter()
        .find(|(sign, _)| agent.contains(sign))
        .map_or(Self::Other, |(_, kind)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_kind_only() {
        for (agent, kind) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148",
                DeviceKind::IPhone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S928B) Chrome/130 Mobile Safari",
                DeviceKind::AndroidPhone,
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/130 Safari",
                DeviceKind::AndroidTablet,
            ),
            ("<script>", DeviceKind::Other),
        ] {
            assert_eq!(DeviceKind::from_user_agent(agent), kind, "{agent}");
        }
    }

    #[test]
    fn a_device_is_stored_by_a_word_and_an_unknown_word_is_read() {
        assert_eq!(
            serde_json::to_value(DeviceKind::AndroidPhone).unwrap(),
            "Android phone"
        );
        assert_eq!(serde_json::to_value(DeviceKind::Other).unwrap(), "Phone");
        let read: DeviceKind = serde_json::from_value("Smart watch".into()).unwrap();
        assert_eq!(read, DeviceKind::Other);
    }

    #[test]
    fn numbers_have_two_digits() {
        for bits in [0, 89, 90, u128::MAX] {
            assert_eq!(MatchNumber::from_bits(bits).to_string().len(), 2);
        }
    }
}
