//! The practices of this deployment: from a file that names them, or, without one, the single practice that the
//! environment describes.
//!
//! A practice's setting is what its own table in the file says, else what the table `[defaults]` says, else the variable
//! of that name, else the product's default. Ranges are checked by the settings' own concerns, the same for a variable
//! and for a key. A fault anywhere refuses the whole file, so that no practice runs by half of what was meant.

mod credentials;
mod file;

pub use credentials::Credentials;

use super::{Alex, Config, ConfigFault, OutboxSettings, Pictures, SessionLimits};
use clap::Args;
use clinical_images::launch::FacilityCode;
use clinical_images::practice::{
    CredentialsName, FrameAncestor, PracticeId, PracticeName, PracticeSettings, TimeZoneName,
};
use clinical_images::session::Limits;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Which practices there are.
#[derive(Clone, Debug, Args)]
pub struct PracticesFile {
    /// File that describes the practices, as practices.example.toml shows. Without it the variables describe the only practice.
    #[arg(long, env = "PRACTICES_FILE")]
    pub practices_file: Option<PathBuf>,
}

/// The practices as they are configured.
#[derive(Clone, Debug)]
pub struct Configured {
    /// Each practice, by the order of names.
    pub practices: Vec<PracticeSettings>,
    /// The credentials that the file describes.
    pub credentials: BTreeMap<CredentialsName, Credentials>,
    /// The line of the file that gives a practice its HPI number.
    facility_lines: BTreeMap<PracticeId, usize>,
    file: String,
}

/// Why a file of practices is refused, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum PracticesFault {
    /// It cannot be read.
    #[error("PRACTICES_FILE {file} cannot be read: {fault}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        fault: std::io::Error,
    },
    /// Something in it does not work.
    #[error("{file}, line {line}: {reason}")]
    At {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What does not work.
        reason: String,
    },
    /// The environment's own practice does not work.
    #[error("{key}: {reason}", key = key.to_uppercase())]
    Variable {
        /// The variable in lower case.
        key: &'static str,
        /// What does not work.
        reason: String,
    },
}

/// A key whose value does not work, and why.
type Wrong = (&'static str, String);

/// The demo's own practices.
const DEMO: &str = include_str!("practices/demo.toml");

impl Config {
    /// The practices, all of them checked. Reads the file anew each time, and the files of secrets that it names.
    ///
    /// # Errors
    /// The first thing in the file that does not work, with its line.
    pub fn practices(&self) -> Result<Configured, PracticesFault> {
        let base = Layers::of(self);
        let demo = self.web.demo;
        let Some(path) = &self.practices.practices_file else {
            if demo {
                return file::read("the demo's practices", DEMO, base, demo);
            }
            return of_environment(&self.alex, base, demo);
        };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|fault| PracticesFault::Unreadable {
            file: name.clone(),
            fault,
        })?;
        file::read(&name, &text, base, demo)
    }
}

impl Configured {
    /// Whether some practice's record is opened with the environment's credentials.
    #[must_use]
    pub fn use_environments_credentials(&self) -> bool {
        let mut practices = self.practices.iter();
        practices.any(|practice| practice.credentials.is_none())
    }

    /// Refuses what must not change under a practice whose sessions may be open: its HPI number, which says whose record
    /// they are filed to.
    ///
    /// # Errors
    /// The line that changed it.
    pub fn check_beside(&self, running: &[PracticeSettings]) -> Result<(), PracticesFault> {
        let moved = self.practices.iter().find_map(|new| {
            let was = running.iter().find(|was| was.id == new.id)?;
            (was.facility != new.facility).then_some((new, was))
        });
        let Some((new, was)) = moved else {
            return Ok(());
        };
        let (id, was, now) = (&new.id, was.facility.as_str(), new.facility.as_str());
        Err(PracticesFault::At {
            file: self.file.clone(),
            line: self.facility_lines.get(id).copied().unwrap_or(1),
            reason: format!(
                "practice {id} is {was} and cannot become {now} while the server runs; give {now} a practice of its own"
            ),
        })
    }
}

fn of_environment(alex: &Alex, layers: Layers, demo: bool) -> Result<Configured, PracticesFault> {
    let facility = alex.alex_facility.clone();
    let named = Named {
        id: PracticeId::of_environment(),
        name: facility.as_str().to_owned(),
        facility,
        closed: false,
    };
    let settings = layers.settings(named, demo);
    let settings = settings.map_err(|(key, reason)| PracticesFault::Variable { key, reason })?;
    Ok(Configured {
        practices: vec![settings],
        credentials: BTreeMap::new(),
        facility_lines: BTreeMap::new(),
        file: String::new(),
    })
}

/// What a practice cannot have from anybody else.
struct Named {
    id: PracticeId,
    name: String,
    facility: FacilityCode,
    closed: bool,
}

/// Settings of one practice while layer is put upon layer.
#[derive(Clone)]
struct Layers {
    limits: SessionLimits,
    pictures: Pictures,
    outbox: OutboxSettings,
    frame_ancestors: Vec<String>,
    time_zone: String,
    caption: bool,
    credentials: Option<String>,
}

impl Layers {
    /// The lowest: what the variables say.
    fn of(config: &Config) -> Self {
        Self {
            limits: config.limits.clone(),
            pictures: config.pictures.clone(),
            outbox: config.outbox.clone(),
            frame_ancestors: config.web.frame_ancestors.clone(),
            time_zone: TimeZoneName::default().as_str().to_owned(),
            caption: true,
            credentials: None,
        }
    }

    /// Everything checked and put together.
    fn settings(self, named: Named, demo: bool) -> Result<PracticeSettings, Wrong> {
        let mut faults = self.limits.faults();
        faults.extend(self.pictures.faults());
        faults.extend(self.outbox.faults(demo));
        if let Some(fault) = faults.into_iter().next() {
            return Err(of_key(fault));
        }
        let ancestors = self.frame_ancestors.iter().map(|origin| origin.trim());
        let ancestors = ancestors.filter(|origin| !origin.is_empty());
        let ancestors: Result<_, _> = ancestors.map(FrameAncestor::parse).collect();
        let credentials = self.credentials.as_deref().map(str::parse).transpose();
        Ok(PracticeSettings {
            id: named.id,
            name: PracticeName::parse(&named.name).map_err(|fault| ("name", fault.to_string()))?,
            facility: named.facility,
            time_zone: time_zone(&self.time_zone)?,
            limits: Limits {
                outbox: self.outbox.rules(),
                picture: self.pictures.limits(),
                ..self.limits.for_sessions()
            },
            elements: self.outbox.elements(),
            rate_limits: self.outbox.rate_limits(),
            submit_time_out: self.outbox.time_out(),
            frame_ancestors: ancestors.map_err(
                |fault: clinical_images::practice::NotAFrameAncestor| {
                    ("frame_ancestors", fault.to_string())
                },
            )?,
            caption: self.caption,
            credentials: credentials.map_err(|fault: clinical_images::practice::NotAName| {
                ("alex", fault.to_string())
            })?,
            closed: named.closed,
        })
    }
}

fn time_zone(text: &str) -> Result<TimeZoneName, Wrong> {
    let wrong = |reason: String| ("time_zone", reason);
    let name = TimeZoneName::parse(text).map_err(|fault| wrong(fault.to_string()))?;
    jiff::tz::TimeZone::get(name.as_str())
        .map_err(|_| wrong(format!("there is no time zone {text}")))?;
    Ok(name)
}

/// A fault of a concern that is shared with the variables, under the key that stands for the variable.
fn of_key(fault: ConfigFault) -> Wrong {
    match fault {
        ConfigFault::OutOfRange {
            name,
            value,
            least,
            most,
        } => (
            name,
            format!(
                "{} is {value}; it must lie between {least} and {most}",
                name.to_lowercase()
            ),
        ),
        ConfigFault::FilingTargets(fault) => ("FILING_TARGETS", format!("filing_targets {fault}")),
        other => ("", other.to_string()),
    }
}
