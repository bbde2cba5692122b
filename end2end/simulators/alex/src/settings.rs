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
/// The number of the demo's second facility.
pub const SECOND_FACILITY: &str = "F3K072-H";
/// The ALEX id of the first fictional patient, as in ALEX's test environment.
pub const FIRST_PATIENT_ID: &str = "14e52e16edb7a435bfa05e307afd008b";
/// That patient's NHI (reserved for tests).
pub const FIRST_PATIENT_NHI: &str = "ZZZ0016";

/// A facility beside the first.
#[derive(Clone, Debug)]
pub struct SecondFacility {
    /// Its number.
    pub facility: String,
    /// The path that its icon opens.
    pub launch_path: String,
}

/// What can be chosen about a simulator. Start from [`Settings::demo`].
#[derive(Clone)]
pub struct Settings {
    /// Holds `ledger.jsonl` and `media/`; made if absent.
    pub data_dir: PathBuf,
    /// The only client the token endpoint knows.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: String,
    /// The facility the gateway knows, compared with `mt-facilityid`.
    pub facility: String,
    /// Another facility that it knows, with people and records of its own.
    pub second: Option<SecondFacility>,
    /// Base URL of the product; the "Open Clinical Images" links lead to a path of it.
    pub app_url: String,
    /// The path that the icon of the first facility opens.
    pub launch_path: String,
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
            second: None,
            app_url: app_url.into(),
            launch_path: "/launch".into(),
            token_life: Duration::from_secs(3599),
            stall: Duration::from_secs(60),
            search_includes_data: true,
            heeds_if_none_exist: false,
        }
    }
}

impl Settings {
    /// The numbers of all facilities, the first one first.
    pub(crate) fn facilities(&self) -> Vec<&str> {
        let second = self.second.iter().map(|second| second.facility.as_str());
        std::iter::once(self.facility.as_str())
            .chain(second)
            .collect()
    }

    /// The path that the icon of this facility opens; of one that nobody knows, the first one's.
    pub(crate) fn launch_path_of(&self, facility: &str) -> &str {
        let second = self.second.as_ref();
        let second = second.filter(|second| second.facility == facility);
        second.map_or(&self.launch_path, |second| &second.launch_path)
    }
}

/// Says everything but the secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("data_dir", &self.data_dir)
            .field("client_id", &self.client_id)
            .field("facility", &self.facility)
            .field("second", &self.second)
            .field("launch_path", &self.launch_path)
            .field("app_url", &self.app_url)
            .field("token_life", &self.token_life)
            .field("stall", &self.stall)
            .field("search_includes_data", &self.search_includes_data)
            .field("heeds_if_none_exist", &self.heeds_if_none_exist)
            .finish_non_exhaustive()
    }
}
