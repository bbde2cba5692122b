//! Limits that an operator may move. They travel with every session that is opened under them.

use super::ConfigFault;
use clap::Args;
use clinical_images::session::Limits;
use std::time::Duration;

/// Limits of new sessions.
#[derive(Clone, Debug, Args)]
pub struct SessionLimits {
    /// The most pictures that a session can hold, from 1 to 50.
    #[arg(long, env = "MOST_PICTURES", default_value_t = 20)]
    pub most_pictures: u64,
    /// Seconds for which a QR code is valid, from 30 to 3,600.
    #[arg(long, env = "PAIRING_SECONDS", default_value_t = 300)]
    pub pairing_seconds: u64,
    /// Seconds without activity after which a phone is disconnected, from 60 to 7,200.
    #[arg(long, env = "PHONE_IDLE_SECONDS", default_value_t = 600)]
    pub phone_idle_seconds: u64,
    /// Seconds without activity on any device after which a session ends, from 300 to 43,200.
    #[arg(long, env = "SESSION_IDLE_SECONDS", default_value_t = 7200)]
    pub session_idle_seconds: u64,
    /// Seconds for which a presigned address accepts the upload of a picture, from 30 to 1,800.
    #[arg(long, env = "PUT_SECONDS", default_value_t = 300)]
    pub put_seconds: u64,
    /// Seconds for which a presigned address shows a picture, from 30 to 3,600.
    #[arg(long, env = "GET_SECONDS", default_value_t = 900)]
    pub get_seconds: u64,
    /// Seconds between two searches for orphans, stored objects that no session refers to, from 10 to 3,600.
    #[arg(long, env = "SWEEP_SECONDS", default_value_t = 300)]
    pub sweep_seconds: u64,
}

impl SessionLimits {
    /// What new sessions are opened under.
    #[must_use]
    pub fn for_sessions(&self) -> Limits {
        Limits {
            most_pictures: usize::try_from(self.most_pictures).unwrap_or(usize::MAX),
            pairing: Duration::from_secs(self.pairing_seconds),
            phone_idle: Duration::from_secs(self.phone_idle_seconds),
            session_idle: Duration::from_secs(self.session_idle_seconds),
            put: Duration::from_secs(self.put_seconds),
            get: Duration::from_secs(self.get_seconds),
            ..Limits::default()
        }
    }

    /// Time between two garbage collections of orphans.
    #[must_use]
    pub fn collect_orphans_every(&self) -> Duration {
        Duration::from_secs(self.sweep_seconds)
    }

    /// Settings that lie outside of what works.
    ///
    /// The upper ends: 50 pictures are as many writers as one session settles at once; an upload of half an hour and a
    /// garbage collection still end within the hour in which temporary copies must go; half a day of idling ends before the
    /// store's own rule deletes what is a day old.
    pub(super) fn faults(&self) -> Vec<ConfigFault> {
        ConfigFault::out_of_range([
            ("MOST_PICTURES", self.most_pictures, 1, 50),
            ("PAIRING_SECONDS", self.pairing_seconds, 30, 3600),
            ("PHONE_IDLE_SECONDS", self.phone_idle_seconds, 60, 7200),
            (
                "SESSION_IDLE_SECONDS",
                self.session_idle_seconds,
                300,
                43_200,
            ),
            ("PUT_SECONDS", self.put_seconds, 30, 1800),
            ("GET_SECONDS", self.get_seconds, 30, 3600),
            ("SWEEP_SECONDS", self.sweep_seconds, 10, 3600),
        ])
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigFault};
    use clap::Parser as _;
    use clinical_images::session::Limits;

    fn with(flag: &str, value: u64) -> Config {
        Config::try_parse_from(["server", "--demo", flag, &value.to_string()]).unwrap()
    }

    #[test]
    fn without_settings_the_limits_are_the_products() {
        let config = Config::try_parse_from(["server"]).unwrap();
        assert_eq!(config.limits.for_sessions(), Limits::default());
    }

    #[test]
    fn every_limit_has_two_ends_and_is_named_beyond_them() {
        for (flag, name, least, most) in [
            ("--most-pictures", "MOST_PICTURES", 1, 50),
            ("--pairing-seconds", "PAIRING_SECONDS", 30, 3600),
            ("--phone-idle-seconds", "PHONE_IDLE_SECONDS", 60, 7200),
            (
                "--session-idle-seconds",
                "SESSION_IDLE_SECONDS",
                300,
                43_200,
            ),
            ("--put-seconds", "PUT_SECONDS", 30, 1800),
            ("--get-seconds", "GET_SECONDS", 30, 3600),
            ("--sweep-seconds", "SWEEP_SECONDS", 10, 3600),
        ] {
            for fine in [least, most] {
                assert!(with(flag, fine).check().is_ok(), "{flag} {fine}");
            }
            for beyond in [least - 1, most + 1] {
                let faults = with(flag, beyond).faults();
                assert!(
                    matches!(faults[..], [ConfigFault::OutOfRange { name: named, value, .. }]
                        if named == name && value == beyond),
                    "{flag} {beyond}: {faults:?}"
                );
            }
        }
    }
}
