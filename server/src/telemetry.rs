//! Logs: one message that reads alone, with dotted fields. Never a name, an NHI, a note, a token or a query string.

use crate::config::Log;
use std::io;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Where logs go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: the log is what the program says.
    Output,
    /// Standard error: what the program says is something else.
    Error,
}

/// s3s prints whole requests at debug and every 404 at error; fred prints commands at trace, sessions and all. What
/// happened is logged by whoever asked.
const SILENCED: &str = "s3s=off,fred=off";

/// Begins to log as configured. A level that cannot be read counts as `info`.
pub fn begin(log: &Log, stream: Stream) {
    let levels = format!("{},{SILENCED}", log.log);
    let filter =
        EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new(format!("info,{SILENCED}")));
    let writer = match stream {
        Stream::Output => BoxMakeWriter::new(io::stdout),
        Stream::Error => BoxMakeWriter::new(io::stderr),
    };
    let to = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_env_filter(filter)
        .with_target(false);
    let begun = if log.log_json {
        to.json().try_init()
    } else {
        to.try_init()
    };
    // A second call, as in tests, keeps the first one's settings.
    let _ = begun;
}
