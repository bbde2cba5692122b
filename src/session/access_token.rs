//! Access tokens: the bearer tokens that cookies hold and QR codes carry, and the digests of them that a session keeps.
//!
//! Whoever shows a token is let in as the actor it was made for; nothing else is asked. The session stores digests only,
//! so that a copy of the store opens no session.

use crate::digest::Sha256;
use crate::id::{LinkId, SessionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A bearer token: a secret together with the session it opens. A cookie holds one, and a QR code carries one.
///
/// The session's id is in it so that the server finds the right session without an index over all secrets; the
/// store keeps only the secret's digest.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The session it opens.
    pub session: SessionId,
    /// 256 random bits (128 for a QR code, which a camera must read), as text.
    pub secret: String,
}

/// Text that is not an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an access token")]
pub struct NotAToken;

impl AccessToken {
    /// What the store keeps and compares.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        Sha256::of(self.secret.as_bytes())
    }
}

impl FromStr for AccessToken {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let (session, secret) = text.split_once('.').ok_or(NotAToken)?;
        let plain =
            (32..=64).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_hexdigit());
        let session = session.parse().map_err(|_| NotAToken)?;
        if plain {
            Ok(Self {
                session,
                secret: secret.to_owned(),
            })
        } else {
            Err(NotAToken)
        }
    }
}

impl fmt::Display for AccessToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.session, self.secret)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AccessToken({}, …)", self.session)
    }
}

/// Digests of the access tokens that open a session: all that is stored of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenDigests {
    /// The desktop's, in a cookie.
    pub desktop: Sha256,
    /// Codes of offered links. Those of links that were claimed or are over stay, so that a late phone is told the right
    /// reason.
    pub codes: BTreeMap<LinkId, Sha256>,
    /// Those of phones that claimed a link, in cookies.
    pub phones: BTreeMap<LinkId, Sha256>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_reads_back_and_its_debug_hides_the_secret() {
        let token = AccessToken {
            session: SessionId::from_bits(7),
            secret: "ab".repeat(32),
        };
        assert_eq!(token.to_string().parse(), Ok(token.clone()));
        assert!(!format!("{token:?}").contains("abab"));
        assert_eq!("x.y".parse::<AccessToken>(), Err(NotAToken));
    }
}
