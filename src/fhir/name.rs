//! FHIR's HumanName: which of several to take, and how to put it together.

use super::{items, text};
use serde_json::Value;

/// The parts of a name as registered; each may be empty.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub prefix: String,
    pub given: String,
    pub family: String,
}

impl Parts {
    fn of(name: &Value) -> Self {
        let joined = |parts: &Value| items(parts).filter_map(text).collect::<Vec<_>>().join(" ");
        let mut parts = Self {
            prefix: joined(&name["prefix"]),
            given: joined(&name["given"]),
            family: text(&name["family"]).unwrap_or_default().to_owned(),
        };
        // A name that is only written out cannot be taken apart by guessing.
        if parts.family.is_empty() && parts.given.is_empty() {
            parts.family = text(&name["text"]).unwrap_or_default().to_owned();
        }
        parts
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.family.is_empty()
    }
}

/// The name a person goes by on paper: official, else usual, else one without a use, else any that
/// is not a former name or a nickname, else whatever there is. Empty when there is none.
pub(super) fn preferred(resource: &Value) -> Parts {
    let rank = |name: &Value| match name["use"].as_str() {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("nickname" | "old" | "maiden" | "anonymous") => 4,
        Some(_) => 3,
    };
    let mut names: Vec<&Value> = items(&resource["name"]).collect();
    names.sort_by_key(|name| rank(name));
    names
        .into_iter()
        .map(Parts::of)
        .find(|parts| !parts.is_empty())
        .unwrap_or_default()
}
