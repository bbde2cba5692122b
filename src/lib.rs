//! The clinic's words and rules: what a session is, what may happen to a picture, how a phone joins, what ALEX is
//! told. No I/O, no DOM, no clock, no randomness, no runtime.
//!
//! Features: `codec` adds the picture pipeline, `service` adds the ports and use cases that the server runs.

pub mod digest;
pub mod moment;
#[cfg(feature = "service")]
pub mod ports;
#[cfg(feature = "codec")]
pub mod codec;
