//! Picture bytes in an S3 bucket: Amazon's own, or any store that speaks the same protocol.
//!
//! Owns how a request is presigned and how the store is called: addresses, time-outs, retries, checksums. Must not
//! know what a session or a picture is, and never decides what to do about a fault: it says [`PortFault`] and stops.
//!
//! Two clients, because there may be two addresses. The host is part of every signature, so what a browser is given
//! is signed for the address that browsers use, while the server itself goes the inner way.
//!
//! Checksums are asked for only where this module wants them. The SDK would otherwise add headers of its own to what
//! it signs, and each signed header is one more that the browser has to send exactly so.

mod bucket;
mod client;
mod fault;
mod keys;

pub use bucket::{BucketSetup, RuleStatus};
pub use client::{S3Settings, S3Timeouts};
pub use keys::Keys;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::types::{ChecksumMode, Object};
use clinical_images::moment::Moment;
use clinical_images::ports::{ObjectKey, ObjectRead, ObjectStore, PortFault};
use clinical_images::ports::{PresignedGet, PresignedPut, PutRequest, StoredObject};
use fault::{PORT, of_body, of_call, status_of};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// Objects that one page of a listing holds at most; S3 allows no more.
const LISTED_AT_ONCE: usize = 1000;

/// Objects read at the same time. A connection that reads keeps a buffer of up to 400 kB, so that a hundred pictures read
/// at once would cost half as much again as the pictures.
const READ_AT_ONCE: usize = 8;

/// A bucket as [`ObjectStore`]. Cheap to clone.
#[derive(Clone)]
pub struct S3ObjectStore {
    inner: Client,
    public: Client,
    region: String,
    bucket: String,
    body: Duration,
    reads: Arc<Semaphore>,
}

impl fmt::Debug for S3ObjectStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The SDK's clients would print pages, the access key among them.
        out.debug_struct("S3ObjectStore")
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

impl S3ObjectStore {
    /// The bucket that `settings` name. Sends nothing yet.
    #[must_use]
    pub fn new(settings: &S3Settings) -> Self {
        let public = settings
            .public_endpoint
            .as_deref()
            .or(settings.endpoint.as_deref());
        let keys = settings.keys.provider(&settings.region);
        Self {
            inner: client::client(settings, keys.clone(), settings.endpoint.as_deref()),
            public: client::client(settings, keys, public),
            region: settings.region.clone(),
            bucket: settings.bucket.clone(),
            body: settings.timeouts.body,
            reads: Arc::new(Semaphore::new(READ_AT_ONCE)),
        }
    }

    async fn drain(&self, reply: GetObjectOutput, limit: u64) -> Result<ObjectRead, PortFault> {
        let announced = length_of(reply.content_length)?;
        if announced > limit {
            return Ok(ObjectRead::TooLarge { length: announced });
        }
        let mut body = reply.body;
        // Cannot truncate: the announced length was just found to be within a limit that the caller holds in memory.
        let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
        while let Some(chunk) = body.try_next().await.map_err(|error| of_body(&error))? {
            if (bytes.len() + chunk.len()) as u64 > announced {
                return Err(another_length());
            }
            bytes.extend_from_slice(&chunk);
        }
        if bytes.len() as u64 != announced {
            return Err(another_length());
        }
        Ok(ObjectRead::Whole(bytes))
    }
}

#[async_trait]
impl ObjectStore for S3ObjectStore {
    async fn presign_put(
        &self,
        request: &PutRequest,
        now: Moment,
    ) -> Result<PresignedPut, PortFault> {
        let length = i64::try_from(request.length)
            .map_err(|_| PortFault::protocol(PORT, "signing: no object is that long"))?;
        // A signature knows whole seconds only.
        let from = Moment::from_millis(now.millis().max(0) / 1000 * 1000);
        let signed = self
            .public
            .put_object()
            .bucket(&self.bucket)
            .key(request.key.as_str())
            .content_length(length)
            .content_type(request.content_type)
            .checksum_sha256(request.sha256.to_base64())
            .if_none_match("*")
            .presigned(presigning(from.since(Moment::default()), request.lifetime)?)
            .await
            .map_err(|error| of_call("signing", &error))?;
        let headers = signed
            .headers()
            .filter(|(name, _)| !is_set_by_browsers(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let expires_at = from.plus(Duration::from_secs(request.lifetime.as_secs()));
        Ok(PresignedPut {
            url: signed.uri().to_owned(),
            headers,
            expires_at,
        })
    }

    async fn presign_get(
        &self,
        key: &ObjectKey,
        lifetime: Duration,
    ) -> Result<PresignedGet, PortFault> {
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
            .presigned(presigning(now, lifetime)?)
            .await
            .map_err(|error| of_call("signing", &error))?;
        Ok(PresignedGet {
            url: signed.uri().to_owned(),
        })
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, PortFault> {
        let asked = self
            .inner
            .head_object()
            .bucket(&self.bucket)
            .key(key.as_str());
        match asked.send().await {
            Ok(_) => Ok(true),
            // A reply to HEAD has no body, so a missing bucket looks the same. It must not: "nothing there" is taken
            // as proof that a copy is gone.
            Err(error) if status_of(&error) == Some(404) => match self.has_bucket().await? {
                true => Ok(false),
                false => Err(PortFault::protocol(PORT, "the bucket is not there")),
            },
            Err(error) => Err(of_call("looking at an object", &error)),
        }
    }

    async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Option<ObjectRead>, PortFault> {
        let place = self.reads.acquire().await;
        let _place = place.map_err(|closed| PortFault::protocol(PORT, closed))?;
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
        let body = tokio::time::timeout(self.body, self.drain(reply, limit));
        body.await
            .map_err(|_| PortFault::unavailable(PORT, "reading: the body took too long"))?
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

    async fn list(
        &self,
        after: Option<&ObjectKey>,
        most: usize,
    ) -> Result<Vec<StoredObject>, PortFault> {
        let most = most.clamp(1, LISTED_AT_ONCE);
        let mut token = None;
        loop {
            let page = self
                .inner
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(ObjectKey::PREFIX)
                .set_start_after(after.map(|key| key.as_str().to_owned()))
                .set_continuation_token(token)
                .max_keys(i32::try_from(most).unwrap_or(1));
            let page = page.send().await;
            let page = page.map_err(|error| of_call("listing", &error))?;
            let more = page.is_truncated() == Some(true);
            token = page.next_continuation_token().map(str::to_owned);
            let objects: Vec<_> = page
                .contents()
                .iter()
                .map(listed)
                .collect::<Result<_, _>>()?;
            // S3 may give a page without an object that is not the last; only the end may look like the end.
            if !objects.is_empty() || !more || token.is_none() {
                return Ok(objects);
            }
        }
    }
}

fn listed(object: &Object) -> Result<StoredObject, PortFault> {
    let odd = || PortFault::protocol(PORT, "listing: an object without key or time");
    let key = object.key().ok_or_else(odd)?;
    let at = object.last_modified().ok_or_else(odd)?;
    Ok(StoredObject {
        key: ObjectKey::new(key),
        length: length_of(object.size())?,
        stored_at: Moment::from_millis(at.to_millis().map_err(|_| odd())?),
    })
}

/// A presigned request that is valid from `since_epoch` for `lifetime`. S3 allows no more than a week.
fn presigning(since_epoch: Duration, lifetime: Duration) -> Result<PresigningConfig, PortFault> {
    PresigningConfig::builder()
        .start_time(UNIX_EPOCH + since_epoch)
        .expires_in(lifetime)
        .build()
        .map_err(|_| PortFault::protocol(PORT, "signing: no presigned request can live that long"))
}

/// Headers that scripts cannot set; the browser sends them by itself.
fn is_set_by_browsers(name: &str) -> bool {
    ["content-length", "host"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

fn length_of(announced: Option<i64>) -> Result<u64, PortFault> {
    let length = announced.and_then(|length| u64::try_from(length).ok());
    length.ok_or_else(|| PortFault::protocol(PORT, "the reply names no length"))
}

fn another_length() -> PortFault {
    PortFault::protocol(PORT, "reading: not as many bytes as announced")
}
