//! The bucket itself: whether it is there, how it is made, and the rules it needs. What an operator does once.

use super::S3ObjectStore;
use super::fault::{PORT, is_unsupported, of_call, status_of};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint,
    BucketVersioningStatus, CorsConfiguration, CorsRule, CreateBucketConfiguration,
    ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration,
};
use clinical_images::ports::{ObjectKey, PortFault};

/// The region whose name must not be given when a bucket is made.
const FIRST_REGION: &str = "us-east-1";
/// Names of our rules. Others that a bucket has are left as they are.
const CORS_RULE: &str = "clinical-images-upload";
const LIFECYCLE_RULE: &str = "clinical-images-second-net";
/// Days after which the store itself deletes whatever the garbage collection of orphans has left. The least that S3 knows.
const SECOND_NET_DAYS: i32 = 1;
/// Seconds for which a browser may remember a preflight's answer.
const PREFLIGHT: i32 = 3600;

/// How a rule of the bucket stands after the setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStatus {
    /// The bucket had exactly this rule before.
    AlreadySet,
    /// The rule was added, or replaced an older one of ours.
    Created,
    /// The store does not support such rules.
    Unsupported,
}

/// What the setup of a bucket did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketSetup {
    /// Whether the bucket was made.
    pub made: bool,
    /// The CORS rule that lets the clinic's pages put from a browser.
    pub cors: RuleStatus,
    /// The lifecycle rule by which the store itself deletes.
    pub lifecycle: RuleStatus,
    /// Whether it keeps what is deleted as an older version.
    pub keeps_versions: bool,
}

impl S3ObjectStore {
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

    /// Makes the bucket if it is missing; whether it was.
    ///
    /// # Errors
    /// When the store does not answer, or does not allow it.
    pub async fn ensure_bucket(&self) -> Result<bool, PortFault> {
        if self.has_bucket().await? {
            return Ok(false);
        }
        let place = (self.region != FIRST_REGION).then(|| {
            let region = BucketLocationConstraint::from(self.region.as_str());
            CreateBucketConfiguration::builder()
                .location_constraint(region)
                .build()
        });
        let made = self.inner.create_bucket().bucket(&self.bucket);
        match made.set_create_bucket_configuration(place).send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(answer) if answer.is_bucket_already_owned_by_you() => Ok(false),
                _ => Err(of_call("making the bucket", &error)),
            },
        }
    }

    /// Makes the bucket if it is missing and gives it the rules it needs: pages of `origin` may put, and what lies
    /// longer than a day goes. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the store does not answer, or does not allow it.
    pub async fn set_up(&self, origin: &str) -> Result<BucketSetup, PortFault> {
        Ok(BucketSetup {
            made: self.ensure_bucket().await?,
            cors: self.allow_uploads_from(origin).await?,
            lifecycle: self.set_lifecycle_rule().await?,
            keeps_versions: self.keeps_versions().await?,
        })
    }

    async fn allow_uploads_from(&self, origin: &str) -> Result<RuleStatus, PortFault> {
        let asked = self.inner.get_bucket_cors().bucket(&self.bucket);
        let present = match asked.send().await {
            Ok(reply) => reply.cors_rules().to_vec(),
            Err(error) if is_unsupported(&error) => return Ok(RuleStatus::Unsupported),
            Err(error) if lacks(&error, "NoSuchCORSConfiguration") => Vec::new(),
            Err(error) => return Err(of_call("asking for the CORS rules", &error)),
        };
        let Some(rules) = with(present, cors_rule(origin)?, |rule| rule.id()) else {
            return Ok(RuleStatus::AlreadySet);
        };
        let rules = CorsConfiguration::builder().set_cors_rules(Some(rules));
        let put = self.inner.put_bucket_cors().bucket(&self.bucket);
        let put = put.cors_configuration(rules.build().map_err(|_| incomplete())?);
        rule_status("setting the CORS rules", put.send().await.map(drop))
    }

    async fn set_lifecycle_rule(&self) -> Result<RuleStatus, PortFault> {
        let asked = self.inner.get_bucket_lifecycle_configuration();
        let present = match asked.bucket(&self.bucket).send().await {
            Ok(reply) => reply.rules().to_vec(),
            Err(error) if is_unsupported(&error) => return Ok(RuleStatus::Unsupported),
            Err(error) if lacks(&error, "NoSuchLifecycleConfiguration") => Vec::new(),
            Err(error) => return Err(of_call("asking for the lifecycle rules", &error)),
        };
        let Some(rules) = with(present, lifecycle_rule()?, |rule| rule.id()) else {
            return Ok(RuleStatus::AlreadySet);
        };
        let rules = BucketLifecycleConfiguration::builder().set_rules(Some(rules));
        let put = self.inner.put_bucket_lifecycle_configuration();
        let put = put
            .bucket(&self.bucket)
            .lifecycle_configuration(rules.build().map_err(|_| incomplete())?);
        rule_status("setting the lifecycle rules", put.send().await.map(drop))
    }

    /// Whether deleting leaves an older version behind.
    ///
    /// # Errors
    /// When the store does not answer, or does not tell us.
    pub async fn keeps_versions(&self) -> Result<bool, PortFault> {
        let asked = self.inner.get_bucket_versioning().bucket(&self.bucket);
        match asked.send().await {
            Ok(reply) => Ok(reply.status() == Some(&BucketVersioningStatus::Enabled)),
            Err(error) if is_unsupported(&error) => Ok(false),
            Err(error) => Err(of_call("asking whether versions are kept", &error)),
        }
    }
}

/// Exactly what an upload from a browser needs, and no more.
fn cors_rule(origin: &str) -> Result<CorsRule, PortFault> {
    let rule = CorsRule::builder()
        .id(CORS_RULE)
        .allowed_origins(origin)
        .allowed_methods("PUT")
        .allowed_headers("content-type")
        .allowed_headers("if-none-match")
        .allowed_headers("x-amz-checksum-sha256")
        .max_age_seconds(PREFLIGHT);
    rule.build().map_err(|_| incomplete())
}

fn lifecycle_rule() -> Result<LifecycleRule, PortFault> {
    let expiration = LifecycleExpiration::builder().days(SECOND_NET_DAYS);
    let versions = NoncurrentVersionExpiration::builder().noncurrent_days(SECOND_NET_DAYS);
    let pieces = AbortIncompleteMultipartUpload::builder().days_after_initiation(SECOND_NET_DAYS);
    let filter = LifecycleRuleFilter::builder().prefix(ObjectKey::PREFIX);
    let rule = LifecycleRule::builder()
        .id(LIFECYCLE_RULE)
        .status(ExpirationStatus::Enabled)
        .filter(filter.build())
        .expiration(expiration.build())
        .noncurrent_version_expiration(versions.build())
        .abort_incomplete_multipart_upload(pieces.build());
    rule.build().map_err(|_| incomplete())
}

/// The rules with ours among them; `None` when it is there already.
fn with<R: PartialEq>(
    mut rules: Vec<R>,
    ours: R,
    id: impl Fn(&R) -> Option<&str>,
) -> Option<Vec<R>> {
    if rules.contains(&ours) {
        return None;
    }
    rules.retain(|rule| id(rule) != id(&ours));
    rules.push(ours);
    Some(rules)
}

fn rule_status<E>(
    doing: &str,
    answer: Result<(), SdkError<E, aws_sdk_s3::config::http::HttpResponse>>,
) -> Result<RuleStatus, PortFault>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match answer {
        Ok(()) => Ok(RuleStatus::Created),
        Err(error) if is_unsupported(&error) => Ok(RuleStatus::Unsupported),
        Err(error) => Err(of_call(doing, &error)),
    }
}

fn lacks<E: ProvideErrorMetadata>(
    error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
    code: &str,
) -> bool {
    error.as_service_error().and_then(|answer| answer.code()) == Some(code)
}

fn incomplete() -> PortFault {
    PortFault::protocol(PORT, "a rule for the bucket lacks a part")
}
