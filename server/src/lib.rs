//! The outside world: configuration, HTTP, adapters, and what the demo runs by itself. Names no component of the
//! application but the application itself.

#![recursion_limit = "1024"]

pub mod adapter;
pub mod command;
pub mod config;
pub mod embedded;
pub mod failpoint;
mod http;
pub mod practices;
pub mod router;
pub mod telemetry;
pub mod wire;
pub mod worker;
