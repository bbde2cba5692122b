//! The whole server over real HTTP: embedded picture store, simulated ALEX, session store, router and scheduler, each
//! behind its own port, and a browser made for tests in front.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

#[path = "http/away.rs"]
mod away;
#[path = "http/bad_input.rs"]
mod bad_input;
#[path = "http/browser.rs"]
mod browser;
#[path = "http/claims.rs"]
mod claims;
#[path = "http/demo.rs"]
mod demo;
#[path = "http/doors.rs"]
mod doors;
#[path = "http/doubles.rs"]
mod doubles;
#[path = "http/fairness.rs"]
mod fairness;
#[path = "http/following.rs"]
mod following;
#[path = "http/functions.rs"]
mod functions;
#[path = "http/headers.rs"]
mod headers;
#[path = "http/launching.rs"]
mod launching;
#[path = "http/lease_expiry.rs"]
mod lease_expiry;
#[path = "http/limits.rs"]
mod limits;
#[path = "http/log.rs"]
mod log;
#[path = "http/outbox.rs"]
mod outbox;
#[path = "http/practice.rs"]
mod practice;
#[path = "http/received.rs"]
mod received;
#[allow(dead_code, reason = "shared with the session stores' contract")]
#[path = "session_store/redis_server.rs"]
mod redis_server;
#[path = "http/replies.rs"]
mod replies;
#[path = "http/restart.rs"]
mod restart;
#[path = "http/roles.rs"]
mod roles;
#[path = "http/seat.rs"]
mod seat;
#[path = "http/server.rs"]
mod server;
#[path = "http/shot.rs"]
mod shot;
#[path = "http/sight.rs"]
mod sight;
#[path = "http/stored.rs"]
mod stored;
#[path = "http/strays.rs"]
mod strays;
#[path = "http/stream.rs"]
mod stream;
#[path = "http/streams.rs"]
mod streams;
#[path = "http/uploads.rs"]
mod uploads;
#[path = "http/whole_way.rs"]
mod whole_way;
