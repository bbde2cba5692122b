//! What is said about a picture: body site, side, view, note. Each part is checked where it is made.

use super::{BodySite, Side};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything a person says about a picture. All of it is optional until commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Details {
    /// Where on the body.
    pub site: Option<BodySite>,
    /// Which side.
    pub laterality: Option<Laterality>,
    /// How it was taken.
    pub view: Option<View>,
    /// Clinical note.
    pub note: Note,
}

/// Which side of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Laterality {
    /// The patient's left.
    Left,
    /// The patient's right.
    Right,
    /// Both sides in one picture.
    Bilateral,
    /// The site has no sides. Only for midline sites.
    NotApplicable,
}

impl Laterality {
    /// All of them, in the order surfaces offer them.
    pub const ALL: [Self; 4] = [
        Self::Left,
        Self::Right,
        Self::Bilateral,
        Self::NotApplicable,
    ];

    /// SNOMED CT code and display; none for "not applicable".
    #[must_use]
    pub const fn coding(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Left => Some(("7771000", "Left")),
            Self::Right => Some(("24028007", "Right")),
            Self::Bilateral => Some(("51440002", "Right and left")),
            Self::NotApplicable => None,
        }
    }
}

/// How a picture was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum View {
    /// The region around it, for orientation.
    Regional,
    /// The thing itself, near.
    CloseUp,
    /// Through a dermatoscope.
    Dermoscopic,
    /// With its counterpart or an earlier state.
    Comparison,
    /// Anything else.
    Other,
}

impl View {
    /// All of them, in the order surfaces offer them.
    pub const ALL: [Self; 5] = [
        Self::Regional,
        Self::CloseUp,
        Self::Dermoscopic,
        Self::Comparison,
        Self::Other,
    ];

    /// Code in our own system: no agreed codes exist.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Regional => "regional",
            Self::CloseUp => "close-up",
            Self::Dermoscopic => "dermoscopic",
            Self::Comparison => "comparison",
            Self::Other => "other",
        }
    }
}

/// A clinical note of at most [`Note::LONGEST`] characters; what a session takes may be less
/// ([`super::PictureLimits::note_chars`]). Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

/// A note that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a note holds at most {} characters", Note::LONGEST)]
pub struct NoteTooLong;

impl Note {
    /// Characters that a note holds at most in any session: those of fifty pictures are stored with every change.
    pub const LONGEST: usize = 2000;

    /// Takes a text as it is typed.
    ///
    /// # Errors
    /// When it has more than [`Note::LONGEST`] characters.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteTooLong> {
        let text = text.into();
        if text.chars().count() > Self::LONGEST {
            Err(NoteTooLong)
        } else {
            Ok(Self(text))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many characters it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing but white space was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl TryFrom<String> for Note {
    type Error = NoteTooLong;

    fn try_from(text: String) -> Result<Self, NoteTooLong> {
        Self::new(text)
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Note(…)")
    }
}

/// What stands between a picture and its commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// No body site.
    Site,
    /// A paired site without a side.
    Side,
}

impl Details {
    /// What is still missing before commit, the most important first.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        let Some(site) = self.site else {
            return Some(Missing::Site);
        };
        match (site.side(), self.laterality) {
            (Side::Paired, None | Some(Laterality::NotApplicable)) => Some(Missing::Side),
            _ => None,
        }
    }

    /// These details with the parts that `change` names replaced.
    #[must_use]
    pub fn with(&self, change: &DetailsChange) -> Self {
        let mut next = self.clone();
        if let Some(site) = change.site {
            next.site = site;
        }
        if let Some(laterality) = change.laterality {
            next.laterality = laterality;
        }
        if let Some(view) = change.view {
            next.view = view;
        }
        if let Some(note) = &change.note {
            next.note = note.clone();
        }
        // "Not applicable" says that the site has no sides; a site that has them takes the claim back.
        let paired = next.site.is_some_and(|site| site.side() == Side::Paired);
        if paired && next.laterality == Some(Laterality::NotApplicable) {
            next.laterality = None;
        }
        next
    }
}

/// A change to some parts of the details: an outer `None` leaves the part alone, an inner one clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DetailsChange {
    /// New body site.
    #[serde(skip_serializing_if = "Option::is_none", with = "explicit")]
    pub site: Option<Option<BodySite>>,
    /// New side.
    #[serde(skip_serializing_if = "Option::is_none", with = "explicit")]
    pub laterality: Option<Option<Laterality>>,
    /// New view.
    #[serde(skip_serializing_if = "Option::is_none", with = "explicit")]
    pub view: Option<Option<View>>,
    /// New note; an empty one clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// JSON tells an absent field from `null`, serde's `Option<Option<T>>` by itself does not.
mod explicit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(code: &str) -> Option<BodySite> {
        BodySite::from_code(code)
    }

    #[test]
    fn a_paired_site_needs_a_side_and_a_midline_site_does_not() {
        let forearm = Details {
            site: site("14975008"),
            ..Details::default()
        };
        assert_eq!(Details::default().missing(), Some(Missing::Site));
        assert_eq!(forearm.missing(), Some(Missing::Side));
        let left = Details {
            laterality: Some(Laterality::Left),
            ..forearm
        };
        assert_eq!(left.missing(), None);
        let scalp = Details {
            site: site("41695006"),
            ..Details::default()
        };
        assert_eq!(scalp.missing(), None);
    }

    #[test]
    fn not_applicable_does_not_survive_a_paired_site() {
        let scalp = Details {
            site: site("41695006"),
            laterality: Some(Laterality::NotApplicable),
            ..Details::default()
        };
        let change = DetailsChange {
            site: Some(site("14975008")),
            ..DetailsChange::default()
        };
        assert_eq!(scalp.with(&change).laterality, None);
    }

    #[test]
    fn a_change_tells_leaving_alone_from_clearing() {
        let change: DetailsChange = serde_json::from_str(r#"{"site":null}"#).unwrap();
        assert_eq!((change.site, change.view), (Some(None), None));
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"site":null}"#);
    }

    #[test]
    fn a_note_counts_characters_not_bytes() {
        let longest = Note::new("ā".repeat(Note::LONGEST)).unwrap();
        assert_eq!(longest.length(), Note::LONGEST);
        assert_eq!(Note::new("ā".repeat(Note::LONGEST + 1)), Err(NoteTooLong));
        assert!(!format!("{:?}", Note::new("left breast").unwrap()).contains("breast"));
    }
}
