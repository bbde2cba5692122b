//! The catalogue of replies. README.md shows it as a table; a test compares the two.

use std::sync::LazyLock;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::reply::{Effect, Reply, ScriptedResponse, Timing};
use crate::call::Kind;

mod bodies;
mod creates;
mod questions;
mod refusals;

/// Every reply, in the order in which they are listed.
pub(crate) static CATALOGUE: LazyLock<Vec<Reply>> = LazyLock::new(|| {
    let groups = [
        creates::shapes_of_success(),
        creates::lost(),
        creates::late_and_twice(),
        refusals::statuses(),
        refusals::more(),
        bodies::strange(),
        bodies::huge_and_cut(),
        questions::tokens(),
        questions::searches_and_reads(),
    ];
    groups.into_iter().flatten().collect()
});

/// An entry of the catalogue, by its name.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Named(pub &'static Reply);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let found = CATALOGUE.iter().find(|reply| reply.name == name);
        found.map(Self).ok_or_else(|| {
            let name: String = name.chars().take(60).collect();
            format!("there is no reply '{name}'; /medtech/api/catalogue lists them")
        })
    }
}

impl From<Named> for String {
    fn from(named: Named) -> Self {
        named.0.name.clone()
    }
}

const ANY: &[Kind] = &Kind::ALL;
const CREATE: &[Kind] = &[Kind::Media, Kind::DocumentReference];
const FHIR: &[Kind] = &[
    Kind::Media,
    Kind::DocumentReference,
    Kind::Search,
    Kind::Read,
    Kind::Patient,
    Kind::Practice,
];
const SEARCH: &[Kind] = &[Kind::Search];
const PATIENT: &[Kind] = &[Kind::Patient];
const TOKEN: &[Kind] = &[Kind::Token];

/// Does what was asked and says so at once; the rest is chosen from there.
fn reply(kinds: &'static [Kind], name: &str, says: &str) -> Reply {
    Reply {
        name: name.to_owned(),
        says: says.to_owned(),
        kinds,
        effect: Effect::Once,
        response: ScriptedResponse::Unchanged,
        timing: Timing::AtOnce,
    }
}

impl Reply {
    fn effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    fn response(self, response: ScriptedResponse) -> Self {
        Self { response, ..self }
    }

    fn timing(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }

    fn changed(self, change: Change) -> Self {
        self.response(ScriptedResponse::Changed(change))
    }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).expect("the catalogue names statuses between 100 and 999")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue as README.md shows it.
    fn table() -> String {
        let row = |reply: &Reply| {
            let kinds: Vec<_> = reply.kinds.iter().map(|kind| kind.name()).collect();
            let calls = if reply.kinds == ANY {
                "any".to_owned()
            } else {
                kinds.join(", ")
            };
            let calls = if reply.kinds == FHIR {
                "FHIR".to_owned()
            } else {
                calls
            };
            let creates = match reply.effect.creates() {
                (now, 0) => now.to_string(),
                (0, later) => format!("{later} later"),
                (now, later) => format!("{now}, {later} later"),
            };
            let creates = if reply.kinds.contains(&Kind::Media) {
                creates
            } else {
                "–".into()
            };
            format!(
                "| `{}` | {} | {calls} | {creates} |\n",
                reply.name, reply.says
            )
        };
        let rows: String = CATALOGUE.iter().map(row).collect();
        format!("| reply | what it does | calls | creates |\n| --- | --- | --- | --- |\n{rows}")
    }

    #[test]
    fn the_readme_shows_the_catalogue_as_it_is() {
        let readme = include_str!("../../../README.md");
        let table = table();
        assert!(
            readme.contains(&table),
            "README.md lacks this table:\n{table}"
        );
    }
}
