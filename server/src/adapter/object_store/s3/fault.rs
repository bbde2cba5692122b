//! From the SDK's errors to [`PortFault`].
//!
//! Owns what of an error is told. The SDK's own texts may hold addresses with signatures in their query, so none of
//! them is passed on: only what was being done, a status, the store's error code, the kind of an I/O error.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStreamError;
use clinical_images::ports::{Port, PortFault};
use std::error::Error;

/// The port's name in every fault.
pub(super) const PORT: Port = Port::ObjectStore;

/// The HTTP status that the store answered with, if it answered.
pub(super) fn status_of<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|reply| reply.status().as_u16())
}

/// Whether the store does not support what it was asked to do, so that asking again is no use.
pub(super) fn is_unsupported<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error.as_service_error().and_then(|answer| answer.code());
    matches!(status_of(error), Some(405 | 501))
        || matches!(
            code,
            Some("NotImplemented" | "MethodNotAllowed" | "XNotImplemented")
        )
}

/// What went wrong while `doing` something.
pub(super) fn of_call<E: ProvideErrorMetadata + Error + 'static>(
    doing: &str,
    error: &SdkError<E, HttpResponse>,
) -> PortFault {
    match error {
        // Wherever in the SDK the lack of keys comes up, it is this at the bottom.
        error if chain(error).any(|cause| cause.is::<CredentialsError>()) => {
            PortFault::unavailable(PORT, format!("{doing}: no credentials could be had"))
        }
        SdkError::TimeoutError(_) => {
            PortFault::unavailable(PORT, format!("{doing}: no answer in time"))
        }
        SdkError::DispatchFailure(failure) => {
            let cause = failure
                .as_connector_error()
                .and_then(|cause| io_kind(cause));
            let kind = cause.map_or("no connection".to_owned(), |kind| kind.to_string());
            PortFault::unavailable(PORT, format!("{doing}: {kind}"))
        }
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = plain(answer.err().code().unwrap_or("no code"));
            let detail = format!("{doing}: status {status}, {code}");
            match status {
                408 | 429 | 500.. => PortFault::unavailable(PORT, detail),
                _ => PortFault::protocol(PORT, detail),
            }
        }
        SdkError::ResponseError(_) => {
            PortFault::protocol(PORT, format!("{doing}: the reply cannot be read"))
        }
        _ => PortFault::protocol(PORT, format!("{doing}: the request cannot be made")),
    }
}

/// What went wrong while the body of a reply came in.
pub(super) fn of_body(error: &ByteStreamError) -> PortFault {
    // The SDK's type for this is not among those it shows.
    if chain(error).any(|cause| cause.to_string().contains("checksum mismatch")) {
        return PortFault::protocol(PORT, "reading: the bytes do not match their checksum");
    }
    PortFault::unavailable(PORT, "reading: the reply broke off")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&(dyn Error + 'static)| {
        (*cause).source()
    })
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<std::io::ErrorKind> {
    chain(error)
        .find_map(|cause| cause.downcast_ref::<std::io::Error>())
        .map(std::io::Error::kind)
}

/// An error code comes from outside: letters and digits of it, and not many.
fn plain(code: &str) -> String {
    code.chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .take(60)
        .collect()
}
