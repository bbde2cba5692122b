//! A stand-in for Amazon's S3 on a port of its own: the picture store of the demo and of tests.
//!
//! Owns the listener, who may come in (signature, browser origins) and how it starts and ends. Must not know what the
//! objects are, nor anything of the application: a browser comes here exactly as it would go to Amazon, with a
//! presigned request and across origins. Shares no code with the product.
//!
//! `s3s` gives the protocol: parsing, SigV4 with expiry, XML. What stands behind it is our own (`operations` and `disk`)
//! and not `s3s-fs`, because that one writes first and checks afterwards: bytes that fail their checksum stay, of
//! several create-only racers some win together, nothing is synced to disk, and checksums lie in a second file that a
//! crash can separate from the first. A wrapper around it would have to do the staging, the locking and the metadata
//! anyway, and everything would exist twice; what is left of it, `open` and `read`, is the small part.
//!
//! Lifecycle rules are carried out when the store starts; in between, what expires is the application's to delete.
//!
//! Not for the open internet: there is no limit on connections and none on slow request heads.

mod cors;
mod digest;
mod disk;
mod operations;

use axum::Router;
use axum::error_handling::HandleError;
use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt as _;
use cors::{CorsPolicy, apply_cors};
use disk::DiskStore;
use http::{HeaderValue, StatusCode};
use operations::S3Operations;
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The largest object that is taken.
pub const OBJECT_LIMIT: u64 = 8 * 1024 * 1024;
/// The largest body that is not an object (the XML of a new bucket or of its rules).
const XML_LIMIT: usize = 64 * 1024;

/// What the server is started with.
#[derive(Clone, Debug)]
pub struct S3SimulatorSettings {
    /// Where the objects lie. Made if missing; held by one process at a time.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Origins whose pages may put and get (`https://clinic.example`, no path, no wildcard).
    pub allowed_origins: Vec<String>,
    /// The one access key that is known here.
    pub access_key: SecretString,
    /// Its secret.
    pub secret_key: SecretString,
    /// The bucket that is there from the start.
    pub bucket: String,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// Another process has the directory open.
    #[error("the object directory {0} is in use by another process")]
    InUse(PathBuf),
    /// The directory cannot be used.
    #[error("the object directory {0} cannot be used: {1}")]
    DataDir(PathBuf, #[source] io::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {0} for objects: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// An allowed origin that no browser ever sends.
    #[error("`{0}` is not an origin: scheme, host and perhaps a port, nothing else")]
    Origin(String),
    /// A bucket name that S3 does not allow.
    #[error("`{0}` is not a name for a bucket")]
    Bucket(String),
}

/// A running server. Goes on when this is dropped; ends with the `shutdown` it was started with.
#[derive(Debug)]
pub struct S3Simulator {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl S3Simulator {
    /// Starts the server; it listens when this returns, and until `shutdown` is done. Requests that are being answered
    /// then are answered still.
    ///
    /// # Errors
    /// See [`StartFault`].
    pub async fn start(
        settings: S3SimulatorSettings,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Self, StartFault> {
        check_origins(&settings.allowed_origins)?;
        let disk = Arc::new(open_disk(&settings).await?);
        let unheard = |error| StartFault::Listen(settings.listen, error);
        let listener = TcpListener::bind(settings.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let listener = listener.tap_io(|connection| {
            // Without it answers may wait for an acknowledgement; with a failure here they merely do.
            let _ = connection.set_nodelay(true);
        });
        let cors = CorsPolicy::new(settings.allowed_origins.clone(), Arc::clone(&disk));
        let app = router(service(&settings, Arc::clone(&disk)), cors);
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, app)
                .with_graceful_shutdown(shutdown)
                .await;
            if let Err(error) = served.and_then(|()| disk.release()) {
                tracing::error!(%error, "The S3 simulator ended badly");
            }
        });
        tracing::info!(%address, "The S3 simulator is listening");
        Ok(Self { address, task })
    }

    /// Where it listens, with the port that was really taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the server has ended and its directory is free.
    pub async fn stopped(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "The S3 simulator broke off");
        }
    }
}

async fn open_disk(settings: &S3SimulatorSettings) -> Result<DiskStore, StartFault> {
    use s3s::validation::{AwsNameValidation, NameValidation as _};
    let (data_dir, bucket) = (settings.data_dir.clone(), settings.bucket.clone());
    if !AwsNameValidation::new().validate_bucket_name(&bucket) {
        return Err(StartFault::Bucket(bucket));
    }
    let opened = tokio::task::spawn_blocking(move || {
        let disk = DiskStore::open(&data_dir)?;
        disk.create_bucket(&bucket)?;
        let gone = disk.expire(SystemTime::now())?;
        if gone > 0 {
            tracing::info!(
                objects = gone,
                "Objects went by their bucket's lifecycle rule"
            );
        }
        Ok(disk)
    });
    opened
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(|error| {
            let data_dir = settings.data_dir.clone();
            match error.kind() {
                io::ErrorKind::ResourceBusy => StartFault::InUse(data_dir),
                _ => StartFault::DataDir(data_dir, error),
            }
        })
}

fn service(settings: &S3SimulatorSettings, disk: Arc<DiskStore>) -> S3Service {
    let mut builder = S3ServiceBuilder::new(S3Operations::new(disk, OBJECT_LIMIT));
    builder.set_auth(SimpleAuth::from_single(
        settings.access_key.expose_secret(),
        settings.secret_key.expose_secret(),
    ));
    let mut config = S3Config::default();
    config.xml_max_body_size = XML_LIMIT;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}

fn router(service: S3Service, cors: CorsPolicy) -> Router {
    let service = HandleError::new(service, |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new()
        .fallback_service(service)
        .layer(from_fn_with_state(Arc::new(cors), apply_cors))
}

/// Refuses what no browser sends as an origin.
fn check_origins(texts: &[String]) -> Result<(), StartFault> {
    let plain = |host: &str| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']);
    let is_origin = |text: &str| {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        host.is_some_and(plain) && HeaderValue::from_str(text).is_ok()
    };
    match texts.iter().find(|text| !is_origin(text)) {
        Some(text) => Err(StartFault::Origin(text.clone())),
        None => Ok(()),
    }
}
