//! The client of ALEX against the simulator, and against servers that answer worse than that.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

#[path = "alex/filing.rs"]
mod filing;
#[path = "alex/finding.rs"]
mod finding;
#[path = "alex/odd_replies.rs"]
mod odd_replies;
#[path = "alex/order.rs"]
mod order;
#[path = "alex/reading.rs"]
mod reading;
#[path = "alex/scans.rs"]
mod scans;
#[path = "alex/simulator.rs"]
mod simulator;
#[path = "alex/stub.rs"]
mod stub;
#[path = "alex/tokens.rs"]
mod tokens;
