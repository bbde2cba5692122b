//! The object store: where a picture's bytes lie between phone and record. An S3 bucket, or anything that behaves like one.
//!
//! Browsers send and fetch the bytes themselves, with presigned requests; the server signs them, and reads, lists and
//! deletes. The port knows nothing of sessions and pictures.

use super::PortFault;
use crate::digest::Sha256;
use crate::moment::Moment;
use crate::picture::{ObjectKey, PresignedPut};
use async_trait::async_trait;
use std::fmt;
use std::time::Duration;

/// What exactly a browser may put, and where. Everything in it becomes part of the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRequest {
    /// Where the object will lie. Create-only: an existing object is never replaced.
    pub key: ObjectKey,
    /// Exact number of bytes.
    pub length: u64,
    /// Exact media type.
    pub content_type: &'static str,
    /// Digest of the bytes, checked by the store when they arrive.
    pub sha256: Sha256,
    /// How long the presigned request stays valid.
    pub lifetime: Duration,
}

/// A presigned GET of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedGet {
    /// Where to fetch it with `GET`. Whoever has the address can read the object until it expires.
    pub url: String,
}

/// What a read found at a key.
#[derive(Clone, PartialEq, Eq)]
pub enum ObjectRead {
    /// All bytes of the object.
    Whole(Vec<u8>),
    /// Not read: the object is larger than the caller's limit.
    TooLarge {
        /// Number of bytes held.
        length: u64,
    },
}

impl ObjectRead {
    /// The bytes of an object that was within the limit.
    #[must_use]
    pub fn whole(self) -> Option<Vec<u8>> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::TooLarge { .. } => None,
        }
    }
}

/// Shows how many bytes there are, and none of them.
impl fmt::Debug for ObjectRead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(out, "Whole({} bytes)", bytes.len()),
            Self::TooLarge { length } => write!(out, "TooLarge({length} bytes)"),
        }
    }
}

/// An object as a listing tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Where it lies.
    pub key: ObjectKey,
    /// Number of bytes.
    pub length: u64,
    /// When the store took it, by the store's clock.
    pub stored_at: Moment,
}

/// A store of picture bytes. Every object is created once and never replaced.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Presigns a PUT of one object.
    ///
    /// # Errors
    /// When the store's credentials cannot be had.
    async fn presign_put(
        &self,
        request: &PutRequest,
        now: Moment,
    ) -> Result<PresignedPut, PortFault>;

    /// Presigns a GET of one object, valid for `lifetime`.
    ///
    /// # Errors
    /// When the store's credentials cannot be had.
    async fn presign_get(
        &self,
        key: &ObjectKey,
        lifetime: Duration,
    ) -> Result<PresignedGet, PortFault>;

    /// Whether an object lies at `key`. `false` is proof that none does.
    ///
    /// # Errors
    /// When the store does not answer, or has no place for objects at all.
    async fn exists(&self, key: &ObjectKey) -> Result<bool, PortFault>;

    /// The object at `key`; `None` when none lies there. Reads at most `limit` bytes.
    ///
    /// # Errors
    /// When the store does not answer, has no place for objects at all, or the bytes are not those that it took.
    async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Option<ObjectRead>, PortFault>;

    /// Deletes what lies at `key`. Deleting nothing is fine.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn delete(&self, key: &ObjectKey) -> Result<(), PortFault>;

    /// Objects under `sessions/` behind `after`, by key, at most `most` of them. An empty page is the end. What was
    /// stored before the call is in it; what comes or goes meanwhile may be.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn list(
        &self,
        after: Option<&ObjectKey>,
        most: usize,
    ) -> Result<Vec<StoredObject>, PortFault>;
}
