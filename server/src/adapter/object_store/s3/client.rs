//! How the store is spoken to: address, keys, time-outs, retries.

use super::Keys;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    Config, IdentityCache, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use std::time::Duration;

/// Tries of one call, the first among them.
const TRIES: u32 = 3;
/// Keys that end sooner than this are fetched anew: a presigned request must not end before it says, and it ends with the
/// keys that it was signed with.
const KEYS_LAST: Duration = Duration::from_secs(5 * 60);
/// How long the keys may take to be had.
const KEYS_WITHIN: Duration = Duration::from_secs(5);

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
    /// What requests are signed with.
    pub keys: Keys,
    /// Bucket in the path instead of in the host name: most stores that are not Amazon's want it so.
    pub path_style: bool,
    /// How long to wait for the store.
    pub timeouts: S3Timeouts,
}

/// Time-outs of calls to the store. The SDK by itself would wait for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S3Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the head of the reply is there, in one attempt.
    pub attempt: Duration,
    /// The same for all attempts of one call together.
    pub operation: Duration,
    /// Until the whole body is there once its head is, however steadily it trickles.
    pub body: Duration,
}

impl Default for S3Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            attempt: Duration::from_secs(5),
            operation: Duration::from_secs(15),
            body: Duration::from_secs(15),
        }
    }
}

pub(super) fn client(
    settings: &S3Settings,
    keys: SharedCredentialsProvider,
    endpoint: Option<&str>,
) -> Client {
    let S3Timeouts {
        connect,
        attempt,
        operation,
        ..
    } = settings.timeouts;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(connect)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation);
    let cache = IdentityCache::lazy()
        .buffer_time(KEYS_LAST)
        .load_timeout(KEYS_WITHIN);
    let mut config = Config::builder();
    config.set_endpoint_url(endpoint.map(str::to_owned));
    let config = config
        .region(Region::new(settings.region.clone()))
        .credentials_provider(keys)
        .identity_cache(cache.build())
        .force_path_style(settings.path_style)
        .timeout_config(timeouts.build())
        .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    Client::from_conf(config.build())
}
