//! How a browser keeps its access token: one cookie for each desktop session, one for the phone.

use super::{Opened, Services};
use crate::access::Scope;
use crate::session::AccessToken;

impl Services {
    /// Whether browsers reach this server over TLS. Without it (the demo on a local network) browsers refuse
    /// `Secure` cookies and the `__Host-` prefix that demands them, so both are left out.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// The name of the cookie that holds the token of a scope.
    #[must_use]
    pub fn cookie_name(&self, scope: Scope) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        match scope {
            Scope::Desktop(session) => format!("{prefix}desk-{session}"),
            Scope::Phone(_) => format!("{prefix}phone"),
        }
    }

    /// The token of a scope among the cookies of a request (the value of its `Cookie` header).
    #[must_use]
    pub fn token_among(&self, scope: Scope, cookies: &str) -> Option<AccessToken> {
        let name = self.cookie_name(scope);
        cookie_among(&name, cookies).find_map(|value| value.parse().ok())
    }

    /// The language that a reader has chosen, among the cookies of a request.
    #[must_use]
    pub fn language_among<'a>(&self, cookies: &'a str) -> Option<&'a str> {
        cookie_among(&self.language_cookie(), cookies).next()
    }

    /// The value of a `Set-Cookie` header that keeps the language a reader has chosen, for a year. It names nobody.
    #[must_use]
    pub fn set_language_cookie(&self, tag: &str) -> String {
        // The desktop's page may stand in a frame of the practice's.
        let attributes = self.cookie_attributes(true);
        format!(
            "{}={tag}; {attributes}; Max-Age=31536000",
            self.language_cookie()
        )
    }

    fn language_cookie(&self) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        format!("{prefix}language")
    }

    /// The value of a `Set-Cookie` header that hands its key to the desktop of a session that was just opened. Ends with
    /// the browser's session at the latest; the server ends it earlier.
    #[must_use]
    pub fn set_desk_cookie(&self, opened: &Opened) -> String {
        let name = self.cookie_name(Scope::Desktop(opened.session));
        let attributes = self.cookie_attributes(opened.is_framed);
        format!("{name}={}; {attributes}", opened.token)
    }

    /// The same for a phone. Nobody shows a phone's page in a frame.
    #[must_use]
    pub fn set_phone_cookie(&self, token: &AccessToken) -> String {
        let name = self.cookie_name(Scope::Phone(None));
        format!("{name}={token}; {}", self.cookie_attributes(false))
    }

    /// The value of a `Set-Cookie` header that takes a phone's key away.
    #[must_use]
    pub fn clear_phone_cookie(&self) -> String {
        let name = self.cookie_name(Scope::Phone(None));
        format!("{name}=; {}; Max-Age=0", self.cookie_attributes(false))
    }

    /// In a practice that shows the product in a frame of its own pages, browsers send a cookie there only when it
    /// says `None`, and keep it in that page's partition; both need TLS.
    fn cookie_attributes(&self, is_framed: bool) -> &'static str {
        match (self.is_secure(), is_framed) {
            (false, _) => "Path=/; HttpOnly; SameSite=Lax",
            (true, false) => "Path=/; HttpOnly; SameSite=Lax; Secure",
            (true, true) => "Path=/; HttpOnly; SameSite=None; Secure; Partitioned",
        }
    }
}

/// The values of the cookies of this name, in the order in which the browser sent them.
fn cookie_among<'a>(name: &str, cookies: &'a str) -> impl Iterator<Item = &'a str> {
    cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(known, _)| *known == name)
        .map(|(_, value)| value)
}
