//! A test harness: the S3 simulator on a free port, Amazon's SDK in front of it, and a browser.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Config, Region, RequestChecksumCalculation};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::types::ChecksumMode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder};
use s3_simulator::{S3Simulator, S3SimulatorSettings, StartFault};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const BUCKET: &str = "pictures";
pub const KEY: &str = "sessions/r4nd0m/image-1/1";
pub const BYTES: &[u8] = b"\xff\xd8\xff\xe0 not really a picture \xff\xd9";
pub const ORIGIN: &str = "https://clinic.example";

const ACCESS_KEY: &str = "test-access";
const SECRET_KEY: &str = "test-secret";
const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// A running store with its directory.
pub struct Harness {
    pub client: Client,
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
        let server = S3Simulator::start(settings(dir.path()), shutdown)
            .await
            .unwrap();
        Self {
            client: client(&server),
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

    /// A presigned request that creates the object `key` of these bytes, and nothing else.
    pub async fn presigned(&self, key: &str, bytes: &[u8]) -> PresignedRequest {
        let put = self.client.put_object().bucket(BUCKET).key(key);
        put.content_length(i64::try_from(bytes.len()).unwrap())
            .content_type("image/jpeg")
            .checksum_sha256(checksum(bytes))
            .if_none_match("*")
            .presigned(PresigningConfig::expires_in(FIVE_MINUTES).unwrap())
            .await
            .unwrap()
    }

    /// Creates the object `key` as a browser would.
    pub async fn put(&self, key: &str, bytes: &[u8]) {
        let signed = self.presigned(key, bytes).await;
        assert_eq!(send(&signed, bytes).await, 200);
    }

    /// The checksum that the store names for the object `key`.
    pub async fn checksum(&self, key: &str) -> Option<String> {
        let head = self.client.head_object().bucket(BUCKET).key(key);
        let head = head.checksum_mode(ChecksumMode::Enabled).send().await;
        head.unwrap().checksum_sha256
    }

    /// The bytes of the object `key`.
    pub async fn read(&self, key: &str) -> Vec<u8> {
        let object = self.client.get_object().bucket(BUCKET).key(key).send();
        let body = object.await.unwrap().body.collect().await;
        body.unwrap().to_vec()
    }

    /// An unsigned request from a page of `origin`.
    pub fn ask(&self, method: Method, path: &str, origin: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.server.address());
        reqwest::Client::new()
            .request(method, url)
            .header("origin", origin)
    }

    /// How many files the store keeps, half-arrived ones too.
    pub fn files(&self) -> usize {
        [BUCKET, ".staging"]
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
pub fn settings(dir: &Path) -> S3SimulatorSettings {
    S3SimulatorSettings {
        data_dir: dir.to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        allowed_origins: vec![ORIGIN.to_owned(), "http://192.168.1.20:3000".to_owned()],
        access_key: ACCESS_KEY.into(),
        secret_key: SECRET_KEY.into(),
        bucket: BUCKET.to_owned(),
    }
}

/// Starts a store that is expected not to start.
pub async fn start_fault(settings: S3SimulatorSettings) -> StartFault {
    S3Simulator::start(settings, std::future::pending())
        .await
        .expect_err("it started")
}

/// The SDK as others would use it, except that it adds no checksums of its own.
fn client(server: &S3Simulator) -> Client {
    let credentials =
        aws_credential_types::Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    Client::from_conf(
        Config::builder()
            .endpoint_url(format!("http://{}", server.address()))
            .region(Region::new("ap-southeast-2"))
            .credentials_provider(credentials)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build(),
    )
}

/// As it stands in `x-amz-checksum-sha256`.
pub fn checksum(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// The headers that were signed and that a browser does not set by itself.
pub fn headers(signed: &PresignedRequest) -> impl Iterator<Item = (&str, &str)> {
    let own = |name: &str| ["host", "content-length"].contains(&name);
    signed.headers().filter(move |(name, _)| !own(name))
}

/// A put with exactly the headers that were signed.
pub fn request(signed: &PresignedRequest, bytes: &[u8]) -> RequestBuilder {
    let request = reqwest::Client::new()
        .put(signed.uri())
        .body(bytes.to_vec());
    headers(signed).fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// The status of such a put.
pub async fn send(signed: &PresignedRequest, bytes: &[u8]) -> u16 {
    let answer = request(signed, bytes).send().await.unwrap();
    answer.status().as_u16()
}
