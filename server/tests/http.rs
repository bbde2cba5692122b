//! The whole server over real HTTP: S3 simulator, simulated ALEX, session store, router and scheduler, each
//! behind its own port, and a browser made for tests in front.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

#[path = "http/analysis.rs"]
mod analysis;
#[path = "http/bad_input.rs"]
mod bad_input;
#[path = "http/browser.rs"]
mod browser;
#[path = "http/claims.rs"]
mod claims;
#[path = "http/client.rs"]
mod client;
#[cfg(feature = "demo")]
#[path = "http/demo.rs"]
mod demo;
#[path = "http/event_reader.rs"]
mod event_reader;
#[path = "http/event_stream.rs"]
mod event_stream;
#[path = "http/fairness.rs"]
mod fairness;
#[path = "http/functions.rs"]
mod functions;
#[path = "http/headers.rs"]
mod headers;
#[path = "http/isolation.rs"]
mod isolation;
#[path = "http/language.rs"]
mod language;
#[path = "http/launching.rs"]
mod launching;
#[path = "http/lease_expiry.rs"]
mod lease_expiry;
#[path = "http/limits.rs"]
mod limits;
#[path = "http/log.rs"]
mod log;
#[path = "http/many_readers.rs"]
mod many_readers;
#[path = "http/orphans.rs"]
mod orphans;
#[path = "http/outages.rs"]
mod outages;
#[path = "http/outbox.rs"]
mod outbox;
#[path = "http/picture_lifecycle.rs"]
mod picture_lifecycle;
#[path = "http/practice.rs"]
mod practice;
#[path = "http/practices.rs"]
mod practices;
#[path = "http/received.rs"]
mod received;
#[allow(dead_code, reason = "shared with the session stores' contract")]
#[path = "session_store/redis_server.rs"]
mod redis_server;
#[path = "http/replies.rs"]
mod replies;
#[path = "http/request_guards.rs"]
mod request_guards;
#[path = "http/restart.rs"]
mod restart;
#[path = "http/revisions.rs"]
mod revisions;
#[path = "http/roles.rs"]
mod roles;
#[path = "http/routes.rs"]
mod routes;
#[path = "http/scripted_analyst.rs"]
mod scripted_analyst;
#[path = "http/server.rs"]
mod server;
#[path = "http/stored.rs"]
mod stored;
#[path = "http/test_doubles.rs"]
mod test_doubles;
#[path = "http/test_photo.rs"]
mod test_photo;
#[path = "http/uploads.rs"]
mod uploads;
#[path = "http/visibility.rs"]
mod visibility;
