//! The clinic's words and rules: what a session is, what may happen to a picture, how a phone joins, what ALEX is
//! told. No I/O, no DOM, no clock, no randomness, no runtime.
//!
//! Features: `codec` adds the picture pipeline, `service` adds the ports and use cases that the server runs.

pub mod access;
pub mod analysis;
pub mod audit;
pub mod capture;
#[cfg(feature = "codec-core")]
pub mod codec;
pub mod digest;
pub mod fhir;
pub mod id;
pub mod launch;
pub mod moment;
pub mod nhi;
pub mod outbox;
pub mod patient;
pub mod picture;
#[cfg(feature = "service")]
pub mod ports;
pub mod practice;
pub mod record;
pub mod refusal;
pub mod scan;
#[cfg(feature = "service")]
pub mod service;
pub mod session;
#[cfg(feature = "service")]
pub mod stored;
pub mod upload;
