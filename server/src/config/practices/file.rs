//! The file of practices as it is written: TOML with a table for each practice, one for defaults, and one for each set of
//! credentials. A key that is not known is a fault: a misspelt limit must not be no limit.

use super::credentials::AlexTable;
use super::{Configured, Credentials, Layers, Named, PracticesFault, Wrong};
use clinical_images::launch::FacilityCode;
use clinical_images::practice::{CredentialsName, PracticeId};
use clinical_images::record::Target;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::{DeTable, DeValue};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    defaults: Table,
    #[serde(default)]
    alex: BTreeMap<String, AlexTable>,
    #[serde(default)]
    practice: BTreeMap<String, Table>,
}

/// A practice, or the defaults. But for the first four, a key is the variable of that name in lower case.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: Option<String>,
    facility: Option<String>,
    closed: Option<bool>,
    alex: Option<String>,
    time_zone: Option<String>,
    caption: Option<bool>,
    frame_ancestors: Option<Vec<String>>,
    most_pictures: Option<u64>,
    pairing_seconds: Option<u64>,
    phone_idle_seconds: Option<u64>,
    session_idle_seconds: Option<u64>,
    put_seconds: Option<u64>,
    get_seconds: Option<u64>,
    input_megabytes: Option<u64>,
    input_megapixels: Option<u64>,
    output_kilobytes: Option<u64>,
    output_long_side: Option<u32>,
    note_characters: Option<usize>,
    upload_tries: Option<u32>,
    filing_targets: Option<Vec<String>>,
    filing_optional_elements: Option<bool>,
    filing_concurrency: Option<usize>,
    filing_per_second: Option<u32>,
    filing_tries: Option<u32>,
    filing_time_out_seconds: Option<u64>,
    filing_quiet_seconds: Option<u64>,
}

/// Reads a file of practices over what the variables say.
pub(super) fn read(
    file: &str,
    text: &str,
    mut base: Layers,
    demo: bool,
) -> Result<Configured, PracticesFault> {
    let at = |line, reason| PracticesFault::At {
        file: file.to_owned(),
        line,
        reason,
    };
    // A parser's own report would show the line, and with it whatever secret somebody wrote there.
    let parsed = |fault: toml::de::Error| {
        let line = fault.span().map_or(1, |span| line_of(text, span.start));
        at(line, fault.message().replace('\n', " "))
    };
    let written: Written = toml::from_str(text).map_err(parsed)?;
    let tree = DeTable::parse(text).map_err(parsed)?;
    let lines = Lines {
        text,
        tree: tree.get_ref(),
    };
    let mut credentials = BTreeMap::new();
    for (name, table) in &written.alex {
        let wrong = |(key, reason): Wrong| at(lines.of(&["alex", name, key]), reason);
        let known: CredentialsName = name.parse().map_err(|_| wrong(not_a_name(name)))?;
        if demo {
            let reason = "the demo has credentials of its own; take this table out, or unset DEMO";
            return Err(wrong(("", reason.to_owned())));
        }
        let beside = Path::new(file).parent().unwrap_or(Path::new(""));
        let checked = Credentials::of(table, beside).map_err(wrong)?;
        credentials.insert(known, checked);
    }
    let of_defaults = |(key, reason): Wrong| at(lines.of(&["defaults", key]), reason);
    written.defaults.check_for_all().map_err(of_defaults)?;
    written.defaults.lay_upon(&mut base).map_err(of_defaults)?;
    let mut configured = Configured {
        practices: Vec::new(),
        credentials,
        facility_lines: BTreeMap::new(),
        file: file.to_owned(),
    };
    for (name, table) in &written.practice {
        let wrong = |(key, reason): Wrong| at(lines.of_setting(name, key), reason);
        let practice = table.practice(name, base.clone(), demo).map_err(wrong)?;
        configured.check_new(&practice).map_err(wrong)?;
        let line = lines.of_setting(name, "facility");
        configured.facility_lines.insert(practice.id.clone(), line);
        configured.practices.push(practice);
    }
    if configured.practices.is_empty() {
        let reason = "the file has no practice; write a table [practice.NAME] for each";
        return Err(at(1, reason.to_owned()));
    }
    Ok(configured)
}

fn not_a_name(name: &str) -> Wrong {
    let reason = format!(
        "{name:?} is no name: {}",
        clinical_images::practice::NotAName
    );
    ("", reason)
}

impl Table {
    /// Refuses among the defaults what only one practice can have.
    fn check_for_all(&self) -> Result<(), Wrong> {
        let one = [
            ("name", self.name.is_some()),
            ("facility", self.facility.is_some()),
            ("closed", self.closed.is_some()),
        ];
        match one.into_iter().find(|(_, set)| *set) {
            Some((key, _)) => Err((
                key,
                format!("{key} belongs to a practice, not to all of them"),
            )),
            None => Ok(()),
        }
    }

    fn practice(
        &self,
        name: &str,
        mut layers: Layers,
        demo: bool,
    ) -> Result<clinical_images::practice::PracticeSettings, Wrong> {
        let id: PracticeId = name.parse().map_err(|_| not_a_name(name))?;
        let missing = |key| ("", format!("practice {id} has no {key}"));
        let facility = self
            .facility
            .as_deref()
            .ok_or_else(|| missing("facility"))?;
        let facility = FacilityCode::parse(facility);
        let named = Named {
            name: self.name.clone().ok_or_else(|| missing("name"))?,
            facility: facility.map_err(|fault| ("facility", fault.to_string()))?,
            closed: self.closed.unwrap_or_default(),
            id,
        };
        self.lay_upon(&mut layers)?;
        layers.settings(named, demo)
    }

    /// Puts what is written here upon what was known before.
    fn lay_upon(&self, layers: &mut Layers) -> Result<(), Wrong> {
        let Layers {
            limits,
            pictures,
            outbox,
            ..
        } = layers;
        if let Some(names) = &self.filing_targets {
            let targets = names.iter().map(|name| Target::from_name(name));
            let targets: Option<Vec<Target>> = targets.collect();
            let reason = "a target is one of media, scan-tiff, scan-pdf".to_owned();
            outbox.filing_targets = targets.ok_or(("filing_targets", reason))?;
        }
        lay(&mut limits.most_pictures, self.most_pictures);
        lay(&mut limits.pairing_seconds, self.pairing_seconds);
        lay(&mut limits.phone_idle_seconds, self.phone_idle_seconds);
        lay(&mut limits.session_idle_seconds, self.session_idle_seconds);
        lay(&mut limits.put_seconds, self.put_seconds);
        lay(&mut limits.get_seconds, self.get_seconds);
        lay(&mut pictures.input_megabytes, self.input_megabytes);
        lay(&mut pictures.input_megapixels, self.input_megapixels);
        lay(&mut pictures.output_kilobytes, self.output_kilobytes);
        lay(&mut pictures.output_long_side, self.output_long_side);
        lay(&mut pictures.note_characters, self.note_characters);
        lay(&mut pictures.upload_tries, self.upload_tries);
        lay(
            &mut outbox.filing_optional_elements,
            self.filing_optional_elements,
        );
        lay(&mut outbox.filing_concurrency, self.filing_concurrency);
        lay(&mut outbox.filing_per_second, self.filing_per_second);
        lay(&mut outbox.filing_tries, self.filing_tries);
        lay(
            &mut outbox.filing_time_out_seconds,
            self.filing_time_out_seconds,
        );
        lay(&mut outbox.filing_quiet_seconds, self.filing_quiet_seconds);
        lay(&mut layers.frame_ancestors, self.frame_ancestors.clone());
        lay(&mut layers.time_zone, self.time_zone.clone());
        lay(&mut layers.caption, self.caption);
        lay(&mut layers.credentials, self.alex.clone().map(Some));
        Ok(())
    }
}

fn lay<T>(known: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *known = said;
    }
}

impl Configured {
    /// Whether a practice goes together with those before it, and with the credentials.
    fn check_new(&self, new: &clinical_images::practice::PracticeSettings) -> Result<(), Wrong> {
        let mut others = self.practices.iter();
        if let Some(other) = others.find(|other| other.facility == new.facility) {
            let (number, other) = (new.facility.as_str(), &other.id);
            let reason = format!("{number} is the number of practice {other} already");
            return Err(("facility", reason));
        }
        match &new.credentials {
            Some(name) if !self.credentials.contains_key(name) => {
                Err(("alex", format!("there is no table [alex.{name}]")))
            }
            _ => Ok(()),
        }
    }
}

/// Finds the line of a key.
struct Lines<'t> {
    text: &'t str,
    tree: &'t DeTable<'t>,
}

impl Lines<'_> {
    /// Where a practice's setting is written: in its own table, among the defaults, or else where its table begins. Keys
    /// may be given as variables are.
    fn of_setting(&self, practice: &str, key: &str) -> usize {
        let own = self.find(&["practice", practice, key]);
        own.or_else(|| self.find(&["defaults", key]))
            .unwrap_or_else(|| self.of(&["practice", practice]))
    }

    /// The line of the last of these keys that is there.
    fn of(&self, keys: &[&str]) -> usize {
        let known = (0..=keys.len()).rev();
        let mut known = known.filter_map(|count| self.find(&keys[..count]));
        known.next().unwrap_or(1)
    }

    fn find(&self, keys: &[&str]) -> Option<usize> {
        let (last, tables) = keys.split_last()?;
        let mut table = self.tree;
        for key in tables {
            let DeValue::Table(inner) = table.get(*key)?.get_ref() else {
                return None;
            };
            table = inner;
        }
        let variable = last.to_lowercase();
        let named = |key: &str| key == *last || key == variable;
        let (key, _) = table.iter().find(|(key, _)| named(key.get_ref()))?;
        Some(line_of(self.text, key.span().start))
    }
}

fn line_of(text: &str, place: usize) -> usize {
    let before = text.as_bytes().get(..place).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
