//! The upload of one picture from a browser to the store, as a state machine: [`UploadState`] and [`UploadEvent`] give the
//! next state. Pure: the browser prepares, sends and waits, and reports each result as an event. Retries follow an
//! exponential backoff with jitter ([`RetryPolicy`]).

mod retry;
mod state;

pub use retry::RetryPolicy;
pub use state::{Unusable, UploadEvent, UploadFailure, UploadState};

#[cfg(test)]
mod tests;
