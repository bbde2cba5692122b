//! How a browser keeps its key: one cookie for each desktop session, one for the phone.

use super::{Door, Services};
use crate::session::Key;

impl Services {
    /// Whether browsers reach this server over TLS. Without it (the demo on a local network) browsers refuse
    /// `Secure` cookies and the `__Host-` prefix that demands them, so both are left out.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// The name of a door's cookie.
    #[must_use]
    pub fn cookie_name(&self, door: Door) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        match door {
            Door::Desk { session } => format!("{prefix}desk-{session}"),
            Door::Phone { .. } => format!("{prefix}phone"),
        }
    }

    /// The key for a door among the cookies of a request (the value of its `Cookie` header).
    #[must_use]
    pub fn key_among(&self, door: Door, cookies: &str) -> Option<Key> {
        let name = self.cookie_name(door);
        let pairs = cookies
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .filter(|(known, _)| *known == name)
            .find_map(|(_, value)| value.parse().ok())
    }

    /// The value of a `Set-Cookie` header that hands a key to a browser. Ends with the browser's session at the
    /// latest; the server ends it earlier.
    #[must_use]
    pub fn set_cookie(&self, door: Door, key: &Key) -> String {
        format!(
            "{}={key}; {}",
            self.cookie_name(door),
            self.cookie_attributes()
        )
    }

    /// The value of a `Set-Cookie` header that takes the key away.
    #[must_use]
    pub fn clear_cookie(&self, door: Door) -> String {
        format!(
            "{}=; {}; Max-Age=0",
            self.cookie_name(door),
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
