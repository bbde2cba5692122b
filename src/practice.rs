//! A practice: what it is called here, and everything about it that an operator decides. One deployment serves any
//! number of practices; each session belongs to one, and works by that one's settings.
//!
//! Owns the shape of names and settings; each is checked where it is made. How far a number may be moved is the
//! configuration's, and whether a time zone exists is for whoever has a table of them. Must not know where settings
//! are written, nor what the credentials are that it names.

pub use crate::id::{CredentialsName, NotAName, PracticeId};

use crate::fhir::media::Elements;
use crate::launch::FacilityCode;
use crate::record::Target;
use crate::session::Limits;
use std::fmt;
use std::time::Duration;

/// Everything about a practice that an operator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeSettings {
    /// What it is called here.
    pub id: PracticeId,
    /// Its name as people read it.
    pub name: PracticeName,
    /// Its HPI number. No two practices of a deployment have the same one.
    pub facility: FacilityCode,
    /// Where its clocks are: times that are filed are written by them.
    pub time_zone: TimeZoneName,
    /// What its sessions are opened under; the targets of filing are among them.
    pub limits: Limits,
    /// How much is said about a filed picture.
    pub elements: Elements,
    /// How many of its pictures go to the record at once, and how fast.
    pub rate_limits: RateLimits,
    /// How long posting one picture may take, all attempts together.
    pub submit_time_out: Duration,
    /// Origins that may show its pages in a frame.
    pub frame_ancestors: Vec<FrameAncestor>,
    /// Whether filed pictures shall have a caption.
    pub caption: bool,
    /// Which credentials open its record; `None` for those of the environment.
    pub credentials: Option<CredentialsName>,
    /// It opens no sessions any more. Those that are open can be finished.
    pub closed: bool,
}

/// How many pictures of one practice go to its record at once, and how fast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Pictures of one practice that are at ALEX at the same time.
    pub concurrency: usize,
    /// Tokens that the bucket gains each second: the calls a second in the long run.
    pub per_second: u32,
    /// Tokens that the bucket holds: the calls that may come together after a pause.
    pub burst: u32,
    /// Failures in a row that open the breaker.
    pub failure_threshold: u32,
    /// How long the breaker stays open at first; twice as long each time that its probe fails.
    pub open_for: Duration,
    /// The longest time that the breaker stays open.
    pub max_open_for: Duration,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            per_second: 10,
            burst: 20,
            failure_threshold: 5,
            open_for: Duration::from_secs(5),
            max_open_for: Duration::from_secs(60),
        }
    }
}

/// A practice's name: 1 to 80 characters on one line.
#[derive(Clone, PartialEq, Eq)]
pub struct PracticeName(String);

/// Text that is not a name of a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a practice has 1 to 80 characters and stands on one line")]
pub struct NotAPracticeName;

impl PracticeName {
    /// Checks a name that came from outside; spaces around it are dropped.
    ///
    /// # Errors
    /// When it is empty, longer than 80 characters, or holds a control character.
    pub fn parse(text: &str) -> Result<Self, NotAPracticeName> {
        let text = text.trim();
        let fits = (1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAPracticeName)
        }
    }

    /// The name as people read it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PracticeName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, out)
    }
}

/// The IANA name of a time zone, such as `Pacific/Auckland`. Only its shape is known here.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeZoneName(String);

/// Text that is not shaped like the name of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time zone is written as Pacific/Auckland or Pacific/Chatham")]
pub struct NotATimeZoneName;

impl TimeZoneName {
    /// Checks the shape of a name that came from outside.
    ///
    /// # Errors
    /// When it is not an area and a place with a slash between them.
    pub fn parse(text: &str) -> Result<Self, NotATimeZoneName> {
        let is_part = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte);
            part.starts_with(|first: char| first.is_ascii_uppercase()) && part.bytes().all(plain)
        };
        let fits = text.len() <= 64 && text.contains('/') && text.split('/').all(is_part);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotATimeZoneName)
        }
    }

    /// The name as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TimeZoneName {
    /// `Pacific/Auckland`: of every practice but those on the Chatham Islands.
    fn default() -> Self {
        Self("Pacific/Auckland".to_owned())
    }
}

impl fmt::Debug for TimeZoneName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An origin whose pages may show this product in a frame, as it stands in a Content Security Policy. Nothing in it can
/// end its directive.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameAncestor(String);

/// Text that is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin that may frame the product is written as https://portal.clinic.example")]
pub struct NotAFrameAncestor;

impl FrameAncestor {
    /// Checks an origin that came from outside: `https://` or `http://`, a host, perhaps with `*.` before it, perhaps a
    /// port, and nothing behind it.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn parse(text: &str) -> Result<Self, NotAFrameAncestor> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or(NotAFrameAncestor)?;
        let (host, port) = rest
            .split_once(':')
            .map_or((rest, None), |(host, port)| (host, Some(port)));
        let host = host.strip_prefix("*.").unwrap_or(host);
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let fits =
            host.split('.').all(is_label) && port.is_none_or(|port| port.parse::<u16>().is_ok());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAFrameAncestor)
        }
    }

    /// The origin as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FrameAncestor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Targets that cannot be filed to together, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "names no target, a target twice, or two kinds of scan; name media, one kind of scan, or one of each"
)]
pub struct NotTargets;

/// Checks that pictures can be filed to these targets: one or two of them, at most one of them a kind of scan.
///
/// # Errors
/// When pictures would not be filed at all, or twice in the same way.
pub fn check_targets(targets: &[Target]) -> Result<(), NotTargets> {
    let media = targets
        .iter()
        .filter(|target| **target == Target::Media)
        .count();
    let fits = !targets.is_empty() && media <= 1 && targets.len() - media <= 1;
    if fits { Ok(()) } else { Err(NotTargets) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_an_area_and_a_place() {
        for fine in [
            "Pacific/Auckland",
            "Pacific/Chatham",
            "America/Argentina/Buenos_Aires",
        ] {
            assert!(TimeZoneName::parse(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "NZST",
            "Pacific/",
            "/Auckland",
            "pacific/auckland",
            "Pacific/../Auckland",
            "+13:00",
        ] {
            assert!(TimeZoneName::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_may_frame_a_page_can_not_end_its_directive() {
        for fine in [
            "https://portal.clinic.example",
            "http://localhost:3000",
            "https://*.clinic.example:8443",
        ] {
            assert!(FrameAncestor::parse(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "*",
            "https:",
            "https://",
            "https://a b",
            "https://a;script-src *",
            "https://a/b",
            "https://a,b",
            "https://*",
            "https://a:b",
            "javascript://a",
            "'self'",
            "https://a:",
            "https://a..b",
        ] {
            assert!(FrameAncestor::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_picture_is_filed_somewhere_and_nowhere_twice() {
        use Target::{Media, ScanPdf, ScanTiff};
        for fine in [
            &[Media][..],
            &[ScanPdf],
            &[Media, ScanTiff],
            &[ScanPdf, Media],
        ] {
            assert_eq!(check_targets(fine), Ok(()), "{fine:?}");
        }
        for wrong in [
            &[][..],
            &[Media, Media],
            &[ScanPdf, ScanTiff],
            &[Media, ScanPdf, ScanTiff],
        ] {
            assert_eq!(check_targets(wrong), Err(NotTargets), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_that_people_read_stands_on_one_line() {
        assert_eq!(
            PracticeName::parse(" K\u{14d}whai Medical ")
                .unwrap()
                .as_str(),
            "K\u{14d}whai Medical"
        );
        for wrong in ["", "  ", "two\nlines", &"a".repeat(81)] {
            assert!(PracticeName::parse(wrong).is_err(), "{wrong}");
        }
    }
}
