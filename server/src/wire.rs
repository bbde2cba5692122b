//! The only file that names every adapter: configuration in, [`Services`] out.

use crate::adapter::audit::AuditFiles;
use crate::adapter::ehr::{AlexEhr, AlexSettings, AlexSettingsFault};
use crate::adapter::ledger::{RedbLedger, RedisLedger};
use crate::adapter::object_store::s3::{Keys, S3ObjectStore, S3Settings, S3Timeouts};
use crate::adapter::session::SessionAdapter;
use crate::adapter::session::redb::RedbSessions;
use crate::adapter::session::redis::{RedisSessions, RedisSettings};
use crate::adapter::system::{OsEntropy, SystemClock};
use crate::config::{Config, ConfigFault, Credentials};
use crate::demo::Demo;
use clinical_images::id::WorkerId;
use clinical_images::launch::FacilityCode;
use clinical_images::ports::{Entropy as _, FilingLedger, PortFault};
use clinical_images::practice::{CredentialsName, PracticeId, PracticeSettings};
use clinical_images::service::{Practice, Practices, Services, Settings};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::time::Duration;

/// Why the server cannot start, in one sentence each.
#[derive(Debug, thiserror::Error)]
pub enum WireFault {
    /// A setting is missing or contradicts another.
    #[error(transparent)]
    Config(#[from] ConfigFault),
    /// A store cannot be used.
    #[error(transparent)]
    Port(#[from] PortFault),
    /// The bucket is missing.
    #[error("S3_BUCKET is {0}, and there is no such bucket; clinical-server setup-bucket makes it")]
    NoBucket(String),
    /// ALEX's settings make no sense.
    #[error("the settings of ALEX make no sense: {0}")]
    Alex(String),
    /// The data directory cannot be used.
    #[error("DATA_DIR {0} cannot be used: {1}")]
    DataDir(String, std::io::Error),
}

/// Puts everything together. `port` is the port the server really listens on.
///
/// # Errors
/// Names the setting or the store that keeps the server from starting.
pub async fn services(
    config: &Config,
    port: u16,
    demo: Option<&Demo>,
) -> Result<Services, WireFault> {
    config.check()?;
    let data = &config.store.data_dir;
    std::fs::create_dir_all(data)
        .map_err(|fault| WireFault::DataDir(data.display().to_string(), fault))?;
    let (sessions, ledger) = stores(config).await?;
    let s3 = s3_settings(config, demo)?;
    let object_store = S3ObjectStore::new(&s3);
    if demo.is_some() {
        object_store.ensure_bucket().await?;
    } else {
        look_at_bucket(&object_store, &s3.bucket).await?;
    }
    let practices = practices(config, demo, &[])?;
    let settings = Settings {
        public_url: config.web.public_url(port),
        demo_medtech: demo.map(|demo| demo.medtech_url().to_owned()),
        object_store_origin: object_store_origin(&s3),
    };
    Ok(Services {
        sessions: Arc::clone(&sessions) as _,
        audit_outbox: Arc::clone(&sessions) as _,
        replay_guard: sessions,
        object_store: Arc::new(object_store),
        practices: Arc::new(Practices::new(practices)),
        ledger,
        audit: Arc::new(AuditFiles::within(&data.join("audit"))?),
        analyst: None,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        settings: Arc::new(settings),
        worker: WorkerId::from_bits(OsEntropy.bits()),
    })
}

/// Reads the practices anew; from then on sessions are opened under what they say now. Says which practices were removed.
///
/// # Errors
/// Names the line that cannot be followed. Nothing has changed then.
pub fn read_practices_anew(
    config: &Config,
    demo: Option<&Demo>,
    services: &Services,
) -> Result<Vec<PracticeId>, WireFault> {
    let running = services.practices.all();
    let running: Vec<_> = running.iter().map(|it| (*it.settings).clone()).collect();
    let practices = practices(config, demo, &running)?;
    Ok(services.practices.replace(practices))
}

/// The practices as they are configured, each with the way to its record. Those that are opened with the same credentials
/// share connections and tokens.
fn practices(
    config: &Config,
    demo: Option<&Demo>,
    running: &[PracticeSettings],
) -> Result<Vec<Practice>, WireFault> {
    config.check()?;
    let configured = config.practices().map_err(ConfigFault::Practices)?;
    configured
        .check_beside(running)
        .map_err(ConfigFault::Practices)?;
    let wrong = |fault: AlexSettingsFault| WireFault::Alex(fault.to_string());
    let mut opened: BTreeMap<Option<CredentialsName>, AlexEhr> = BTreeMap::new();
    let mut practices = Vec::new();
    for settings in configured.practices {
        let alex = match opened.entry(settings.credentials.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let named = settings.credentials.as_ref();
                let named = named.and_then(|name| configured.credentials.get(name));
                let alex = match (demo, named) {
                    (Some(demo), _) => demo.alex().map_err(WireFault::Alex)?,
                    (None, Some(credentials)) => alex_of(credentials, &settings.facility),
                    (None, None) => alex_of_environment(config)?,
                };
                new.insert(AlexEhr::new(alex).map_err(wrong)?)
            }
        };
        let ehr = alex.for_practice(&settings).map_err(wrong)?;
        practices.push(Practice {
            ehr: match demo {
                Some(demo) => demo.with_patients(ehr),
                None => Arc::new(ehr),
            },
            settings: Arc::new(settings),
        });
    }
    Ok(practices)
}

/// Sessions and the ledger of their pictures: in Redis where it is configured, in files of the data directory otherwise.
async fn stores(
    config: &Config,
) -> Result<(Arc<dyn SessionAdapter>, Arc<dyn FilingLedger>), WireFault> {
    let redis = &config.redis;
    if let Some(url) = &redis.redis_url {
        let settings = RedisSettings {
            url: url.clone(),
            prefix: redis.redis_prefix.clone(),
            time_out: Duration::from_millis(redis.redis_timeout_ms),
            unsafe_allowed: redis.redis_unsafe,
        };
        let sessions = RedisSessions::connect(&settings).await?;
        let ledger = RedisLedger::connect(&settings).await?;
        return Ok((Arc::new(sessions), Arc::new(ledger)));
    }
    let data = &config.store.data_dir;
    let sessions = RedbSessions::open(&data.join("sessions.redb"))?;
    let ledger = RedbLedger::open(&data.join("ledger.redb"))?;
    Ok((Arc::new(sessions), Arc::new(ledger)))
}

/// Without its bucket the server could not do anything, and somebody has to act. A store that merely does not answer
/// may be back in a minute; sessions go on meanwhile.
async fn look_at_bucket(object_store: &S3ObjectStore, name: &str) -> Result<(), WireFault> {
    match object_store.has_bucket().await {
        Ok(true) => Ok(()),
        Ok(false) => Err(WireFault::NoBucket(name.to_owned())),
        Err(fault) => {
            tracing::error!(%fault, "the picture store did not say whether its bucket exists; starting all the same");
            Ok(())
        }
    }
}

fn needed<T: Clone>(value: Option<&T>, name: &'static str) -> Result<T, ConfigFault> {
    value.cloned().ok_or(ConfigFault::Missing(name))
}

/// The picture store alone, for commands that set it up.
///
/// # Errors
/// Names the setting that is missing.
pub fn object_store(config: &Config, demo: Option<&Demo>) -> Result<S3ObjectStore, ConfigFault> {
    Ok(S3ObjectStore::new(&s3_settings(config, demo)?))
}

fn s3_settings(config: &Config, demo: Option<&Demo>) -> Result<S3Settings, ConfigFault> {
    if let Some(demo) = demo {
        return Ok(demo.s3());
    }
    let s3 = &config.s3;
    Ok(S3Settings {
        endpoint: s3.s3_endpoint.clone(),
        public_endpoint: s3.s3_public_endpoint.clone(),
        region: s3.s3_region.clone(),
        bucket: needed(s3.s3_bucket.as_ref(), "S3_BUCKET")?,
        keys: match (&s3.s3_access_key_id, &s3.s3_secret_access_key) {
            (Some(access_key), Some(secret_key)) => Keys::Fixed {
                access_key: access_key.clone(),
                secret_key: secret_key.clone(),
            },
            (None, None) => Keys::Found,
            _ => return Err(ConfigFault::HalfAKey),
        },
        path_style: s3.s3_path_style,
        timeouts: S3Timeouts::default(),
    })
}

fn alex_of(credentials: &Credentials, facility: &FacilityCode) -> AlexSettings {
    let client = (
        credentials.client_id.clone(),
        credentials.client_secret.clone(),
    );
    let mut alex = AlexSettings::new(
        credentials.base_url.clone(),
        credentials.token_url.clone(),
        client,
        credentials.scope.clone(),
        facility.clone(),
    );
    alex.token_life = credentials.token_life;
    alex
}

fn alex_of_environment(config: &Config) -> Result<AlexSettings, WireFault> {
    let alex = &config.alex;
    let url = |value: Option<&String>, name| {
        let text = needed(value, name)?;
        reqwest::Url::parse(&text).map_err(|fault| WireFault::Alex(format!("{name}: {fault}")))
    };
    let client: (String, SecretString) = (
        needed(alex.alex_client_id.as_ref(), "ALEX_CLIENT_ID")?,
        needed(alex.alex_client_secret.as_ref(), "ALEX_CLIENT_SECRET")?,
    );
    let mut settings = AlexSettings::new(
        url(alex.alex_base_url.as_ref(), "ALEX_BASE_URL")?,
        url(alex.alex_token_url.as_ref(), "ALEX_TOKEN_URL")?,
        client,
        needed(alex.alex_scope.as_ref(), "ALEX_SCOPE")?,
        alex.alex_facility.clone(),
    );
    settings.token_life = Duration::from_secs(alex.alex_token_seconds);
    Ok(settings)
}

/// Where browsers reach the store: its public endpoint's origin, or Amazon's hosts of the region.
fn object_store_origin(s3: &S3Settings) -> String {
    let endpoint = s3.public_endpoint.as_ref().or(s3.endpoint.as_ref());
    match endpoint {
        Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
        None if s3.path_style => format!("https://s3.{}.amazonaws.com", s3.region),
        None => format!("https://{}.s3.{}.amazonaws.com", s3.bucket, s3.region),
    }
}
