//! Logs: one message that reads alone, with dotted fields. Never a name, an NHI, a note, a token or a query string.

use crate::config::Log;
use tracing_subscriber::EnvFilter;

/// Begins to log as configured. A level that cannot be read counts as `info`.
pub fn begin(log: &Log) {
    // s3s prints whole requests at debug and every 404 at error; what happened is logged by whoever asked.
    let levels = format!("{},s3s=off", log.log);
    let filter = EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new("info,s3s=off"));
    let to = tracing_subscriber::fmt()
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
