//! The record system: its addresses, the credentials for it, and the only practice where there is no practices file.

use super::ConfigFault;
use clap::Args;
use clinical_images::launch::FacilityCode;
use secrecy::SecretString;

/// The record system. Not needed in the demo, which brings a simulator.
#[derive(Clone, Debug, Args)]
pub struct Alex {
    /// FHIR base address of ALEX; it ends in /FHIR.
    #[arg(long, env = "ALEX_BASE_URL")]
    pub alex_base_url: Option<String>,
    /// OAuth2 token endpoint of ALEX.
    #[arg(long, env = "ALEX_TOKEN_URL")]
    pub alex_token_url: Option<String>,
    /// OAuth2 client id.
    #[arg(long, env = "ALEX_CLIENT_ID")]
    pub alex_client_id: Option<String>,
    /// OAuth2 client secret.
    #[arg(long, env = "ALEX_CLIENT_SECRET", hide_env_values = true)]
    pub alex_client_secret: Option<SecretString>,
    /// OAuth2 scope.
    #[arg(long, env = "ALEX_SCOPE")]
    pub alex_scope: Option<String>,
    /// Seconds for which a token is used, unless it expires earlier; from 60 to 3,600.
    #[arg(long, env = "ALEX_TOKEN_SECONDS", default_value_t = 3300)]
    pub alex_token_seconds: u64,
    /// HPI facility number of the only practice, when there is no practices file.
    #[arg(long, env = "ALEX_FACILITY", default_value = "F2N060-E", value_parser = facility)]
    pub alex_facility: FacilityCode,
}

impl Alex {
    /// Numbers that lie outside of what works: ALEX's tokens live an hour, and one that is fetched more than once a minute is a
    /// token for each picture.
    pub(super) fn faults(&self) -> impl Iterator<Item = ConfigFault> {
        let token = ("ALEX_TOKEN_SECONDS", self.alex_token_seconds, 60, 3600);
        ConfigFault::out_of_range([token])
    }

    /// Variables that are not set, and that a practice needs which is opened with the variables' credentials.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        [
            ("ALEX_BASE_URL", self.alex_base_url.is_some()),
            ("ALEX_TOKEN_URL", self.alex_token_url.is_some()),
            ("ALEX_CLIENT_ID", self.alex_client_id.is_some()),
            ("ALEX_CLIENT_SECRET", self.alex_client_secret.is_some()),
            ("ALEX_SCOPE", self.alex_scope.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, set)| (!set).then_some(name))
    }
}

fn facility(text: &str) -> Result<FacilityCode, String> {
    FacilityCode::parse(text).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use clap::Parser as _;

    #[test]
    fn a_token_is_used_for_a_minute_at_least_and_an_hour_at_most() {
        let faults = |seconds: &str| {
            let all = ["server", "--demo", "--alex-token-seconds", seconds];
            Config::try_parse_from(all).unwrap().faults()
        };
        assert!(faults("60").is_empty() && faults("3600").is_empty());
        for beyond in ["59", "3601"] {
            let sentence = faults(beyond)[0].to_string();
            let expected = format!("ALEX_TOKEN_SECONDS is {beyond}");
            assert!(sentence.starts_with(&expected), "{sentence}");
        }
    }
}
