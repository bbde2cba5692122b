//! How a browser keeps its access token: one cookie for each desktop session, one for the phone.

use super::{Opened, Services};
use crate::access::Scope;
use crate::session::AccessToken;
use cookie::time::Duration;
use cookie::{Cookie, CookieBuilder, SameSite};

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
        values(&name, cookies).find_map(|value| value.parse().ok())
    }

    /// The language that a reader has chosen, among the cookies of a request.
    #[must_use]
    pub fn language_among(&self, cookies: &str) -> Option<String> {
        values(&self.language_cookie(), cookies).next()
    }

    /// The value of a `Set-Cookie` header that keeps the language a reader has chosen, for a year. It names nobody.
    #[must_use]
    pub fn set_language_cookie(&self, tag: &str) -> String {
        // The desktop's page may stand in a frame of the practice's.
        self.cookie(self.language_cookie(), tag.to_owned(), true)
            .max_age(Duration::days(365))
            .build()
            .to_string()
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
        let cookie = self.cookie(name, opened.token.to_string(), opened.is_framed);
        cookie.build().to_string()
    }

    /// The same for a phone. Nobody shows a phone's page in a frame.
    #[must_use]
    pub fn set_phone_cookie(&self, token: &AccessToken) -> String {
        let name = self.cookie_name(Scope::Phone(None));
        let cookie = self.cookie(name, token.to_string(), false);
        cookie.build().to_string()
    }

    /// The value of a `Set-Cookie` header that takes a phone's key away.
    #[must_use]
    pub fn clear_phone_cookie(&self) -> String {
        let name = self.cookie_name(Scope::Phone(None));
        let cookie = self.cookie(name, String::new(), false);
        cookie.max_age(Duration::ZERO).build().to_string()
    }

    /// In a practice that shows the product in a frame of its own pages, browsers send a cookie there only when it
    /// says `None`, and keep it in that page's partition; both need TLS.
    fn cookie(&self, name: String, value: String, is_framed: bool) -> CookieBuilder<'static> {
        let is_partitioned = self.is_secure() && is_framed;
        let same_site = if is_partitioned {
            SameSite::None
        } else {
            SameSite::Lax
        };
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.is_secure())
            .same_site(same_site)
            .partitioned(is_partitioned)
    }
}

/// The values of the cookies of this name, in the order in which the browser sent them.
fn values<'a>(name: &'a str, cookies: &'a str) -> impl Iterator<Item = String> + 'a {
    Cookie::split_parse(cookies)
        .filter_map(Result::ok)
        .filter(move |cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}
