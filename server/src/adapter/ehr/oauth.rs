//! OAuth2 client credentials: one token for everybody, fetched by one caller at a time.
//!
//! The secret leaves this module only in the body of a token request, the token only in a header
//! that is marked sensitive.

use super::answer::{Answer, root_cause};
use super::settings::AlexSettings;
use reqwest::header::HeaderValue;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Bytes of a token reply at most; Azure's have a few thousand.
const MOST_BYTES: usize = 100_000;

/// A token that was good when it was fetched.
#[derive(Clone)]
pub(super) struct Token {
    bearer: HeaderValue,
    /// Tells this token from the one before.
    serial: u64,
}

impl Token {
    /// The value of `Authorization`, which no `Debug` shows.
    pub(super) fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

/// Why there is no token. Holds status and error codes, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenFault {
    /// The token endpoint does not answer, or not with a token.
    #[error("no token: {0}")]
    Unavailable(String),
    /// It does not know this client, or not for this scope.
    #[error("token refused: {0}")]
    Refused(String),
}

/// The token in use.
pub(super) struct Tokens {
    client: Client,
    url: Url,
    client_id: String,
    client_secret: SecretString,
    scope: String,
    time_out: Duration,
    life: Duration,
    rest: Duration,
    /// Held while a token is fetched, so that those who come meanwhile wait for that one.
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<(Token, Instant)>,
    /// The last failure and how long it answers for the endpoint: a queue of callers must not wait
    /// out a time-out each.
    failed: Option<(TokenFault, Instant)>,
    serial: u64,
}

impl Tokens {
    pub(super) fn new(client: Client, settings: &AlexSettings) -> Self {
        Self {
            client,
            url: settings.token_url.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            scope: settings.scope.clone(),
            time_out: settings.token_time_out,
            life: settings.token_life,
            rest: settings.token_rest,
            held: Mutex::default(),
        }
    }

    /// A token that is good as far as is known.
    pub(super) async fn current(&self) -> Result<Token, TokenFault> {
        self.other_than(None).await
    }

    /// A token in place of one that ALEX refused. When somebody else has fetched one since, that
    /// one.
    pub(super) async fn instead_of(&self, refused: &Token) -> Result<Token, TokenFault> {
        self.other_than(Some(refused.serial)).await
    }

    async fn other_than(&self, refused: Option<u64>) -> Result<Token, TokenFault> {
        let mut held = self.held.lock().await;
        let now = Instant::now();
        if let Some((token, end)) = &held.token
            && *end > now
            && Some(token.serial) != refused
        {
            return Ok(token.clone());
        }
        if let Some((fault, end)) = &held.failed
            && *end > now
        {
            return Err(fault.clone());
        }
        held.token = None;
        match self.fetch().await {
            Ok((bearer, life)) => {
                held.serial += 1;
                let token = Token {
                    bearer,
                    serial: held.serial,
                };
                held.token = Some((token.clone(), now + life));
                held.failed = None;
                Ok(token)
            }
            Err(fault) => {
                held.failed = Some((fault.clone(), Instant::now() + self.rest));
                Err(fault)
            }
        }
    }

    async fn fetch(&self) -> Result<(HeaderValue, Duration), TokenFault> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("scope", self.scope.as_str()),
        ];
        let request = self
            .client
            .post(self.url.clone())
            .form(&form)
            .timeout(self.time_out);
        let response = request.send().await.map_err(|error| {
            TokenFault::Unavailable(match (error.is_connect(), error.is_timeout()) {
                (true, _) => root_cause(&error),
                (false, true) => "no answer in time".to_owned(),
                (false, false) => "the connection broke before the answer".to_owned(),
            })
        })?;
        self.understand(&Answer::of(response, MOST_BYTES).await)
    }

    fn understand(&self, answer: &Answer) -> Result<(HeaderValue, Duration), TokenFault> {
        let body = answer.body.as_deref().unwrap_or_default();
        let reply: Value = serde_json::from_slice(body).unwrap_or_default();
        if !answer.is_success() {
            return Err(refusal(answer.status, &reply));
        }
        let unusable =
            || TokenFault::Unavailable(format!("{} without a usable token", answer.status));
        let token = reply["access_token"]
            .as_str()
            .filter(|token| !token.is_empty())
            .ok_or_else(unusable)?;
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| unusable())?;
        bearer.set_sensitive(true);
        // Azure's older endpoint writes the number as text.
        let seconds = &reply["expires_in"];
        let seconds = seconds.as_u64().or_else(|| seconds.as_str()?.parse().ok());
        Ok((
            bearer,
            seconds.map_or(self.life, |seconds| self.life.min(usable(seconds))),
        ))
    }
}

/// A little less than the token itself says, for clocks and ways.
fn usable(seconds: u64) -> Duration {
    Duration::from_secs(seconds - (seconds / 10).min(60))
}

fn refusal(status: u16, reply: &Value) -> TokenFault {
    let error = reply["error"].as_str().filter(|error| is_error_code(error));
    let numbers = reply["error_codes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64);
    let mut told = status.to_string();
    told.extend(error.map(|error| format!(", error {error}")));
    told.extend(numbers.take(3).map(|number| format!(", AADSTS{number}")));
    let later = matches!(error, Some("temporarily_unavailable" | "server_error"));
    if (400..500).contains(&status) && !matches!(status, 408 | 429) && !later {
        TokenFault::Refused(told)
    } else {
        TokenFault::Unavailable(told)
    }
}

fn is_error_code(text: &str) -> bool {
    text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Shows nothing but how many tokens there were.
impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Token({}, …)", self.serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_given_up_a_little_before_its_end() {
        assert_eq!(usable(3599), Duration::from_secs(3539));
        assert_eq!(usable(100), Duration::from_secs(90));
        assert_eq!(usable(0), Duration::ZERO);
    }

    #[test]
    fn refused_credentials_are_told_from_an_endpoint_that_is_away() {
        let reply = json!({
            "error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided.",
            "error_codes": [7_000_215],
        });
        let told = "401, error invalid_client, AADSTS7000215";
        assert_eq!(refusal(401, &reply), TokenFault::Refused(told.into()));
        assert_eq!(
            refusal(400, &Value::Null),
            TokenFault::Refused("400".into())
        );
        let later = json!({ "error": "temporarily_unavailable" });
        assert_eq!(
            refusal(400, &later),
            TokenFault::Unavailable("400, error temporarily_unavailable".into())
        );
        for status in [302, 408, 429, 500, 503] {
            assert_eq!(
                refusal(status, &Value::Null),
                TokenFault::Unavailable(status.to_string())
            );
        }
    }

    #[test]
    fn what_an_endpoint_writes_freely_is_not_told() {
        let reply = json!({ "error": "the secret hush is wrong", "error_codes": ["hush"] });
        assert_eq!(refusal(401, &reply), TokenFault::Refused("401".into()));
    }
}
