//! No demo: the type that the rest of the server names, of which no value exists. Its functions are those of `simulated.rs`.

use crate::adapter::ehr::{AlexEhr, AlexSettings};
use crate::adapter::object_store::s3::S3Settings;
use crate::config::Config;
use clinical_images::ports::Ehr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const NOT_BUILT: &str = "DEMO is set, and this program was built without the demo: unset DEMO, or start the demo with ./run, or \
                         build it with `cargo build -p clinical-server --features demo`";

/// A demo that cannot be started in this build.
pub enum Demo {}

impl Demo {
    /// Starts nothing.
    ///
    /// # Errors
    /// Always: one sentence that says how to build a server with the demo.
    pub async fn start(_: &Config, _: u16, _: CancellationToken) -> Result<Self, String> {
        Err(NOT_BUILT.to_owned())
    }

    /// Cannot be called.
    #[must_use]
    pub fn s3(&self) -> S3Settings {
        match *self {}
    }

    /// Cannot be called.
    ///
    /// # Errors
    /// None.
    pub fn alex(&self) -> Result<AlexSettings, String> {
        match *self {}
    }

    /// Cannot be called.
    #[must_use]
    pub fn medtech_url(&self) -> &str {
        match *self {}
    }

    /// Cannot be called.
    #[must_use]
    pub fn with_patients(&self, _: AlexEhr) -> Arc<dyn Ehr> {
        match *self {}
    }

    /// Cannot be called.
    pub async fn stopped(self) {
        match self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[tokio::test]
    async fn a_demo_that_was_not_built_says_how_to_build_it() {
        let config = Config::try_parse_from(["server", "--demo"]).unwrap();
        let started = Demo::start(&config, 0, CancellationToken::new()).await;
        let sentence = started.err().unwrap();
        assert!(sentence.contains("--features demo"), "{sentence}");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
    }
}
