//! What can be asked of the program on the command line: to serve, which is what it does unasked, or to do one thing
//! and end. Every setting can come from the environment or stand before the command.

mod bucket;
mod check;
mod report;

use crate::config::Config;
use crate::demo::Demo;
use crate::wire;
use clap::{Parser, Subcommand};
use clinical_images::practice::PracticeId;
use clinical_images::service::Services;
use std::io::{self, Write as _};
use tokio_util::sync::CancellationToken;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct CommandLine {
    /// The settings.
    #[command(flatten)]
    pub config: Config,
    /// What to do; without a command it serves.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve until Ctrl-C or SIGTERM (the default)
    #[default]
    Serve,
    /// Check every setting and everything that the server depends on, name what is wrong, and exit with 0 or 1
    Check {
        /// Check the record of this practice only, not of all
        #[arg(long)]
        practice: Option<PracticeId>,
    },
    /// Make the bucket if it is missing and set the rules it needs; doing it again changes nothing
    SetupBucket,
    /// Print a report
    Report {
        /// Which report.
        #[command(subcommand)]
        about: Report,
    },
}

/// What can be reported.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Report {
    /// Show which pictures and sessions are held, and for how long
    Retention {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
        /// Report on this practice only, not on all
        #[arg(long)]
        practice: Option<PracticeId>,
    },
}

/// Does one thing and ends; whether it went well. Not for [`Command::Serve`].
///
/// # Errors
/// One sentence that says what to do.
pub async fn run(config: Config, command: Command) -> Result<bool, String> {
    let mut context = CommandContext::of(config).await?;
    let done = match command {
        Command::Serve => Err("serve is not a one-shot command".to_owned()),
        Command::Check { practice } => check::check(&context, practice.as_ref()).await,
        Command::SetupBucket => bucket::set_up(&context).await,
        Command::Report {
            about: Report::Retention { json, practice },
        } => report::retention(&context, json, practice.as_ref()).await,
    };
    context.end().await;
    done
}

/// The context of a one-shot command: the settings and, in the demo, a demo of its own on free ports. Where another demo runs
/// already, it holds the directories, and the command fails with a sentence that says so.
struct CommandContext {
    config: Config,
    demo: Option<Demo>,
    shutdown: CancellationToken,
}

impl CommandContext {
    async fn of(config: Config) -> Result<Self, String> {
        let shutdown = CancellationToken::new();
        let demo = match config.web.demo {
            true => Some(demo_on_free_ports(&config, shutdown.clone()).await?),
            false => None,
        };
        Ok(Self {
            config,
            demo,
            shutdown,
        })
    }

    async fn services(&self) -> Result<Services, String> {
        wire::services(&self.config, self.config.web.port, self.demo.as_ref())
            .await
            .map_err(|fault| fault.to_string())
    }

    /// The origin of the product's pages.
    fn origin(&self) -> Result<String, String> {
        let address = self.config.web.public_url(self.config.web.port);
        let url = reqwest::Url::parse(&address)
            .map_err(|_| format!("PUBLIC_URL is {address}, which is no address"))?;
        Ok(url.origin().ascii_serialization())
    }

    async fn end(&mut self) {
        self.shutdown.cancel();
        if let Some(demo) = self.demo.take() {
            demo.stopped().await;
        }
    }
}

async fn demo_on_free_ports(config: &Config, shutdown: CancellationToken) -> Result<Demo, String> {
    let mut elsewhere = config.clone();
    elsewhere.web.port = 0;
    Demo::start(&elsewhere, config.web.port, shutdown).await
}

/// Prints for the person or program that asked. Nobody reading any more is not a fault.
fn print(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Command {
        let line = std::iter::once(&"clinical-server").chain(line);
        let read = CommandLine::try_parse_from(line).unwrap();
        read.command.unwrap_or_default()
    }

    #[test]
    fn without_a_command_it_serves() {
        assert_eq!(read(&[]), Command::Serve);
        assert_eq!(read(&["--demo"]), Command::Serve);
    }

    #[test]
    fn commands_stand_behind_the_settings() {
        assert_eq!(
            read(&["--demo", "check"]),
            Command::Check { practice: None }
        );
        let practice = "kowhai".parse().ok();
        assert_eq!(
            read(&["check", "--practice", "kowhai"]),
            Command::Check { practice }
        );
        assert_eq!(read(&["setup-bucket"]), Command::SetupBucket);
        let about = Report::Retention {
            json: true,
            practice: None,
        };
        let report = read(&["report", "retention", "--json"]);
        assert_eq!(report, Command::Report { about });
    }
}
