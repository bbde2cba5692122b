//! Everything that this process logs, as production would write it, at `debug` for our own crates. One log for all
//! tests: what must not be in it must not be in it whichever test wrote the line.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

const LEVELS: &str = "info,clinical_server=debug,clinical_app=debug,clinical_images=debug,s3s=off";

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Begins to keep the log; later calls change nothing.
pub fn keep() {
    static KEPT: OnceLock<()> = OnceLock::new();
    KEPT.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LEVELS))
            .with_ansi(false)
            .with_writer(Keeper)
            .init();
    });
}

/// The log so far.
pub fn so_far() -> String {
    String::from_utf8_lossy(&lines()).into_owned()
}

/// Fails when a line holds one of these.
pub fn holds_none_of(canaries: &[&str]) {
    let log = so_far();
    for canary in canaries {
        assert!(!canary.is_empty(), "an empty canary proves nothing");
        let found = log.lines().find(|line| line.contains(canary));
        assert_eq!(found, None, "the log holds {canary:?}");
    }
}

fn lines() -> MutexGuard<'static, Vec<u8>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Keeper;

impl Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Keeper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
