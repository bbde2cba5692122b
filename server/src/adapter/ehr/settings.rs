//! What has to be known to talk to one practice's ALEX.

use clinical_images::fhir::media::Elements;
use clinical_images::launch::FacilityCode;
use clinical_images::practice::TimeZoneName;
use reqwest::Url;
use secrecy::SecretString;
use std::time::Duration;

/// How to reach ALEX and how long to wait for it. Start from [`AlexSettings::new`], which fills in
/// the defaults. Its `Debug` does not show the secret.
#[derive(Clone, Debug)]
pub struct AlexSettings {
    /// FHIR base address, `https://alexapiuat.medtechglobal.com/FHIR`.
    pub base_url: Url,
    /// Address of Vendor Forms; without one, `/vendorforms` on the host of `base_url`.
    pub vendor_forms_url: Option<Url>,
    /// OAuth2 token endpoint.
    pub token_url: Url,
    /// The client's public name.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// Scope of the token, `api://…/.default`.
    pub scope: String,
    /// The practice that launches are asked for in the name of.
    pub facility: FacilityCode,
    /// By which clocks times are written that are filed.
    pub time_zone: TimeZoneName,
    /// How much is said about a filed picture.
    pub elements: Elements,
    /// Limit for a connection with TLS. Default 5 s.
    pub connect_time_out: Duration,
    /// Limit for a read from the first byte sent to the last received. Default 10 s.
    pub read_time_out: Duration,
    /// Limit for the posting of one picture, all its attempts together. Default 60 s.
    pub submit_time_out: Duration,
    /// Limit for fetching a token. Default 10 s.
    pub token_time_out: Duration,
    /// How long a token is used, unless it says that it ends earlier. Default 55 minutes.
    pub token_life: Duration,
    /// How long the token endpoint is left alone after it failed. Default 2 s.
    pub token_rest: Duration,
    /// Bytes of a reply at most. Default 12 MB: a search may hold several pictures.
    pub most_reply_bytes: usize,
}

/// Settings with which nothing could work.
#[derive(Debug, thiserror::Error)]
pub enum AlexSettingsFault {
    /// An address is not one of the web.
    #[error("{0} is no http or https address with a host")]
    Address(&'static str),
    /// The scope, the client's name or its secret is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// No calendar knows this time zone.
    #[error("there is no time zone {0:?}")]
    TimeZone(TimeZoneName),
    /// The system has no usable trust store.
    #[error("ALEX cannot be talked to from here: {0}")]
    System(String),
}

impl AlexSettings {
    /// These addresses and credentials, and the defaults for the rest.
    #[must_use]
    pub fn new(
        base_url: Url,
        token_url: Url,
        (client_id, client_secret): (String, SecretString),
        scope: String,
        facility: FacilityCode,
    ) -> Self {
        Self {
            base_url,
            vendor_forms_url: None,
            token_url,
            client_id,
            client_secret,
            scope,
            facility,
            time_zone: TimeZoneName::default(),
            elements: Elements::Full,
            connect_time_out: Duration::from_secs(5),
            read_time_out: Duration::from_secs(10),
            submit_time_out: Duration::from_secs(60),
            token_time_out: Duration::from_secs(10),
            token_life: Duration::from_secs(55 * 60),
            token_rest: Duration::from_secs(2),
            most_reply_bytes: 12_000_000,
        }
    }

    /// Says in one sentence what could never work.
    ///
    /// # Errors
    /// An address of another kind, or something empty.
    pub fn check(&self) -> Result<(), AlexSettingsFault> {
        let forms = self
            .vendor_forms_url
            .as_ref()
            .map(|url| ("the address of Vendor Forms", url));
        let addresses = [
            Some(("the base address of ALEX", &self.base_url)),
            Some(("the token address", &self.token_url)),
            forms,
        ];
        for (name, url) in addresses.into_iter().flatten() {
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.query().is_some()
            {
                return Err(AlexSettingsFault::Address(name));
            }
        }
        let texts = [
            ("the client id of ALEX", self.client_id.as_str()),
            (
                "the client secret of ALEX",
                secrecy::ExposeSecret::expose_secret(&self.client_secret),
            ),
            ("the scope of ALEX", self.scope.as_str()),
        ];
        match texts.into_iter().find(|(_, text)| text.trim().is_empty()) {
            Some((name, _)) => Err(AlexSettingsFault::Empty(name)),
            None => Ok(()),
        }
    }

    /// The address of a path below the FHIR base; `path` begins with a slash and is encoded
    /// already.
    pub(super) fn fhir(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    /// Whether an address that ALEX names is ALEX's own: the token must go nowhere else.
    pub(super) fn is_own(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| url.origin() == self.base_url.origin())
    }

    /// The address that redeems this launch. None when a part of it cannot stand in a path.
    pub(super) fn launch(&self, context: &str, signature: &str) -> Option<String> {
        let forms = match &self.vendor_forms_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!(
                "{}/vendorforms",
                self.base_url.origin().ascii_serialization()
            ),
        };
        let (context, signature) = (segment(context)?, segment(signature)?);
        Some(format!(
            "{forms}/api/getlaunchcontextstring/{context}/{signature}"
        ))
    }
}

/// Percent-encodes all but what RFC 3986 calls unreserved. None for what a path would swallow
/// (nothing, or dots alone) and for what is too long for an address.
pub(super) fn segment(text: &str) -> Option<String> {
    const LONGEST: usize = 4096;
    if text.is_empty() || text.len() > LONGEST || text.bytes().all(|byte| byte == b'.') {
        return None;
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> AlexSettings {
        AlexSettings::new(
            "https://alex.example.test/FHIR/".parse().unwrap(),
            "https://login.example.test/t/oauth2/v2.0/token"
                .parse()
                .unwrap(),
            ("id".into(), "hush".into()),
            "api://alex/.default".into(),
            FacilityCode::parse("F2N060-E").unwrap(),
        )
    }

    #[test]
    fn a_launch_is_redeemed_beside_the_fhir_base_with_every_character_kept() {
        let address = settings().launch("a+b/c==", "é ?#").unwrap();
        let expected = "https://alex.example.test/vendorforms/api/getlaunchcontextstring/a%2Bb%2Fc%3D%3D/%C3%A9%20%3F%23";
        assert_eq!(address, expected);
        assert_eq!(address.parse::<Url>().unwrap().as_str(), expected);
    }

    #[test]
    fn what_a_path_would_swallow_is_no_launch() {
        for (context, signature) in [
            ("", "s"),
            ("c", ""),
            ("..", "s"),
            ("c", "."),
            ("c", &"s".repeat(5000)),
        ] {
            assert_eq!(
                settings().launch(context, signature),
                None,
                "{context} {signature}"
            );
        }
    }

    #[test]
    fn settings_that_cannot_work_are_told_by_name() {
        let mut wrong = settings();
        wrong.token_url = "file:///etc/passwd".parse().unwrap();
        assert_eq!(
            wrong.check().unwrap_err().to_string(),
            "the token address is no http or https address with a host"
        );
        let mut empty = settings();
        empty.client_secret = " ".into();
        assert_eq!(
            empty.check().unwrap_err().to_string(),
            "the client secret of ALEX is empty"
        );
        assert!(settings().check().is_ok());
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", settings()).contains("hush"));
    }
}
