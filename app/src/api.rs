//! Server functions: one for each thing a page asks for, five lines each. They find the caller's access token, call one use
//! case, and return what came of it in one error type with one mapping to HTTP statuses.

#[cfg(feature = "ssr")]
mod caller;
mod error;
#[cfg(feature = "ssr")]
mod qr;
#[cfg(feature = "ssr")]
pub mod server;

mod desk;
mod embedded;
mod phone;
mod pictures;
mod start;

#[cfg(feature = "ssr")]
use clinical_images::access::Operation;

pub use desk::*;
pub use embedded::EmbeddedJson;
#[cfg(feature = "ssr")]
pub use error::AGAIN_AFTER;
pub use error::{ApiError, ApiResult};
pub use phone::*;
pub use pictures::*;
pub use start::*;

/// Every server function, by the end of its address, with the row of the policy that says who may call it. A function that is
/// registered and does not stand here fails a test.
#[cfg(feature = "ssr")]
pub const FUNCTIONS: &[(&str, Operation)] = &[
    ("start", Operation::ReadStart),
    ("desk/snapshot", Operation::ReadSession),
    ("desk/offer-link", Operation::OfferLink),
    ("desk/revoke-link", Operation::RevokeLink),
    ("desk/commit", Operation::Commit),
    ("desk/settle", Operation::ResolveManually),
    ("desk/end", Operation::End),
    ("phone/claim", Operation::ClaimLink),
    ("phone/snapshot", Operation::ReadSession),
    ("phone/confirm-patient", Operation::ConfirmPatient),
    ("phone/decline-patient", Operation::DeclinePatient),
    ("phone/leave", Operation::LeaveLink),
    ("pictures/reserve", Operation::Reserve),
    ("pictures/arrived", Operation::Arrive),
    ("pictures/revise", Operation::Revise),
    ("pictures/revision-arrived", Operation::ArriveRevision),
    ("pictures/cancel-revision", Operation::CancelRevision),
    ("pictures/revert", Operation::Revert),
    ("pictures/describe", Operation::Describe),
    ("pictures/remove", Operation::Remove),
];
