//! What can be chosen about a simulator, and the values the demo uses.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The client id the demo uses.
pub const DEMO_CLIENT_ID: &str = "clinicpro-demo";
/// The client secret the demo uses. It opens nothing but the simulator.
pub const DEMO_CLIENT_SECRET: &str = "not-a-secret";
/// The facility ALEX's test environment uses.
pub const DEMO_FACILITY: &str = "F2N060-E";
/// The ALEX id of the first fictional patient, as in ALEX's test environment.
pub const FIRST_PATIENT_ID: &str = "14e52e16edb7a435bfa05e307afd008b";
/// That patient's NHI (reserved for tests).
pub const FIRST_PATIENT_NHI: &str = "ZZZ0016";

/// What can be chosen about a simulator. Start from [`Settings::demo`].
#[derive(Clone)]
pub struct Settings {
    /// Holds `ledger.jsonl` and `media/`; made if absent.
    pub data_dir: PathBuf,
    /// The only client the token endpoint knows.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: String,
    /// The only facility the gateway knows, compared with `mt-facilityid`.
    pub facility: String,
    /// Base URL of the product; the "Open Clinical Images" links lead to its `/launch`.
    pub app_url: String,
    /// How long an access token is good for, on the simulator's clock.
    pub token_life: Duration,
    /// How long the replies `timeout`, `lost-timeout` and `late-timeout` say nothing before they hang up.
    pub stall: Duration,
    /// Whether a search carries each record's data, as a read always does.
    /// Whether ALEX does so is not known.
    pub search_includes_data: bool,
    /// Whether a create heeds `If-None-Exist`. Whether ALEX does so is not known; what is known of the
    /// server behind it makes it no lock either way.
    pub heeds_if_none_exist: bool,
}

impl Settings {
    /// The demo's values: its credentials and facility, tokens of 3599 s, a stall of 60 s.
    pub fn demo(data_dir: impl Into<PathBuf>, app_url: impl Into<String>) -> Self {
        Self {
            data_dir: data_dir.into(),
            client_id: DEMO_CLIENT_ID.into(),
            client_secret: DEMO_CLIENT_SECRET.into(),
            facility: DEMO_FACILITY.into(),
            app_url: app_url.into(),
            token_life: Duration::from_secs(3599),
            stall: Duration::from_secs(60),
            search_includes_data: true,
            heeds_if_none_exist: false,
        }
    }
}

/// Says everything but the secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("data_dir", &self.data_dir)
            .field("client_id", &self.client_id)
            .field("facility", &self.facility)
            .field("app_url", &self.app_url)
            .field("token_life", &self.token_life)
            .field("stall", &self.stall)
            .field("search_includes_data", &self.search_includes_data)
            .field("heeds_if_none_exist", &self.heeds_if_none_exist)
            .finish_non_exhaustive()
    }
}
