//! An S3 server of our own on its own port: what the demo stores pictures in.
//!
//! Owns the listener, who may come in (signature, browser origins) and how it starts and ends. Must not know what the
//! objects are, nor anything of the application: a browser comes here exactly as it would go to Amazon, with a
//! permission that `S3Vault` signed and across origins.
//!
//! `s3s` gives the protocol: parsing, SigV4 with expiry, XML. What stands behind it is our own (`counter` and `shelf`)
//! and not `s3s-fs`, because that one writes first and checks afterwards: bytes that fail their checksum stay, of
//! several create-only racers some win together, nothing is synced to disk, and checksums lie in a second file that a
//! crash parts from the first. To wrap it would be to write the staging, the locking and the label anyway, and to then
//! have everything twice; what is left of it, `open` and `read`, is the small part.
//!
//! Not for the open internet: there is no limit on connections and none on slow request heads.

mod counter;
mod shelf;

use axum::Router;
use axum::error_handling::HandleError;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use counter::Counter;
use http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HeaderName, IF_NONE_MATCH, ORIGIN,
};
use http::{HeaderValue, Method, StatusCode};
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use shelf::Shelf;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_http::cors::CorsLayer;

/// The largest object that is taken.
pub const OBJECT_LIMIT: u64 = 8 * 1024 * 1024;
/// The largest body that is not an object (the XML of a new bucket).
const XML_LIMIT: usize = 64 * 1024;
/// How long a browser may remember a preflight's answer.
const PREFLIGHT: Duration = Duration::from_secs(3600);
/// The header that carries an object's checksum.
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");

/// What the server is started with.
#[derive(Clone, Debug)]
pub struct EmbeddedS3Settings {
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
pub struct EmbeddedS3 {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl EmbeddedS3 {
    /// Starts the server; it listens when this returns, and until `shutdown` is done. Requests that are being answered
    /// then are answered still.
    ///
    /// # Errors
    /// See [`StartFault`].
    pub async fn start(
        settings: EmbeddedS3Settings,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Self, StartFault> {
        let origins = origins_of(&settings.allowed_origins)?;
        let shelf = Arc::new(open_shelf(&settings).await?);
        let unheard = |error| StartFault::Listen(settings.listen, error);
        let listener = TcpListener::bind(settings.listen).await.map_err(unheard)?;
        let address = listener.local_addr().map_err(unheard)?;
        let listener = listener.tap_io(|connection| {
            // Without it answers may wait for an acknowledgement; with a failure here they merely do.
            let _ = connection.set_nodelay(true);
        });
        let app = router(service(&settings, Arc::clone(&shelf)), origins);
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, app)
                .with_graceful_shutdown(shutdown)
                .await;
            if let Err(error) = served.and_then(|()| shelf.release()) {
                tracing::error!(%error, "The embedded object store ended badly");
            }
        });
        tracing::info!(%address, "The embedded object store is listening");
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
            tracing::error!(%error, "The embedded object store broke off");
        }
    }
}

async fn open_shelf(settings: &EmbeddedS3Settings) -> Result<Shelf, StartFault> {
    use s3s::validation::{AwsNameValidation, NameValidation as _};
    let (data_dir, bucket) = (settings.data_dir.clone(), settings.bucket.clone());
    if !AwsNameValidation::new().validate_bucket_name(&bucket) {
        return Err(StartFault::Bucket(bucket));
    }
    let opened = tokio::task::spawn_blocking(move || {
        let shelf = Shelf::open(&data_dir)?;
        shelf.make_bucket(&bucket).map(|_| shelf)
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

fn service(settings: &EmbeddedS3Settings, shelf: Arc<Shelf>) -> S3Service {
    let mut builder = S3ServiceBuilder::new(Counter::new(shelf, OBJECT_LIMIT));
    builder.set_auth(SimpleAuth::from_single(
        settings.access_key.expose_secret(),
        settings.secret_key.expose_secret(),
    ));
    let mut config = S3Config::default();
    config.xml_max_body_size = XML_LIMIT;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}

fn router(service: S3Service, origins: Vec<HeaderValue>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(origins.clone())
        .allow_methods([Method::PUT, Method::GET, Method::HEAD])
        .allow_headers([CONTENT_TYPE, IF_NONE_MATCH, CHECKSUM])
        .max_age(PREFLIGHT);
    let service = HandleError::new(service, |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new()
        .fallback_service(service)
        .layer(cors)
        .layer(from_fn_with_state(
            Arc::<[HeaderValue]>::from(origins),
            at_the_door,
        ))
}

/// Turns away what nobody here needs: form uploads and the like, and preflights of strangers, which Amazon answers
/// with 403 too.
async fn at_the_door(
    State(origins): State<Arc<[HeaderValue]>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let refused = match *request.method() {
        Method::GET | Method::HEAD | Method::PUT | Method::DELETE => None,
        Method::OPTIONS if headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) => {
            let known = headers
                .get(ORIGIN)
                .is_some_and(|origin| origins.contains(origin));
            (!known).then_some(StatusCode::FORBIDDEN)
        }
        _ => Some(StatusCode::METHOD_NOT_ALLOWED),
    };
    match refused {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    }
}

fn origins_of(texts: &[String]) -> Result<Vec<HeaderValue>, StartFault> {
    let origin = |text: &String| {
        let wrong = || StartFault::Origin(text.clone());
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain = |host: &str| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']);
        host.filter(|host| plain(host)).ok_or_else(wrong)?;
        HeaderValue::from_str(text).map_err(|_| wrong())
    };
    texts.iter().map(origin).collect()
}
