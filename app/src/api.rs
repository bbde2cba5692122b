//! Server functions: one for each thing a page asks for, five lines each. They find the caller's access token, call one use
//! case, and return what came of it in one error type with one mapping to HTTP statuses.

mod error;
#[cfg(feature = "ssr")]
mod qr;
#[cfg(feature = "ssr")]
pub mod server;

mod desk;
mod phone;
mod pictures;

pub use desk::*;
pub use error::{ApiError, ApiResult};
pub use phone::*;
pub use pictures::*;
