//! Settings of the outbox: targets, concurrency, rate limit, tries and the settle period.

use super::ConfigFault;
use clap::{ArgAction, Args};
use clinical_images::fhir::media::Elements;
use clinical_images::outbox::OutboxRules;
use clinical_images::practice::{RateLimits, check_targets};
use clinical_images::record::Target;
use std::time::Duration;

/// Settings of the outbox. Their names in the environment begin with `FILING_`.
#[derive(Clone, Debug, Args)]
pub struct OutboxSettings {
    /// Where in the record pictures are filed, in this order: media, scan-tiff, scan-pdf.
    #[arg(long, env = "FILING_TARGETS", default_value = "media", value_delimiter = ',', value_parser = target)]
    pub filing_targets: Vec<Target>,
    /// Send body site, view, note and size with a Media.
    #[arg(long, env = "FILING_OPTIONAL_ELEMENTS", default_value_t = true, action = ArgAction::Set)]
    pub filing_optional_elements: bool,
    /// Pictures of one practice that are sent to ALEX at the same time, from 1 to 100.
    #[arg(long, env = "FILING_CONCURRENCY", default_value_t = 4)]
    pub filing_concurrency: usize,
    /// Calls a second to one practice's record, on average, from 1 to 1,000.
    #[arg(long, env = "FILING_PER_SECOND", default_value_t = 10)]
    pub filing_per_second: u32,
    /// How often the server posts one picture before it leaves a further try to a person, from 1 to 20.
    #[arg(long, env = "FILING_TRIES", default_value_t = 5)]
    pub filing_tries: u32,
    /// Seconds that one post may take, from 5 to 300.
    #[arg(long, env = "FILING_TIME_OUT_SECONDS", default_value_t = 60)]
    pub filing_time_out_seconds: u64,
    /// Seconds between a post without an answer and the first search of the record for it, from 300 to 86,400.
    #[arg(long, env = "FILING_QUIET_SECONDS", default_value_t = 330)]
    pub filing_quiet_seconds: u64,
}

/// A lease is longer than the longest post by this.
const MARGIN: Duration = Duration::from_secs(60);

fn target(text: &str) -> Result<Target, String> {
    Target::from_name(text.trim()).ok_or_else(|| "is one of media, scan-tiff, scan-pdf".to_owned())
}

impl OutboxSettings {
    /// The rules that sessions are opened under.
    #[must_use]
    pub fn rules(&self) -> OutboxRules {
        OutboxRules {
            targets: self.filing_targets.clone(),
            lease: Duration::from_secs(self.filing_time_out_seconds) + MARGIN,
            settle_period: Duration::from_secs(self.filing_quiet_seconds),
            tries: self.filing_tries,
            ..OutboxRules::default()
        }
    }

    /// Settings outside of what is safe. The demo's simulator has no gateway that goes on after the server has given up, so
    /// the settle period may be as short as the person at the screen likes.
    pub(super) fn faults(&self, demo: bool) -> Vec<ConfigFault> {
        let least_quiet = if demo {
            1
        } else {
            OutboxRules::MIN_SETTLE_PERIOD.as_secs()
        };
        let numbers = [
            ("FILING_CONCURRENCY", self.filing_concurrency as u64, 1, 100),
            (
                "FILING_PER_SECOND",
                u64::from(self.filing_per_second),
                1,
                1000,
            ),
            ("FILING_TRIES", u64::from(self.filing_tries), 1, 20),
            (
                "FILING_TIME_OUT_SECONDS",
                self.filing_time_out_seconds,
                5,
                300,
            ),
            (
                "FILING_QUIET_SECONDS",
                self.filing_quiet_seconds,
                least_quiet,
                86_400,
            ),
        ];
        let mut faults: Vec<ConfigFault> = ConfigFault::out_of_range(numbers).collect();
        if let Err(fault) = check_targets(&self.filing_targets) {
            faults.push(ConfigFault::FilingTargets(fault));
        }
        faults
    }

    /// How long posting one picture may take.
    #[must_use]
    pub fn time_out(&self) -> Duration {
        Duration::from_secs(self.filing_time_out_seconds)
    }

    /// Concurrency and rate limit of one practice.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        RateLimits {
            concurrency: self.filing_concurrency,
            per_second: self.filing_per_second,
            ..RateLimits::default()
        }
    }

    /// How much is said about a filed picture.
    #[must_use]
    pub fn elements(&self) -> Elements {
        if self.filing_optional_elements {
            Elements::Full
        } else {
            Elements::Minimal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use clap::Parser as _;

    fn outbox(arguments: &[&str]) -> Result<OutboxSettings, clap::Error> {
        let all = ["server"].iter().chain(arguments);
        Ok(Config::try_parse_from(all)?.outbox)
    }

    #[test]
    fn the_defaults_are_the_product_s() {
        let outbox = outbox(&[]).unwrap();
        assert_eq!(outbox.rules(), OutboxRules::default());
        assert!(outbox.faults(false).is_empty());
    }

    #[test]
    fn what_would_not_be_safe_is_refused_by_the_setting_s_name() {
        for (arguments, expected) in [
            (
                ["--filing-quiet-seconds", "299"],
                "FILING_QUIET_SECONDS is 299",
            ),
            (["--filing-tries", "0"], "FILING_TRIES is 0"),
            (["--filing-concurrency", "0"], "FILING_CONCURRENCY is 0"),
            (
                ["--filing-targets", "scan-tiff,scan-pdf"],
                "FILING_TARGETS names",
            ),
        ] {
            let faults = outbox(&arguments).unwrap().faults(false);
            assert_eq!(faults.len(), 1);
            let sentence = faults[0].to_string();
            assert!(sentence.starts_with(expected), "{sentence}");
        }
        assert!(outbox(&["--filing-targets", "paper"]).is_err());
    }

    #[test]
    fn only_the_demo_may_be_impatient() {
        let outbox = outbox(&["--filing-quiet-seconds", "3"]).unwrap();
        assert!(outbox.faults(true).is_empty());
        assert_eq!(outbox.faults(false).len(), 1);
    }

    #[test]
    fn a_lease_is_longer_than_the_longest_post() {
        let rules = outbox(&["--filing-time-out-seconds", "300"])
            .unwrap()
            .rules();
        assert!(rules.lease > Duration::from_secs(300));
    }
}
