//! What commands carry: those that have a reply of a type of their own, and the values inside the others.

use crate::digest::Sha256;
use crate::id::{OutboxEntryId, PictureId, WorkerId};
use crate::moment::Moment;
use crate::picture::jpeg::JpegHeader;
use crate::picture::{Details, Edit, Rendition};
use crate::session::DeviceKind;
use serde::{Deserialize, Serialize};

/// Claims a link for the phone that shows its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimLink {
    /// Digest of the code.
    pub code: Sha256,
    /// Digest of the cookie that the phone will hold.
    pub cookie: Sha256,
    /// The phone's kind.
    pub device: DeviceKind,
}

/// A picture that somebody wants to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UploadClaim {
    /// Its name, chosen by the surface.
    pub picture: PictureId,
    /// The prepared JPEG.
    pub rendition: Rendition,
    /// When it was taken, by the device's clock.
    pub taken_at: Moment,
    /// What was said about it so far.
    pub details: Details,
}

/// A later revision of a picture that somebody wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevisionClaim {
    /// Which picture.
    pub picture: PictureId,
    /// Digest of the bytes that were shown when it was edited. When others are shown by now, the revision is refused.
    pub edited_from: Sha256,
    /// The prepared JPEG.
    pub rendition: Rendition,
    /// What was done to the original to make it.
    pub edit: Edit,
}

/// What the server found under a picture's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whose object it is: the attempt that the key was made for.
    pub attempt: u32,
    /// Number of bytes.
    pub length: u64,
    /// Their digest.
    pub sha256: Sha256,
    /// What they say of themselves; nothing when they are no whole JPEG.
    #[serde(skip)]
    pub jpeg: Option<JpegHeader>,
}

/// The precondition of a commit, as `If-Match` is one of a PUT: what the GP had on the screen when pressing Commit. A commit
/// of anything that changed since is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommitPrecondition {
    /// Fingerprint of the patient in the banner.
    pub patient: Sha256,
    /// Revision of the session's view.
    pub revision: u64,
}

/// How the pictures of a commit become scanned documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scans {
    /// Each is a document of its own.
    #[default]
    Separate,
    /// All are pages of one, in the session's order; of several, when one would be larger than the record takes.
    Together,
    /// What was committed before stays as it was; anything else is separate. For a retry.
    AsBefore,
}

/// Claims an outbox entry to post it to ALEX.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginSubmit {
    /// The entry to be posted.
    pub entry: OutboxEntryId,
    /// The worker that claims it.
    pub worker: WorkerId,
    /// Names the attempt in ALEX's logs and in ours.
    pub correlation: String,
}

/// Claims an outbox entry, whose outcome is unknown, to search the record for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginLookup {
    /// The entry to be looked up.
    pub entry: OutboxEntryId,
    /// The worker that claims the search.
    pub worker: WorkerId,
}
