//! What an operator can set: one struct a concern, every variable with its default. `.env.example` lists the same
//! variables with their meaning; a test compares.

mod alex;
mod limits;
mod outbox;
mod pictures;
mod practices;
mod s3;

pub use alex::Alex;
pub use limits::SessionLimits;
pub use outbox::OutboxSettings;
pub use pictures::Pictures;
pub use practices::{Configured, Credentials, PracticesFault, PracticesFile};
pub use s3::S3;

use clap::{Args, Parser, value_parser};
use clinical_images::practice::NotTargets;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// ClinicPro Clinical Images: photos from a phone into the patient's record.
#[derive(Clone, Debug, Parser)]
#[command(version, about)]
pub struct Config {
    /// Where and as what the server is reached.
    #[command(flatten)]
    pub web: Web,
    /// What is kept on this machine.
    #[command(flatten)]
    pub store: Store,
    /// Sessions that several servers share.
    #[command(flatten)]
    pub redis: Redis,
    /// The picture store.
    #[command(flatten)]
    pub s3: S3,
    /// The record system.
    #[command(flatten)]
    pub alex: Alex,
    /// Which practices there are.
    #[command(flatten)]
    pub practices: PracticesFile,
    /// What a session may hold and how long things last.
    #[command(flatten)]
    pub limits: SessionLimits,
    /// What a picture may be.
    #[command(flatten)]
    pub pictures: Pictures,
    /// How pictures are filed.
    #[command(flatten)]
    pub outbox: OutboxSettings,
    /// What is logged.
    #[command(flatten)]
    pub log: Log,
}

/// Where and as what the server is reached.
#[derive(Clone, Debug, Args)]
pub struct Web {
    /// Address to listen on.
    #[arg(long, env = "ADDR", default_value = "127.0.0.1")]
    pub addr: IpAddr,
    /// Port to listen on. The demo's picture store and simulator use the next two.
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,
    /// Host name or address by which browsers reach the demo.
    #[arg(long, env = "PUBLIC_HOST", default_value = "localhost")]
    pub public_host: String,
    /// Full address at which browsers reach the server; made of host and port when it is not set.
    #[arg(long, env = "PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Origins that may show the product in a frame, separated by commas.
    #[arg(long, env = "FRAME_ANCESTORS", value_delimiter = ',')]
    pub frame_ancestors: Vec<String>,
    /// Run the demo: simulators of S3 and ALEX, fictional patients. Needs a build with the feature `demo`.
    #[arg(long, env = "DEMO", default_value_t = false)]
    pub demo: bool,
}

/// What is kept on this machine.
#[derive(Clone, Debug, Args)]
pub struct Store {
    /// Directory for audit files, for sessions and the ledger unless they are in Redis, and in the demo for pictures and records.
    #[arg(long, env = "DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
}

/// Sessions that several servers share. Without an address they lie in a file in the data directory, for one server.
#[derive(Clone, Debug, Args)]
pub struct Redis {
    /// Address of Redis or Valkey, with user and password where needed; without it sessions are in a file.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<SecretString>,
    /// Prefix of every key in Redis.
    #[arg(long, env = "REDIS_PREFIX", default_value = "clinical")]
    pub redis_prefix: String,
    /// Milliseconds that Redis may take to answer, from 100 to 30,000.
    #[arg(long, env = "REDIS_TIMEOUT_MS", default_value_t = 2000, value_parser = value_parser!(u64).range(100..=30_000))]
    pub redis_timeout_ms: u64,
    /// Be ready even if the settings of Redis allow it to lose what it acknowledged.
    #[arg(long, env = "REDIS_UNSAFE", default_value_t = false)]
    pub redis_unsafe: bool,
}

/// What is logged.
#[derive(Clone, Debug, Args)]
pub struct Log {
    /// Log levels, such as `info` or `info,clinical_server=debug`.
    #[arg(long, env = "LOG", default_value = "info")]
    pub log: String,
    /// Log one JSON object a line instead of text.
    #[arg(long, env = "LOG_JSON", default_value_t = false)]
    pub log_json: bool,
}

/// A setting without which the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// A variable is missing.
    #[error("{0} is not set; see .env.example, or try the product without it by ./run")]
    Missing(&'static str),
    /// One of the two keys of the picture store is missing.
    #[error(
        "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set both, or neither to use the credentials that the machine provides"
    )]
    HalfAKey,
    /// A number lies outside of what works.
    #[error("{name} is {value}; it must lie between {least} and {most}")]
    OutOfRange {
        /// The variable.
        name: &'static str,
        /// What it is.
        value: u64,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
    /// Pictures would not be filed, filed twice in the same way, or as two kinds of scan.
    #[error("FILING_TARGETS {0}")]
    FilingTargets(NotTargets),
    /// The practices cannot be read.
    #[error(transparent)]
    Practices(#[from] PracticesFault),
    /// The demo must not run where a real record system is configured.
    #[error("DEMO is set and ALEX_BASE_URL names a record system: unset one of them")]
    DemoWithAlex,
}

impl ConfigFault {
    /// Numbers that lie outside of their ranges. Each is given as its variable, what it is, and the least and the most
    /// that it may be.
    fn out_of_range(
        numbers: impl IntoIterator<Item = (&'static str, u64, u64, u64)>,
    ) -> impl Iterator<Item = Self> {
        let beyond =
            |(_, value, least, most): &(_, u64, u64, u64)| !(least..=most).contains(&value);
        let named = |(name, value, least, most)| Self::OutOfRange {
            name,
            value,
            least,
            most,
        };
        numbers.into_iter().filter(beyond).map(named)
    }
}

impl Config {
    /// Checks what clap cannot: settings that are missing, contradict each other or lie out of range.
    ///
    /// # Errors
    /// Names the first such setting.
    pub fn check(&self) -> Result<(), ConfigFault> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// Everything that keeps the server from starting with these settings.
    #[must_use]
    pub fn faults(&self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        if self.web.demo && self.alex.alex_base_url.is_some() {
            faults.push(ConfigFault::DemoWithAlex);
        }
        faults.extend(self.s3.faults(self.web.demo));
        faults.extend(self.alex.faults());
        let mut inherited = self.limits.faults();
        inherited.extend(self.pictures.faults());
        inherited.extend(self.outbox.faults(self.web.demo));
        faults.extend(self.faults_of_practices(inherited.is_empty()));
        faults.extend(inherited);
        faults
    }

    /// What is wrong with the practices. While something is wrong with a variable, it is wrong with every practice that
    /// does not say otherwise: that is told once, and the practices are not judged.
    fn faults_of_practices(&self, judged: bool) -> Vec<ConfigFault> {
        let is_alone = self.practices.practices_file.is_none();
        let need_variables = match self.practices() {
            Ok(known) => known.use_environments_credentials(),
            Err(fault) if judged => return vec![fault.into()],
            Err(_) => is_alone,
        };
        if self.web.demo || !need_variables {
            return Vec::new();
        }
        self.alex.missing().map(ConfigFault::Missing).collect()
    }
}

impl Web {
    /// Where to listen.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        SocketAddr::new(self.addr, self.port)
    }

    /// Address under which browsers reach the server, without a slash at the end.
    #[must_use]
    pub fn public_url(&self, port: u16) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}:{port}", self.public_host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use std::collections::BTreeSet;

    #[test]
    fn the_example_file_lists_exactly_the_variables_that_exist() {
        let example = include_str!("../../.env.example");
        let listed: BTreeSet<String> = example
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").split_once('='))
            .map(|(name, _)| name.to_owned())
            .filter(|name| {
                name.bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            })
            .collect();
        let command = Config::command();
        let known: BTreeSet<String> = command
            .get_arguments()
            .filter_map(|argument| Some(argument.get_env()?.to_str()?.to_owned()))
            .collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn the_demo_refuses_a_real_record_system() {
        let config = Config::try_parse_from([
            "server",
            "--demo",
            "--alex-base-url",
            "https://alex.invalid/FHIR",
        ]);
        assert!(matches!(
            config.unwrap().check(),
            Err(ConfigFault::DemoWithAlex)
        ));
    }

    #[test]
    fn what_production_lacks_is_named_all_at_once() {
        let config = Config::try_parse_from(["server", "--s3-access-key-id", "only-this"]).unwrap();
        let named: Vec<String> = config.faults().iter().map(ToString::to_string).collect();
        for name in [
            "S3_BUCKET",
            "S3_SECRET_ACCESS_KEY",
            "ALEX_BASE_URL",
            "ALEX_TOKEN_URL",
            "ALEX_CLIENT_ID",
            "ALEX_CLIENT_SECRET",
            "ALEX_SCOPE",
        ] {
            let naming = named.iter().filter(|sentence| sentence.contains(name));
            assert_eq!(naming.count(), 1, "{name} in {named:?}");
        }
        assert!(named.iter().all(|sentence| !sentence.contains("only-this")));
    }

    #[test]
    fn a_public_address_has_no_slash_at_its_end() {
        let config =
            Config::try_parse_from(["server", "--public-url", "https://images.clinic.example/"])
                .unwrap();
        assert_eq!(config.web.public_url(3000), "https://images.clinic.example");
    }
}
