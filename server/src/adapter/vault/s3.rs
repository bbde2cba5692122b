//! Picture bytes in an S3 bucket: Amazon's own, or any store that speaks the same protocol.
//!
//! Owns how a permission is signed and how the store is spoken to: addresses, time-outs, retries, checksums. Must not
//! know what a session or a picture is, and never decides what to do about a fault: it says [`PortFault`] and stops.
//!
//! Two clients, because there may be two addresses. The host is part of every signature, so what a browser is given
//! is signed for the address that browsers use, while the server itself goes the inner way.
//!
//! Checksums are asked for only where this module wants them. The SDK would otherwise add headers of its own to what
//! it signs, and each signed header is one more that the browser has to send exactly so.

mod fault;

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{Config, Region, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{BucketLocationConstraint, ChecksumMode, CreateBucketConfiguration};
use clinical_images::digest::Sha256;
use clinical_images::moment::Moment;
use clinical_images::ports::{ObjectHead, ObjectKey, ObjectVault, PortFault};
use clinical_images::ports::{PutOrder, SignedGet, SignedPut};
use fault::{PORT, of_body, of_call, status_of};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long until a connection stands.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one attempt may take until the head of the reply is there.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How long all attempts of one call may take together.
const OPERATION: Duration = Duration::from_secs(15);
/// How long the body of a reply may take once its head is there.
const BODY: Duration = Duration::from_secs(15);
/// The region whose name must not be given when a bucket is made.
const FIRST_REGION: &str = "us-east-1";

/// Where the store is, and who we are there.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// Address of the store as the server reaches it; `None` for Amazon's own of the region.
    pub endpoint: Option<String>,
    /// Address of the store as browsers reach it; `None` when it is the same.
    pub public_endpoint: Option<String>,
    /// Region, part of every signature. Other stores than Amazon's take any, as long as it is the one they expect.
    pub region: String,
    /// The bucket that holds the pictures.
    pub bucket: String,
    /// Access key. Fixed credentials only: the chain (instance role, web identity) needs `aws-config`.
    pub access_key: SecretString,
    /// Its secret.
    pub secret_key: SecretString,
    /// Bucket in the path instead of in the host name: most stores that are not Amazon's want it so.
    pub path_style: bool,
}

/// A bucket as [`ObjectVault`]. Cheap to clone.
#[derive(Clone)]
pub struct S3Vault {
    inner: Client,
    public: Client,
    region: String,
    bucket: String,
}

impl fmt::Debug for S3Vault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The SDK's clients would print pages, the access key among them.
        out.debug_struct("S3Vault")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

impl S3Vault {
    /// A vault over the bucket that `settings` name. Speaks to nobody yet.
    #[must_use]
    pub fn new(settings: &S3Settings) -> Self {
        let public = settings
            .public_endpoint
            .as_deref()
            .or(settings.endpoint.as_deref());
        Self {
            inner: Client::from_conf(configured(settings, settings.endpoint.as_deref())),
            public: Client::from_conf(configured(settings, public)),
            region: settings.region.clone(),
            bucket: settings.bucket.clone(),
        }
    }

    /// Whether the bucket is there. A read-only question, for start-up and readiness.
    ///
    /// # Errors
    /// When the store does not answer, or does not let us in.
    pub async fn has_bucket(&self) -> Result<bool, PortFault> {
        match self.inner.head_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(true),
            Err(error) if status_of(&error) == Some(404) => Ok(false),
            Err(error) => Err(of_call("asking for the bucket", &error)),
        }
    }

    /// Makes the bucket if it is missing. For the demo; in production the bucket is made with its policies by others.
    ///
    /// # Errors
    /// When the store does not answer, or does not allow it.
    pub async fn ensure_bucket(&self) -> Result<(), PortFault> {
        if self.has_bucket().await? {
            return Ok(());
        }
        let place = (self.region != FIRST_REGION).then(|| {
            let region = BucketLocationConstraint::from(self.region.as_str());
            CreateBucketConfiguration::builder()
                .location_constraint(region)
                .build()
        });
        let made = self.inner.create_bucket().bucket(&self.bucket);
        match made.set_create_bucket_configuration(place).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(answer) if answer.is_bucket_already_owned_by_you() => Ok(()),
                _ => Err(of_call("making the bucket", &error)),
            },
        }
    }

    async fn drain(&self, reply: GetObjectOutput, limit: u64) -> Result<Vec<u8>, PortFault> {
        let announced = length_of(reply.content_length)?;
        if announced > limit {
            return Err(too_large(limit));
        }
        let mut body = reply.body;
        // Cannot truncate: the announced length was just found to be within a limit that the caller holds in memory.
        let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(chunk) = body.try_next().await.map_err(|error| of_body(&error))? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() as u64 != announced {
            return Err(PortFault::broken(
                PORT,
                "reading: not as many bytes as announced",
            ));
        }
        Ok(bytes)
    }
}

#[async_trait]
impl ObjectVault for S3Vault {
    async fn sign_put(&self, order: &PutOrder, now: Moment) -> Result<SignedPut, PortFault> {
        let length = i64::try_from(order.length)
            .map_err(|_| PortFault::broken(PORT, "signing: no object is that long"))?;
        // A signature knows whole seconds only.
        let from = Moment::from_millis(now.millis().max(0) / 1000 * 1000);
        let signed = self
            .public
            .put_object()
            .bucket(&self.bucket)
            .key(order.key.as_str())
            .content_length(length)
            .content_type(order.content_type)
            .checksum_sha256(order.sha256.to_base64())
            .if_none_match("*")
            .presigned(permission(from.since(Moment::default()), order.lifetime)?)
            .await
            .map_err(|error| of_call("signing", &error))?;
        let headers = signed
            .headers()
            .filter(|(name, _)| !is_set_by_browsers(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let expires_at = from.plus(Duration::from_secs(order.lifetime.as_secs()));
        Ok(SignedPut {
            url: signed.uri().to_owned(),
            headers,
            expires_at,
        })
    }

    async fn sign_get(&self, key: &ObjectKey, lifetime: Duration) -> Result<SignedGet, PortFault> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let signed = self
            .public
            .get_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            // A picture must not outlive its session in a browser's cache.
            .response_cache_control("private, no-store")
            .presigned(permission(now, lifetime)?)
            .await
            .map_err(|error| of_call("signing", &error))?;
        Ok(SignedGet {
            url: signed.uri().to_owned(),
        })
    }

    async fn head(&self, key: &ObjectKey) -> Result<Option<ObjectHead>, PortFault> {
        let asked = self
            .inner
            .head_object()
            .bucket(&self.bucket)
            .key(key.as_str());
        let reply = match asked.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(reply) => reply,
            // A reply to HEAD has no body, so a missing bucket looks the same: start-up checks that one.
            Err(error) if status_of(&error) == Some(404) => return Ok(None),
            Err(error) => return Err(of_call("looking at an object", &error)),
        };
        let length = length_of(reply.content_length)?;
        // A checksum of checksums (`…-2`, after a multipart upload) says nothing about the whole: as good as none.
        let sha256 = reply
            .checksum_sha256()
            .and_then(|text| Sha256::from_base64(text).ok());
        Ok(Some(ObjectHead { length, sha256 }))
    }

    async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Option<Vec<u8>>, PortFault> {
        let asked = self
            .inner
            .get_object()
            .bucket(&self.bucket)
            .key(key.as_str());
        // With the mode on, the SDK compares the bytes with the store's checksum while they come in.
        let reply = match asked.checksum_mode(ChecksumMode::Enabled).send().await {
            Ok(reply) => reply,
            Err(error) => match error.as_service_error() {
                Some(answer) if answer.is_no_such_key() => return Ok(None),
                _ => return Err(of_call("reading", &error)),
            },
        };
        let body = tokio::time::timeout(BODY, self.drain(reply, limit));
        body.await
            .map_err(|_| PortFault::away(PORT, "reading: the body took too long"))?
            .map(Some)
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), PortFault> {
        let asked = self
            .inner
            .delete_object()
            .bucket(&self.bucket)
            .key(key.as_str());
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // Amazon never says so; some stores do.
                Some(answer) if answer.meta().code() == Some("NoSuchKey") => Ok(()),
                _ => Err(of_call("deleting", &error)),
            },
        }
    }
}

fn configured(settings: &S3Settings, endpoint: Option<&str>) -> Config {
    let credentials = Credentials::new(
        settings.access_key.expose_secret(),
        settings.secret_key.expose_secret(),
        None,
        None,
        "settings",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION);
    let mut config = Config::builder();
    config.set_endpoint_url(endpoint.map(str::to_owned));
    config
        .region(Region::new(settings.region.clone()))
        .credentials_provider(credentials)
        .force_path_style(settings.path_style)
        .timeout_config(timeouts.build())
        .retry_config(RetryConfig::standard())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build()
}

/// A permission from `since_epoch` for `lifetime`. S3 allows no more than a week.
fn permission(since_epoch: Duration, lifetime: Duration) -> Result<PresigningConfig, PortFault> {
    PresigningConfig::builder()
        .start_time(UNIX_EPOCH + since_epoch)
        .expires_in(lifetime)
        .build()
        .map_err(|_| PortFault::broken(PORT, "signing: no permission can live that long"))
}

/// Headers that scripts cannot set; the browser sends them by itself.
fn is_set_by_browsers(name: &str) -> bool {
    ["content-length", "host"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

fn length_of(announced: Option<i64>) -> Result<u64, PortFault> {
    let length = announced.and_then(|length| u64::try_from(length).ok());
    length.ok_or_else(|| PortFault::broken(PORT, "the reply names no length"))
}

fn too_large(limit: u64) -> PortFault {
    PortFault::broken(
        PORT,
        format!("reading: more than the {limit} bytes that are allowed"),
    )
}
