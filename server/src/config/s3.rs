//! The picture store: its address, its bucket, and the keys to it.

use super::ConfigFault;
use clap::Args;
use secrecy::SecretString;

/// The picture store. Not needed in the demo, which brings its own.
#[derive(Clone, Debug, Args)]
pub struct S3 {
    /// Address of an S3-compatible store; Amazon S3 when it is not set.
    #[arg(long, env = "S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    /// Address at which browsers reach the same store, when it differs.
    #[arg(long, env = "S3_PUBLIC_ENDPOINT")]
    pub s3_public_endpoint: Option<String>,
    /// Region of the bucket.
    #[arg(long, env = "S3_REGION", default_value = "ap-southeast-6")]
    pub s3_region: String,
    /// Name of the bucket that holds the pictures.
    #[arg(long, env = "S3_BUCKET")]
    pub s3_bucket: Option<String>,
    /// Access key of the store. Without it and its secret, the credentials that the machine provides are used.
    #[arg(long, env = "S3_ACCESS_KEY_ID", hide_env_values = true)]
    pub s3_access_key_id: Option<SecretString>,
    /// Secret of the access key.
    #[arg(long, env = "S3_SECRET_ACCESS_KEY", hide_env_values = true)]
    pub s3_secret_access_key: Option<SecretString>,
    /// Put the bucket into the path instead of the host name.
    #[arg(long, env = "S3_PATH_STYLE", default_value_t = false)]
    pub s3_path_style: bool,
}

impl S3 {
    /// What keeps the server from using the store. The demo brings a bucket of its own.
    pub(super) fn faults(&self, demo: bool) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        if self.s3_access_key_id.is_some() != self.s3_secret_access_key.is_some() {
            faults.push(ConfigFault::HalfAKey);
        }
        if !demo && self.s3_bucket.is_none() {
            faults.push(ConfigFault::Missing("S3_BUCKET"));
        }
        faults
    }
}
