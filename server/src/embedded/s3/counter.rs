//! The counter at which S3 requests are served: S3's operations in terms of the shelf.
//!
//! Owns what a put must prove before it is kept (length, SHA-256, create-only) and what a browser or the SDK is told.
//! Signatures are checked before anything gets here. What this store does not do, it refuses (501) instead of
//! nodding: other checksums than SHA-256, conditions other than create-only, trailers, copies, multipart uploads.
//! Metadata, tags and access lists that come with a put are not kept.

use super::shelf::{Kept, Label, Published, Shelf, Staged};
use bytes::Bytes;
use clinical_images::digest::Sha256;
use futures::StreamExt as _;
use s3s::dto::{
    ChecksumMode, ChecksumType, CreateBucketInput, CreateBucketOutput, DeleteObjectInput,
    DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadBucketInput,
    HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output,
    Object, PutObjectInput, PutObjectOutput, StreamingBlob,
};
use s3s::{Body, S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use sha2::Digest as _;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// How long a sender may pause within a body.
const PAUSE: Duration = Duration::from_secs(30);
/// How many keys one page of a listing holds at most.
const PAGE: i32 = 1000;

/// S3's operations over a [`Shelf`].
#[derive(Debug)]
pub(super) struct Counter {
    shelf: Arc<Shelf>,
    limit: u64,
}

/// A body that has come in whole.
struct Received {
    staged: Staged,
    file: File,
    length: u64,
    sha256: Sha256,
}

impl Counter {
    /// A counter that takes objects of up to `limit` bytes.
    pub fn new(shelf: Arc<Shelf>, limit: u64) -> Self {
        Self { shelf, limit }
    }

    /// Runs `work` where blocking does no harm.
    async fn at_shelf<T, W>(&self, work: W) -> S3Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Shelf) -> io::Result<T> + Send + 'static,
    {
        let shelf = Arc::clone(&self.shelf);
        let done = tokio::task::spawn_blocking(move || work(&shelf)).await;
        done.map_err(S3Error::internal_error)?
            .map_err(S3Error::internal_error)
    }

    async fn receive(&self, body: Option<StreamingBlob>) -> S3Result<Received> {
        let (staged, file) = self.at_shelf(Shelf::stage).await?;
        let mut file = tokio::fs::File::from_std(file);
        let mut digest = sha2::Sha256::new();
        let mut length = 0;
        let mut body = body.unwrap_or_else(|| Body::empty().into());
        while let Some(chunk) = tokio::time::timeout(PAUSE, body.next())
            .await
            .map_err(|_| s3_error!(RequestTimeout, "The body stopped coming."))?
        {
            let chunk = chunk.map_err(|_| s3_error!(IncompleteBody))?;
            length += chunk.len() as u64;
            if length > self.limit {
                return Err(s3_error!(EntityTooLarge));
            }
            digest.update(&chunk);
            file.write_all(&chunk)
                .await
                .map_err(S3Error::internal_error)?;
        }
        file.flush().await.map_err(S3Error::internal_error)?;
        let file = file.into_std().await;
        Ok(Received {
            staged,
            file,
            length,
            sha256: Sha256::from_bytes(digest.finalize().into()),
        })
    }

    async fn found(&self, bucket: &str, key: String) -> S3Result<Kept> {
        let bucket = self.bucket(bucket).await?;
        let kept = self
            .at_shelf(move |shelf| shelf.look(&bucket, &key))
            .await?;
        kept.ok_or_else(|| s3_error!(NoSuchKey))
    }

    async fn bucket(&self, name: &str) -> S3Result<String> {
        let bucket = name.to_owned();
        let there = self
            .at_shelf(move |shelf| Ok(shelf.has_bucket(&bucket)))
            .await?;
        if there {
            Ok(name.to_owned())
        } else {
            Err(s3_error!(NoSuchBucket))
        }
    }
}

#[async_trait::async_trait]
impl S3 for Counter {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let create_only = refuse_what_is_not_done(&request)?;
        let input = request.input;
        let announced = input
            .content_length
            .and_then(|length| u64::try_from(length).ok());
        if announced.is_some_and(|length| length > self.limit) {
            return Err(s3_error!(EntityTooLarge));
        }
        let bucket = self.bucket(&input.bucket).await?;
        let Received {
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
        let label = Label {
            key: input.key,
            length,
            sha256,
            content_type: input.content_type,
        };
        let publish =
            move |shelf: &Shelf| shelf.publish(staged, file, &bucket, &label, create_only);
        match self.at_shelf(publish).await? {
            Published::Done => Ok(S3Response::new(PutObjectOutput {
                checksum_sha256: Some(checksum),
                checksum_type: Some(full_object()),
                e_tag: Some(tag(sha256)),
                ..Default::default()
            })),
            Published::Occupied => Err(s3_error!(PreconditionFailed)),
            Published::NoBucket => Err(s3_error!(NoSuchBucket)),
        }
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let kept = self.found(&input.bucket, input.key).await?;
        let checksum = checksum_for(input.checksum_mode.as_ref(), &kept);
        Ok(S3Response::new(HeadObjectOutput {
            checksum_type: checksum.as_ref().map(|_| full_object()),
            checksum_sha256: checksum,
            content_length: Some(signed(kept.label.length)),
            e_tag: Some(tag(kept.label.sha256)),
            last_modified: Some(kept.since.into()),
            content_type: kept.label.content_type,
            ..Default::default()
        }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let (bucket, key) = (self.bucket(&input.bucket).await?, input.key);
        let found = self
            .at_shelf(move |shelf| shelf.fetch(&bucket, &key))
            .await?;
        let (kept, bytes) = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        let checksum = checksum_for(input.checksum_mode.as_ref(), &kept);
        Ok(S3Response::new(GetObjectOutput {
            checksum_type: checksum.as_ref().map(|_| full_object()),
            checksum_sha256: checksum,
            content_length: Some(signed(kept.label.length)),
            e_tag: Some(tag(kept.label.sha256)),
            last_modified: Some(kept.since.into()),
            content_type: kept.label.content_type,
            body: Some(Body::from(Bytes::from(bytes)).into()),
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let (bucket, key) = (self.bucket(&request.input.bucket).await?, request.input.key);
        self.at_shelf(move |shelf| shelf.remove(&bucket, &key))
            .await?;
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
        let mut found = self
            .at_shelf(move |shelf| shelf.list(&bucket, &prefix))
            .await?;
        // The last key of the page before is the token.
        if let Some(after) = input
            .continuation_token
            .as_ref()
            .or(input.start_after.as_ref())
        {
            found.retain(|kept| kept.label.key > *after);
        }
        let page = usize::try_from(input.max_keys.unwrap_or(PAGE).clamp(1, PAGE)).unwrap_or(1);
        let more = found.len() > page;
        found.truncate(page);
        let token = found
            .last()
            .filter(|_| more)
            .map(|kept| kept.label.key.clone());
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            continuation_token: input.continuation_token,
            start_after: input.start_after,
            max_keys: i32::try_from(page).ok(),
            key_count: i32::try_from(found.len()).ok(),
            is_truncated: Some(more),
            next_continuation_token: token,
            contents: Some(found.into_iter().map(listed).collect()),
            ..Default::default()
        }))
    }

    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = request.input.bucket;
        let location = Some(format!("/{bucket}"));
        if self
            .at_shelf(move |shelf| shelf.make_bucket(&bucket))
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
}

/// Whether the put is create-only; an error when it asks for something that this store would have to ignore.
fn refuse_what_is_not_done(request: &S3Request<PutObjectInput>) -> S3Result<bool> {
    let input = &request.input;
    let other_checksum = input.checksum_crc32.is_some()
        || input.checksum_crc32c.is_some()
        || input.checksum_crc64nvme.is_some()
        || input.checksum_sha1.is_some()
        || input.content_md5.is_some()
        || request.trailing_headers.is_some();
    if other_checksum {
        return Err(s3_error!(
            NotImplemented,
            "This store checks x-amz-checksum-sha256 only."
        ));
    }
    let other_condition = input.if_match.is_some() || input.write_offset_bytes.is_some();
    match &input.if_none_match {
        None if !other_condition => Ok(false),
        Some(ETagCondition::Any) if !other_condition => Ok(true),
        _ => Err(s3_error!(
            NotImplemented,
            "This store knows one condition: if-none-match *."
        )),
    }
}

fn checksum_for(mode: Option<&ChecksumMode>, kept: &Kept) -> Option<String> {
    let asked = mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED);
    asked.then(|| kept.label.sha256.to_base64())
}

fn full_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

fn listed(kept: Kept) -> Object {
    Object {
        e_tag: Some(tag(kept.label.sha256)),
        size: Some(signed(kept.label.length)),
        last_modified: Some(kept.since.into()),
        key: Some(kept.label.key),
        ..Default::default()
    }
}

/// S3 promises no particular tag; this one is as good as the bytes.
fn tag(sha256: Sha256) -> ETag {
    ETag::Strong(sha256.to_string())
}

/// A length as S3's types want it. Nothing here is longer than the limit of one put.
fn signed(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
