//! The phone's seven screens, and which of them may be shown in which state. The app renders them; this decides.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A screen of the phone page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Screen {
    /// Is this your patient?
    Confirm,
    /// Camera and gallery.
    Capture,
    /// One photo, full screen: keep, retake, rotate. Counted from 0.
    Review(usize),
    /// All photos that were not sent yet.
    All,
    /// Site, side, view and note of one photo (counted from 0), or of all.
    Describe(Option<usize>),
    /// Photos on their way.
    Sending,
    /// What arrived.
    Sent,
}

/// What decides which screens may be shown: confirmation and counts of this phone's photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhoneState {
    /// Whether the person has confirmed the patient.
    pub confirmed: bool,
    /// Photos taken and not sent.
    pub kept: usize,
    /// Photos that the person has sent and that have not arrived.
    pub going: usize,
    /// Photos that arrived.
    pub arrived: usize,
}

impl Screen {
    /// The screen to show when the address asks for `self`. Reload and back may ask for anything.
    #[must_use]
    pub fn or_nearest(self, state: PhoneState) -> Self {
        if !state.confirmed {
            return Self::Confirm;
        }
        match self {
            Self::Review(at) | Self::Describe(Some(at)) if at < state.kept => self,
            Self::Review(_) | Self::All | Self::Describe(_) if state.kept == 0 => Self::Capture,
            Self::Review(_) | Self::Describe(Some(_)) => Self::All,
            Self::Sending if state.going == 0 && state.arrived > 0 => Self::Sent,
            Self::Sending | Self::Sent if state.going + state.arrived == 0 => Self::Capture,
            Self::Confirm => Self::Capture,
            other => other,
        }
    }

    /// Reads the last part of the page's address; the capture screen for anything unknown.
    #[must_use]
    pub fn from_slug(slug: &str) -> Self {
        let (name, at) = slug
            .split_once('-')
            .map_or((slug, None), |(name, at)| (name, at.parse().ok()));
        let at = at.filter(|at: &usize| *at > 0).map(|at| at - 1);
        match (name, at) {
            ("review", Some(at)) => Self::Review(at),
            ("describe", at) => Self::Describe(at),
            ("all", None) => Self::All,
            ("sending", None) => Self::Sending,
            ("sent", None) => Self::Sent,
            ("" | "confirm", None) => Self::Confirm,
            _ => Self::Capture,
        }
    }
}

impl fmt::Display for Screen {
    /// The last part of the page's address; photos count from 1 there.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confirm => out.write_str("confirm"),
            Self::Capture => out.write_str("capture"),
            Self::Review(at) => write!(out, "review-{}", at + 1),
            Self::All => out.write_str("all"),
            Self::Describe(None) => out.write_str("describe"),
            Self::Describe(Some(at)) => write!(out, "describe-{}", at + 1),
            Self::Sending => out.write_str("sending"),
            Self::Sent => out.write_str("sent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_screen() -> impl Strategy<Value = Screen> {
        prop_oneof![
            Just(Screen::Confirm),
            Just(Screen::Capture),
            (0usize..25).prop_map(Screen::Review),
            Just(Screen::All),
            proptest::option::of(0usize..25).prop_map(Screen::Describe),
            Just(Screen::Sending),
            Just(Screen::Sent),
        ]
    }

    proptest! {
        #[test]
        fn an_address_reads_back(screen in any_screen()) {
            prop_assert_eq!(Screen::from_slug(&screen.to_string()), screen);
        }

        #[test]
        fn no_photo_screen_without_that_photo(
            screen in any_screen(),
            confirmed: bool,
            kept in 0usize..21,
            going in 0usize..21,
            arrived in 0usize..21,
        ) {
            let state = PhoneState { confirmed, kept, going, arrived };
            let shown = screen.or_nearest(state);
            prop_assert_eq!(shown.or_nearest(state), shown, "the nearest screen is near itself");
            match shown {
                Screen::Review(at) | Screen::Describe(Some(at)) => prop_assert!(at < kept),
                Screen::All | Screen::Describe(None) => prop_assert!(kept > 0),
                Screen::Sending => prop_assert!(going > 0),
                Screen::Confirm => prop_assert!(!confirmed),
                Screen::Capture | Screen::Sent => prop_assert!(confirmed),
            }
        }

        #[test]
        fn any_address_is_some_screen(slug in ".{0,20}") {
            let _ = Screen::from_slug(&slug);
        }
    }
}
