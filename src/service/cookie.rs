//! How a browser keeps its access token: one cookie for each desktop session, one for the phone.

use super::Services;
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
        let pairs = cookies
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .filter(|(known, _)| *known == name)
            .find_map(|(_, value)| value.parse().ok())
    }

    /// The value of a `Set-Cookie` header that hands a token to a browser. Ends with the browser's session at the
    /// latest; the server ends it earlier.
    #[must_use]
    pub fn set_cookie(&self, scope: Scope, token: &AccessToken) -> String {
        format!(
            "{}={token}; {}",
            self.cookie_name(scope),
            self.cookie_attributes()
        )
    }

    /// The value of a `Set-Cookie` header that takes the token away.
    #[must_use]
    pub fn clear_cookie(&self, scope: Scope) -> String {
        format!(
            "{}=; {}; Max-Age=0",
            self.cookie_name(scope),
            self.cookie_attributes()
        )
    }

    /// In a practice that shows the product in a frame of its own pages, browsers send a cookie there only when it
    /// says `None`, and keep it in that page's partition; both need TLS.
    fn cookie_attributes(&self) -> &'static str {
        match (self.is_secure(), self.settings.frame_ancestors.is_empty()) {
            (false, _) => "Path=/; HttpOnly; SameSite=Lax",
            (true, true) => "Path=/; HttpOnly; SameSite=Lax; Secure",
            (true, false) => "Path=/; HttpOnly; SameSite=None; Secure; Partitioned",
        }
    }
}
