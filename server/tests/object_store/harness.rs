//! A test harness: the S3 simulator on a free port, the adapter in front of it, and a browser.

use clinical_images::digest::Sha256;
use clinical_images::moment::Moment;
use clinical_images::ports::{ObjectKey, ObjectStore as _, PresignedPut, PutRequest};
use clinical_server::adapter::object_store::s3::{Keys, S3ObjectStore, S3Settings, S3Timeouts};
use reqwest::{Method, RequestBuilder, Response};
use s3_simulator::{S3Simulator, S3SimulatorSettings};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const KEY: &str = "sessions/r4nd0m/image-1/1";
pub const BYTES: &[u8] = b"\xff\xd8\xff\xe0 not really a picture \xff\xd9";
pub const ORIGIN: &str = "https://clinic.example";
pub const FIVE_MINUTES: Duration = Duration::from_secs(300);

pub fn key() -> ObjectKey {
    ObjectKey::new(KEY)
}

/// A running store with its directory.
pub struct Harness {
    pub object_store: S3ObjectStore,
    pub server: S3Simulator,
    pub dir: TempDir,
    stop: oneshot::Sender<()>,
}

impl Harness {
    pub async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(dir: TempDir) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { stopped.await.unwrap_or(()) };
        let server = S3Simulator::start(store(dir.path()), shutdown)
            .await
            .unwrap();
        let port = server.address().port();
        let object_store = S3ObjectStore::new(&settings(port));
        Self {
            object_store,
            server,
            dir,
            stop,
        }
    }

    /// Ends the store in good order and starts another on the same directory.
    pub async fn restarted(self) -> Self {
        self.stop.send(()).unwrap();
        self.server.stopped().await;
        Self::on(self.dir).await
    }

    /// A permission to put `bytes` as a JPEG at `key`.
    pub async fn permission(&self, key: &str, bytes: &[u8]) -> PresignedPut {
        self.object_store
            .presign_put(&order(key, bytes), now())
            .await
            .unwrap()
    }

    /// Puts `bytes` at `key` as a browser would.
    pub async fn put(&self, key: &str, bytes: &[u8]) {
        let signed = self.permission(key, bytes).await;
        assert_eq!(send(&signed, bytes).await.0, 200);
    }

    /// A request from a page of `origin` to the store, outside of any permission.
    pub fn ask(&self, method: Method, path: &str, origin: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.server.address());
        reqwest::Client::new()
            .request(method, url)
            .header("origin", origin)
    }

    /// The one file that holds the only object.
    pub fn only_file(&self) -> std::path::PathBuf {
        let mut files = std::fs::read_dir(self.dir.path().join("pictures")).unwrap();
        let file = files.next().expect("there is one object").unwrap().path();
        assert!(files.next().is_none());
        file
    }

    /// The file that holds the object at `key`.
    pub fn file(&self, key: &str) -> std::path::PathBuf {
        let name = format!("{}.object", Sha256::of(key.as_bytes()));
        self.dir.path().join("pictures").join(name)
    }

    /// How many files the store keeps, half-arrived ones too.
    pub fn files(&self) -> usize {
        ["pictures", ".staging"]
            .iter()
            .map(|place| {
                std::fs::read_dir(self.dir.path().join(place))
                    .unwrap()
                    .count()
            })
            .sum()
    }
}

/// What a store over `dir` is started with.
pub fn store(dir: &Path) -> S3SimulatorSettings {
    S3SimulatorSettings {
        data_dir: dir.to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        allowed_origins: vec![ORIGIN.to_owned(), "http://192.168.1.20:3000".to_owned()],
        access_key: "demo-access".into(),
        secret_key: "demo-secret-canary".into(),
        bucket: "pictures".to_owned(),
    }
}

/// The adapter's settings for a server on `port`: the adapter connects by number, browsers by name.
pub fn settings(port: u16) -> S3Settings {
    S3Settings {
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        public_endpoint: Some(format!("http://localhost:{port}")),
        region: "ap-southeast-2".to_owned(),
        bucket: "pictures".to_owned(),
        keys: Keys::Fixed {
            access_key: "demo-access".into(),
            secret_key: "demo-secret-canary".into(),
        },
        path_style: true,
        timeouts: S3Timeouts::default(),
    }
}

pub fn order(key: &str, bytes: &[u8]) -> PutRequest {
    PutRequest {
        key: ObjectKey::new(key),
        length: bytes.len() as u64,
        content_type: "image/jpeg",
        sha256: Sha256::of(bytes),
        lifetime: FIVE_MINUTES,
    }
}

pub fn now() -> Moment {
    let millis = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    Moment::from_millis(i64::try_from(millis).unwrap())
}

/// Status and body of a put with exactly the headers that were signed.
pub async fn send(signed: &PresignedPut, bytes: &[u8]) -> (u16, String) {
    answer(request(signed, bytes).send().await.unwrap()).await
}

pub fn request(signed: &PresignedPut, bytes: &[u8]) -> RequestBuilder {
    let request = reqwest::Client::new().put(&signed.url).body(bytes.to_vec());
    signed
        .headers
        .iter()
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        })
}

pub async fn answer(response: Response) -> (u16, String) {
    (response.status().as_u16(), response.text().await.unwrap())
}

/// `signed` with another value for header `name`, or without it.
pub fn altered(mut signed: PresignedPut, name: &str, value: Option<&str>) -> PresignedPut {
    let before = signed.headers.len();
    signed.headers.retain(|(header, _)| header != name);
    assert_eq!(signed.headers.len() + 1, before, "{name} was signed");
    signed
        .headers
        .extend(value.map(|value| (name.to_owned(), value.to_owned())));
    signed
}

/// The SDK as others would use it, except that it adds no checksums of its own.
pub fn sdk(harness: &Harness) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{Config, Region, RequestChecksumCalculation};
    let settings = settings(harness.server.address().port());
    let mut config = Config::builder();
    config.set_endpoint_url(settings.endpoint);
    let credentials = aws_credential_types::Credentials::new(
        "demo-access",
        "demo-secret-canary",
        None,
        None,
        "test",
    );
    aws_sdk_s3::Client::from_conf(
        config
            .region(Region::new(settings.region))
            .credentials_provider(credentials)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build(),
    )
}
