//! The record system: ALEX, Medtech's FHIR interface, over HTTP.
//!
//! Owns addresses, tokens, headers, time-outs and what every reply and every missing reply means. Knows
//! no session: it carries out a request once, and says what is known afterwards.

mod alex;
mod answer;
mod call;
mod classify;
mod launch;
mod local_time;
mod lookup;
mod oauth;
mod payload;
mod reading;
mod settings;
mod submit;

pub use alex::AlexEhr;
pub use settings::{AlexSettings, AlexSettingsFault};
