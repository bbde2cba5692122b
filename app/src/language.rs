//! The languages that the product speaks, and which of them a reader gets: the one they have chosen, or else the one that their
//! browser asks for (`Accept-Language`). Knows no page, no server and no browser.

/// A language that the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English as in New Zealand.
    #[default]
    English,
    /// Te reo Māori, as far as its words are certain, and English otherwise.
    Maori,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Maori];

    /// As the language switch names it: in that language itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Maori => "Te reo Māori",
        }
    }

    /// Its BCP 47 tag, for `<html lang>` and for the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-NZ",
            Self::Maori => "mi-NZ",
        }
    }

    /// The language that a tag asks for, whatever its region: `mi`, `mi-NZ`, `en-GB`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next()?;
        Self::ALL
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(&language.tag()[..2]))
    }
}

/// The language for a browser that says what it would like (`Accept-Language`) and a reader who may have chosen one.
#[cfg(feature = "ssr")]
#[must_use]
pub fn negotiate(chosen: Option<&str>, accepted: &str) -> Language {
    chosen
        .and_then(Language::of_tag)
        .unwrap_or_else(|| most_wanted(accepted))
}

/// The language that the header gives the highest quality, the first of equals; English when it names none of ours. A quality
/// of 0 means "not this one" (RFC 9110, 12.5.4).
#[cfg(feature = "ssr")]
fn most_wanted(accepted: &str) -> Language {
    let mut best = (0.0, Language::default());
    for range in accepted.split(',') {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(Language::of_tag) else {
            continue;
        };
        let quality = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(Some(1.0), |quality| quality.trim().parse().ok())
            .unwrap_or(0.0);
        if quality > best.0 {
            best = (quality, language);
        }
    }
    best.1
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_choice_counts_for_more_than_what_the_browser_asks_for() {
        assert_eq!(negotiate(Some("en-NZ"), "mi"), Language::English);
        assert_eq!(negotiate(Some("mi-NZ"), "en"), Language::Maori);
        assert_eq!(negotiate(Some("nonsense"), "mi"), Language::Maori);
        assert_eq!(negotiate(None, ""), Language::English);
    }

    #[test]
    fn the_browser_gets_the_language_that_it_wants_most() {
        for (accepted, language) in [
            ("mi-NZ,mi;q=0.9,en;q=0.8", Language::Maori),
            ("en-NZ,en;q=0.9,mi;q=0.8", Language::English),
            ("fr, mi;q=0.3", Language::Maori),
            ("mi;q=0, en;q=0.1", Language::English),
            ("MI;q=0.7,en;q=0.5", Language::Maori),
            ("*", Language::English),
            ("mi;q=much", Language::English),
            ("min, mik", Language::English),
        ] {
            assert_eq!(negotiate(None, accepted), language, "{accepted}");
        }
    }

    #[test]
    fn a_tag_leads_back_to_its_language() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }
}
