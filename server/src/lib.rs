//! The outside world: configuration, HTTP, adapters, and the demo where it is built in. Names no component of the
//! application but the application itself.

#![recursion_limit = "1024"]

pub mod adapter;
pub mod command;
pub mod config;
pub mod demo;
pub mod failpoint;
mod http;
pub mod practices;
pub mod router;
pub mod telemetry;
pub mod wire;
pub mod worker;
