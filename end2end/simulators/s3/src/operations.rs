//! S3's operations over the disk store.
//!
//! Owns what is validated before a PUT is stored (length, SHA-256, create-only) and what is answered to a browser or the
//! SDK. Signatures are checked before anything gets here. What this store does not support, it refuses (501) instead of
//! ignoring it: other checksums than SHA-256, conditions other than create-only, trailers, copies, multipart uploads.
//! Metadata, tags and access lists that come with a put are not stored.

mod listing;
mod validate_put;

use super::disk::{DiskStore, ObjectMeta, PutResult, Rules, StoredObject};
use crate::digest::Sha256;
use bytes::Bytes;
use listing::page;
use s3s::dto::{
    ChecksumMode, ChecksumType, CreateBucketInput, CreateBucketOutput, DeleteObjectInput,
    DeleteObjectOutput, ETag, GetBucketCorsInput, GetBucketCorsOutput,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput,
    GetBucketVersioningInput, GetBucketVersioningOutput, GetObjectInput, GetObjectOutput,
    HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, PutBucketCorsInput, PutBucketCorsOutput,
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput, PutObjectInput,
    PutObjectOutput,
};
use s3s::{Body, S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use std::io;
use std::sync::Arc;
use validate_put::{ReceivedBody, refuse_unsupported};

/// S3's operations over a [`DiskStore`].
#[derive(Debug)]
pub(super) struct S3Operations {
    disk: Arc<DiskStore>,
    limit: u64,
}

impl S3Operations {
    /// Operations that take objects of up to `limit` bytes.
    pub fn new(disk: Arc<DiskStore>, limit: u64) -> Self {
        Self { disk, limit }
    }

    /// Runs `work`, which may block, on a thread where blocking does no harm.
    async fn on_disk<T, W>(&self, work: W) -> S3Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&DiskStore) -> io::Result<T> + Send + 'static,
    {
        let disk = Arc::clone(&self.disk);
        let done = tokio::task::spawn_blocking(move || work(&disk)).await;
        done.map_err(S3Error::internal_error)?
            .map_err(S3Error::internal_error)
    }

    async fn found(&self, bucket: &str, key: String) -> S3Result<StoredObject> {
        let bucket = self.bucket(bucket).await?;
        let stored = self.on_disk(move |disk| disk.head(&bucket, &key)).await?;
        stored.ok_or_else(|| s3_error!(NoSuchKey))
    }

    async fn bucket(&self, name: &str) -> S3Result<String> {
        let bucket = name.to_owned();
        let there = self
            .on_disk(move |disk| Ok(disk.has_bucket(&bucket)))
            .await?;
        if there {
            Ok(name.to_owned())
        } else {
            Err(s3_error!(NoSuchBucket))
        }
    }

    async fn rules(&self, bucket: &str) -> S3Result<Rules> {
        let bucket = self.bucket(bucket).await?;
        Ok(self.disk.rules(&bucket))
    }

    /// Changes a bucket's rules; refuses what this store would not carry out.
    async fn change_rules(
        &self,
        bucket: &str,
        change: impl FnOnce(&mut Rules) + Send,
    ) -> S3Result<()> {
        let bucket = self.bucket(bucket).await?;
        let mut rules = self.disk.rules(&bucket);
        change(&mut rules);
        if !rules.is_supported() {
            return Err(s3_error!(
                NotImplemented,
                "This store knows rules by origin, method, header, prefix and days."
            ));
        }
        self.on_disk(move |disk| disk.set_rules(&bucket, rules))
            .await
    }
}

#[async_trait::async_trait]
impl S3 for S3Operations {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let create_only = refuse_unsupported(&request)?;
        let input = request.input;
        let announced = input
            .content_length
            .and_then(|length| u64::try_from(length).ok());
        if announced.is_some_and(|length| length > self.limit) {
            return Err(s3_error!(EntityTooLarge));
        }
        let bucket = self.bucket(&input.bucket).await?;
        let ReceivedBody {
            staged,
            file,
            length,
            sha256,
        } = self.receive(input.body).await?;
        if announced.is_some_and(|announced| announced != length) {
            return Err(s3_error!(IncompleteBody));
        }
        let checksum = sha256.to_base64();
        if input
            .checksum_sha256
            .is_some_and(|expected| expected != checksum)
        {
            return Err(s3_error!(
                BadDigest,
                "The bytes do not match their SHA-256 checksum."
            ));
        }
        let meta = ObjectMeta {
            key: input.key,
            length,
            sha256,
            content_type: input.content_type,
        };
        let publish =
            move |disk: &DiskStore| disk.publish(staged, file, &bucket, &meta, create_only);
        match self.on_disk(publish).await? {
            PutResult::Stored => Ok(S3Response::new(PutObjectOutput {
                checksum_sha256: Some(checksum),
                checksum_type: Some(full_object()),
                e_tag: Some(tag(sha256)),
                ..Default::default()
            })),
            PutResult::AlreadyExists => Err(s3_error!(PreconditionFailed)),
            PutResult::NoBucket => Err(s3_error!(NoSuchBucket)),
        }
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let stored = self.found(&input.bucket, input.key).await?;
        let checksum = checksum_for(input.checksum_mode.as_ref(), &stored);
        Ok(S3Response::new(HeadObjectOutput {
            checksum_type: checksum.as_ref().map(|_| full_object()),
            checksum_sha256: checksum,
            content_length: Some(signed(stored.meta.length)),
            e_tag: Some(tag(stored.meta.sha256)),
            last_modified: Some(stored.stored_at.into()),
            content_type: stored.meta.content_type,
            ..Default::default()
        }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let (bucket, key) = (self.bucket(&input.bucket).await?, input.key);
        let found = self.on_disk(move |disk| disk.get(&bucket, &key)).await?;
        let (stored, bytes) = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        let checksum = checksum_for(input.checksum_mode.as_ref(), &stored);
        Ok(S3Response::new(GetObjectOutput {
            checksum_type: checksum.as_ref().map(|_| full_object()),
            checksum_sha256: checksum,
            content_length: Some(signed(stored.meta.length)),
            e_tag: Some(tag(stored.meta.sha256)),
            last_modified: Some(stored.stored_at.into()),
            content_type: stored.meta.content_type,
            body: Some(Body::from(Bytes::from(bytes)).into()),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let (bucket, key) = (self.bucket(&request.input.bucket).await?, request.input.key);
        self.on_disk(move |disk| disk.remove(&bucket, &key)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        if input.delimiter.is_some() || input.encoding_type.is_some() {
            return Err(s3_error!(
                NotImplemented,
                "This store lists keys plainly, not by folder."
            ));
        }
        let bucket = self.bucket(&input.bucket).await?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let found = self
            .on_disk(move |disk| disk.list(&bucket, &prefix))
            .await?;
        Ok(S3Response::new(page(found, input)))
    }

    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = request.input.bucket;
        let location = Some(format!("/{bucket}"));
        if self
            .on_disk(move |disk| disk.create_bucket(&bucket))
            .await?
        {
            return Ok(S3Response::new(CreateBucketOutput { location }));
        }
        Err(s3_error!(BucketAlreadyOwnedByYou))
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.bucket(&request.input.bucket).await?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_cors(
        &self,
        request: S3Request<GetBucketCorsInput>,
    ) -> S3Result<S3Response<GetBucketCorsOutput>> {
        let cors_rules = self.rules(&request.input.bucket).await?.cors;
        if cors_rules.is_empty() {
            return Err(s3_error!(NoSuchCORSConfiguration));
        }
        let cors_rules = Some(cors_rules);
        Ok(S3Response::new(GetBucketCorsOutput { cors_rules }))
    }

    async fn put_bucket_cors(
        &self,
        request: S3Request<PutBucketCorsInput>,
    ) -> S3Result<S3Response<PutBucketCorsOutput>> {
        let cors = request.input.cors_configuration.cors_rules;
        let change = |rules: &mut Rules| rules.cors = cors;
        self.change_rules(&request.input.bucket, change).await?;
        Ok(S3Response::new(PutBucketCorsOutput::default()))
    }

    async fn get_bucket_lifecycle_configuration(
        &self,
        request: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        let rules = self.rules(&request.input.bucket).await?.lifecycle;
        if rules.is_empty() {
            return Err(s3_error!(NoSuchLifecycleConfiguration));
        }
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput {
            rules: Some(rules),
            ..Default::default()
        }))
    }

    async fn put_bucket_lifecycle_configuration(
        &self,
        request: S3Request<PutBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<PutBucketLifecycleConfigurationOutput>> {
        let configuration = request.input.lifecycle_configuration;
        let lifecycle = configuration.map_or_else(Vec::new, |it| it.rules);
        let change = |rules: &mut Rules| rules.lifecycle = lifecycle;
        self.change_rules(&request.input.bucket, change).await?;
        Ok(S3Response::new(
            PutBucketLifecycleConfigurationOutput::default(),
        ))
    }

    /// There are no versions here: what is deleted is gone.
    async fn get_bucket_versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<S3Response<GetBucketVersioningOutput>> {
        self.bucket(&request.input.bucket).await?;
        Ok(S3Response::new(GetBucketVersioningOutput::default()))
    }
}

fn checksum_for(mode: Option<&ChecksumMode>, stored: &StoredObject) -> Option<String> {
    let asked = mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED);
    asked.then(|| stored.meta.sha256.to_base64())
}

fn full_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

/// S3 promises no particular tag; this one is as good as the bytes.
fn tag(sha256: Sha256) -> ETag {
    ETag::Strong(sha256.to_string())
}

/// A length as S3's types want it. Nothing here is longer than the limit of one put.
fn signed(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
