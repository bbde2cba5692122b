//! Which address shows which page. The server and the browser's modules read an address with the same function, so that a
//! module takes over the very page that the server rendered. Knows no HTTP and no browser.

use clinical_images::capture::Screen;
use clinical_images::id::SessionId;

/// The addresses of all pages, in the notation of the server's router. Each is a `Page` other than `Page::Unknown`.
#[cfg(feature = "ssr")]
pub const PAGE_PATHS: [&str; 6] = [
    "/",
    "/launch-problem/{why}",
    "/launch-problem/{why}/{practice}",
    "/desk/{session}",
    "/phone",
    "/phone/{screen}",
];

/// Whether a page has this address. [`PAGE_PATHS`] as a question.
#[cfg(feature = "ssr")]
#[must_use]
pub fn is_page(path: &str) -> bool {
    Page::at(path) != Page::Unknown
}

/// What an address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The first page.
    Start,
    /// A launch that did not open a session. `why` names the refusal and may be anything that a person types.
    LaunchProblem {
        /// The refusal's name, as it is in JSON.
        why: String,
    },
    /// The desktop of a session; `None` where the address cannot be a session's.
    Desktop(Option<SessionId>),
    /// The phone, at this screen.
    Phone(Screen),
    /// No page has this address.
    Unknown,
}

impl Page {
    /// The page at this path (without query and fragment). A slash at its end changes nothing.
    pub fn at(path: &str) -> Self {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts[..] {
            [""] => Self::Start,
            // The practice behind the refusal is for the server: it decides who may frame the page.
            ["launch-problem", why] | ["launch-problem", why, _] => Self::LaunchProblem {
                why: why.to_owned(),
            },
            ["desk", session] => Self::Desktop(session.parse().ok()),
            ["phone"] => Self::Phone(Screen::from_slug("")),
            ["phone", screen] => Self::Phone(Screen::from_slug(screen)),
            _ => Self::Unknown,
        }
    }
}

/// The path of the phone page at a screen.
#[must_use]
pub(crate) fn phone_path(screen: Screen) -> String {
    format!("/phone/{screen}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_shows_its_page() {
        let session = SessionId::from_bits(7);
        assert_eq!(Page::at("/"), Page::Start);
        let why = "launchExpired".to_owned();
        assert_eq!(
            Page::at("/launch-problem/launchExpired/kowhai"),
            Page::LaunchProblem { why }
        );
        assert_eq!(
            Page::at(&format!("/desk/{session}")),
            Page::Desktop(Some(session))
        );
        assert_eq!(Page::at("/desk/nobody"), Page::Desktop(None));
        assert_eq!(Page::at("/phone"), Page::Phone(Screen::Confirm));
        assert_eq!(Page::at("/phone/"), Page::Phone(Screen::Confirm));
        for unknown in ["/phonebook", "/desk", "/phone/all/more", "/launch-problem"] {
            assert_eq!(Page::at(unknown), Page::Unknown, "{unknown}");
        }
    }

    #[test]
    fn a_phone_finds_its_screen_in_the_address_that_it_wrote() {
        for screen in [Screen::Capture, Screen::Review(2), Screen::Describe(None)] {
            assert_eq!(Page::at(&phone_path(screen)), Page::Phone(screen));
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_server_lists_no_address_without_a_page() {
        for path in PAGE_PATHS {
            assert_ne!(Page::at(path), Page::Unknown, "{path}");
        }
    }
}
