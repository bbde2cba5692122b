//! Validation of a PUT: its body is received, counted and digested, and options that this store does not support are
//! refused.

use super::S3Operations;
use crate::digest::Sha256;
use crate::disk::{DiskStore, Staged};
use futures::StreamExt as _;
use s3s::dto::{ETagCondition, PutObjectInput, StreamingBlob};
use s3s::{Body, S3Error, S3Request, S3Result, s3_error};
use sha2::Digest as _;
use std::fs::File;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// How long a sender may pause within a body.
const PAUSE: Duration = Duration::from_secs(30);

/// A body that was received completely.
pub(super) struct ReceivedBody {
    pub staged: Staged,
    pub file: File,
    pub length: u64,
    pub sha256: Sha256,
}

impl S3Operations {
    /// Receives a body, up to the limit, into a staged file.
    pub(super) async fn receive(&self, body: Option<StreamingBlob>) -> S3Result<ReceivedBody> {
        let (staged, file) = self.on_disk(DiskStore::stage).await?;
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
        Ok(ReceivedBody {
            staged,
            file,
            length,
            sha256: digest.into(),
        })
    }
}

/// Whether the put is create-only; an error when it asks for something that this store would have to ignore.
pub(super) fn refuse_unsupported(request: &S3Request<PutObjectInput>) -> S3Result<bool> {
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
