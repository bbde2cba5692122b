//! Credentials for ALEX that the file of practices describes. The secret itself never stands in the file, which is
//! copied, compared and kept under version control: the file names a variable or a file that holds it. A file can be
//! replaced while the server runs, and is read anew with the practices.

use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

/// Credentials for ALEX as the file writes them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlexTable {
    pub base_url: String,
    pub token_url: String,
    pub client_id: String,
    pub client_secret_env: Option<String>,
    pub client_secret_file: Option<String>,
    pub scope: String,
    pub token_seconds: Option<u64>,
}

/// How one set of practices opens its records.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// FHIR base address.
    pub base_url: Url,
    /// OAuth2 token endpoint.
    pub token_url: Url,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
    /// Scope.
    pub scope: String,
    /// How long a token is used, unless it says that it ends earlier.
    pub token_life: Duration,
}

impl Credentials {
    /// Checks a table; files of secrets are looked for beside the file of practices.
    pub(super) fn of(table: &AlexTable, beside: &Path) -> Result<Self, super::Wrong> {
        let url = |key, text: &str| {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            url.ok_or((
                key,
                format!("{key} is no http or https address with a host"),
            ))
        };
        for (key, text) in [("client_id", &table.client_id), ("scope", &table.scope)] {
            if text.trim().is_empty() {
                return Err((key, format!("{key} is empty")));
            }
        }
        let seconds = table.token_seconds.unwrap_or(3300);
        if !(60..=3600).contains(&seconds) {
            let reason = format!("token_seconds is {seconds}; it must lie between 60 and 3600");
            return Err(("token_seconds", reason));
        }
        Ok(Self {
            base_url: url("base_url", &table.base_url)?,
            token_url: url("token_url", &table.token_url)?,
            client_id: table.client_id.clone(),
            client_secret: secret(table, beside)?,
            scope: table.scope.clone(),
            token_life: Duration::from_secs(seconds),
        })
    }
}

fn secret(table: &AlexTable, beside: &Path) -> Result<SecretString, super::Wrong> {
    let (key, text) = match (&table.client_secret_env, &table.client_secret_file) {
        (Some(name), None) => {
            let unset = |_| format!("the variable {name} is not set");
            ("client_secret_env", std::env::var(name).map_err(unset))
        }
        (None, Some(name)) => {
            let path = beside.join(name);
            let unread = |fault| format!("{} cannot be read: {fault}", path.display());
            (
                "client_secret_file",
                std::fs::read_to_string(&path).map_err(unread),
            )
        }
        _ => {
            let reason = "client_secret_env or client_secret_file says where the secret is; give one of them";
            return Err(("client_id", reason.to_owned()));
        }
    };
    let text = text.map_err(|reason| (key, reason))?;
    match text.trim() {
        "" => Err((key, "the client secret is empty".to_owned())),
        secret => Ok(SecretString::from(secret.to_owned())),
    }
}
