//! The analyst: somebody outside who describes a picture in words, as a stream of text.
//!
//! The port knows nothing of sessions, patients and permissions, and must not: what is in an [`AnalysisRequest`] leaves the house.

use crate::analysis::{AnalysisPart, Prompt};
use bytes::Bytes;
use futures_core::Stream;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

/// Everything that an analyst is told. No name, NHI, note, file name or id goes along.
#[derive(Clone)]
pub struct AnalysisRequest {
    /// The picture: an upright JPEG within the limits of a prepared picture, without EXIF or any other metadata.
    pub jpeg: Bytes,
    /// What is asked about it.
    pub prompt: Prompt,
}

impl fmt::Debug for AnalysisRequest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AnalysisRequest({} bytes)", self.jpeg.len())
    }
}

/// Why an analyst's answer ended early. Details are the adapter's own words (a status, the name of an error, a correlation id): never
/// what the analyst wrote, and nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalystFault {
    /// It does not answer, does not accept our key, or says that it does not work at present (connection errors, time-outs, 401, 5xx).
    #[error("analyst unavailable: {0}")]
    Unavailable(String),
    /// It has too much to do, or has been asked too often (429, 529).
    #[error("analyst busy: asks to be left alone for {retry_after:?}")]
    Busy {
        /// How long it wants to be left alone, when it said so.
        retry_after: Option<Duration>,
    },
    /// It declines to answer. Asking the same again does not help.
    #[error("analyst declined to answer")]
    Declined,
    /// Its answer broke off or violates its protocol.
    #[error("analyst violated its protocol: {0}")]
    Malformed(String),
    /// It stopped because the answer reached the length that it was allowed.
    #[error("analyst's answer too long")]
    TooLong,
}

/// An answer as it comes: texts, then `Done` or one fault, then the end. What comes after `Done` or a fault is not read.
///
/// Nothing is sent before the stream is polled for the first time. **Dropping the stream cancels the call**: the adapter closes its
/// connection at once and starts nothing that outlives the stream. It reads no faster than it is polled, so that an answer which nobody
/// takes does not pile up.
pub type AnalysisParts = Pin<Box<dyn Stream<Item = Result<AnalysisPart, AnalystFault>> + Send>>;

/// Describes pictures in words.
///
/// An implementation keeps no state of a request and tries nothing twice by itself. It need not bound the answer's length or the time it
/// takes: [`Services::analyse`](crate::service::Services::analyse) and its callers do.
pub trait Analyst: Send + Sync {
    /// Asks about one picture. Faults of connecting come in the stream like all others.
    fn analyse(&self, request: AnalysisRequest) -> AnalysisParts;
}
