//! A set of stored bytes and what is known of the consultation that they are from.

use super::keys;
use crate::client::{Client, Offer};
use crate::practice::Practice;
use crate::redis_server::RedisServer;
use crate::server::{Plan, Server};
use crate::test_doubles::ManualClock;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::moment::Moment;
use clinical_images::picture::{ObjectKey, PictureState};
use clinical_images::ports::LedgerOutcome;
use clinical_server::adapter::session::redis::RedisSettings;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where a set's sessions and ledger lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Two redb files.
    File,
    Redis,
}

/// Bytes of one version, from one kind of store.
pub struct Set {
    pub home: Home,
    pub directory: PathBuf,
}

/// What is known of a recorded consultation.
#[derive(Serialize, Deserialize)]
pub struct Recorded {
    /// The server's time at its end, in milliseconds.
    pub now: i64,
    /// The session that goes on.
    pub open: SessionId,
    /// The session that was ended, and whose picture was discarded.
    pub ended: SessionId,
    pub epoch: u32,
    pub revision: u64,
    pub version: u64,
    /// Cookies of the open session's desktop.
    pub desk_cookies: BTreeMap<String, String>,
    /// Cookies of its phone.
    pub phone_cookies: BTreeMap<String, String>,
    pub phone_link: LinkId,
    /// The address in the QR code that is on the screen, and its link.
    pub offered: (String, LinkId),
    /// Pictures of the open session by the part they play.
    pub pictures: BTreeMap<String, RecordedPicture>,
    /// The picture store: key and bytes in base64.
    pub objects: BTreeMap<String, String>,
    /// Key of the picture in the session that was ended.
    pub discarded: String,
    /// Pictures that the ledger has a line of, and the outcome there.
    pub ledger: BTreeMap<PictureId, String>,
    /// How many audit notes wait in the session store.
    pub notes: usize,
    /// The name of the file of those that wait no longer.
    pub audit: String,
}

#[derive(Serialize, Deserialize)]
pub struct RecordedPicture {
    pub id: PictureId,
    pub state: String,
}

/// The directory that holds a directory for each version.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stored")
}

impl Home {
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "redb",
            Self::Redis => "redis",
        }
    }

    /// A server's plan with its stores here: in Redis, under a prefix that no other test has.
    pub fn plan(self) -> Plan {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let redis = || RedisSettings {
            url: format!("redis://{}", RedisServer::shared().address()).into(),
            prefix: format!("stored:{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            time_out: Duration::from_secs(5),
            unsafe_allowed: false,
        };
        Plan {
            on_disk: true,
            redis: (self == Self::Redis).then(redis),
            ..Plan::default()
        }
    }
}

impl Set {
    /// The sets of every version from this kind of store.
    pub fn all(home: Home) -> Vec<Self> {
        let versions = fs::read_dir(fixtures()).unwrap();
        let sets: Vec<_> = versions
            .map(|version| version.unwrap().path().join(home.name()))
            .filter(|directory| directory.is_dir())
            .map(|directory| Self { home, directory })
            .collect();
        assert!(!sets.is_empty(), "no stored bytes to load");
        sets
    }

    pub fn recorded(&self) -> Recorded {
        let text = fs::read_to_string(self.directory.join("recorded.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A server that goes on at the moment at which the recording ended.
    pub async fn opened(&self) -> Server {
        self.opened_as(self.home.plan()).await
    }

    /// The same, but nobody looks after its sessions.
    pub async fn opened_and_left_alone(&self) -> Server {
        let plan = Plan {
            neglected: true,
            ..self.home.plan()
        };
        self.opened_as(plan).await
    }

    async fn opened_as(&self, plan: Plan) -> Server {
        let practice = Practice::open().await;
        let copy = |from: &str, to: &str| {
            fs::copy(self.directory.join(from), practice.file(to)).unwrap();
        };
        match &plan.redis {
            Some(settings) => {
                let lines = fs::read_to_string(self.directory.join("keys.ndjson")).unwrap();
                keys::restore(RedisServer::shared().address(), &settings.prefix, &lines);
            }
            None => {
                copy("sessions.redb", "sessions.redb");
                copy("ledger.redb", "ledger.redb");
            }
        }
        let recorded = self.recorded();
        fs::create_dir(practice.file("audit")).unwrap();
        copy("audit.ndjson", &format!("audit/{}", recorded.audit));
        for (key, bytes) in &recorded.objects {
            let bytes = BASE64.decode(bytes).unwrap();
            practice
                .put_unannounced(&ObjectKey::new(key.as_str()), &bytes)
                .await;
        }
        let clock = ManualClock::at(Moment::from_millis(recorded.now));
        Server::over(plan, Arc::new(practice), clock).await
    }
}

impl Recorded {
    pub fn picture(&self, role: &str) -> PictureId {
        self.pictures[role].id
    }

    /// The desktop of that time, at a server of today.
    pub fn desk(&self, server: &Server) -> Client {
        let browser = server.browser();
        for (name, value) in &self.desk_cookies {
            browser.set_cookie(name, value);
        }
        Client {
            browser,
            scope: json!({ "desktop": self.open }),
            session: self.open,
            link: None,
        }
    }

    /// The phone of that time, at a server of today.
    pub fn phone(&self, server: &Server) -> Client {
        let browser = server.browser();
        for (name, value) in &self.phone_cookies {
            browser.set_cookie(name, value);
        }
        Client {
            browser,
            scope: json!({ "phone": self.phone_link }),
            session: self.open,
            link: Some(self.phone_link),
        }
    }

    pub fn offer(&self) -> Offer {
        let (url, link) = self.offered.clone();
        Offer { link, url }
    }

    pub fn discarded(&self) -> ObjectKey {
        ObjectKey::new(self.discarded.as_str())
    }
}

/// What a recording calls a state: not what it is stored as, which is to be verify.
pub fn state_name(state: &PictureState) -> &'static str {
    match state {
        PictureState::Reserved => "reserved",
        PictureState::Ready => "ready",
        PictureState::Queued => "queued",
        PictureState::Waiting { .. } => "waiting",
        PictureState::Sending => "sending",
        PictureState::Filed { .. } => "filed",
        PictureState::Failed { .. } => "failed",
        PictureState::Unknown { .. } => "unknown",
        PictureState::NeedsCheck { .. } => "needs check",
    }
}

/// What a recording calls an outcome in the ledger.
pub fn outcome_name(outcome: LedgerOutcome) -> &'static str {
    match outcome {
        LedgerOutcome::Filed => "filed",
        LedgerOutcome::Failed => "failed",
        LedgerOutcome::Unknown => "unknown",
        LedgerOutcome::NeedsCheck => "needs check",
        LedgerOutcome::Queued => "queued",
    }
}
