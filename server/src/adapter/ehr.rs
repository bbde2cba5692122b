//! The record system: ALEX, Medtech's FHIR interface, over HTTP.
//!
//! Owns addresses, tokens, headers, time-outs and what every reply and every silence means. Knows
//! no session: it does what it is told once, and says what is known afterwards.

mod alex;
mod call;
mod filing;
mod finding;
mod launch;
mod local_time;
mod meaning;
mod oauth;
mod payload;
mod reading;
mod settings;

pub use alex::AlexEhr;
pub use settings::{AlexSettings, AlexSettingsFault};
