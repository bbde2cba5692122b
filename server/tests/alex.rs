//! The client of ALEX against the simulator, and against servers that answer worse than that.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

#[path = "alex/lookup.rs"]
mod lookup;
#[path = "alex/odd_replies.rs"]
mod odd_replies;
#[path = "alex/reading.rs"]
mod reading;
#[path = "alex/requests.rs"]
mod requests;
#[path = "alex/scans.rs"]
mod scans;
#[path = "alex/simulator.rs"]
mod simulator;
#[path = "alex/stub.rs"]
mod stub;
#[path = "alex/submit.rs"]
mod submit;
#[path = "alex/tokens.rs"]
mod tokens;
