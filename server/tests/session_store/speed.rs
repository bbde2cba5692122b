//! How fast durable appends are; for people. Run with
//! `cargo test --release -p clinical-server --test session_store -- --ignored --nocapture speed`.

use crate::kit::{NOW, noted, put, request, reserve, session};
use crate::places::{InRedb, InRedis, Place};
use clinical_images::ports::{Append, Appended, SessionStore};
use clinical_images::session::decide;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SPAN: Duration = Duration::from_secs(4);

/// Appends to one session for a while; answers how long each took.
async fn write(store: Arc<dyn SessionStore>, number: u128) -> Vec<Duration> {
    store.open(&session(number)).await.unwrap();
    let mut session = put(&*store, number, reserve(1)).await;
    let (begin, mut took) = (Instant::now(), Vec::new());
    while begin.elapsed() < SPAN {
        let command = noted(1, &format!("note {}", session.version));
        let decision = decide(&session, command, NOW).unwrap();
        let (expected, request) = (session.version, request("speed"));
        let start = Instant::now();
        let append = Append {
            expected,
            request,
            decision: &decision,
        };
        assert_eq!(store.append(append).await, Ok(Appended::Done));
        took.push(start.elapsed());
        session = decision.next;
    }
    took
}

async fn measure<P: Place>(name: &str) {
    let mut out = std::io::stdout();
    for writers in [1, 8, 64] {
        let place = P::fresh().await;
        let mut tasks = JoinSet::new();
        for number in 0..writers {
            tasks.spawn(write(place.store(), number));
        }
        let mut took: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        took.sort_unstable();
        let per_second = took.len() as f64 / SPAN.as_secs_f64();
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        let line = format!(
            "{name:<5} {writers:>2} writers: {per_second:>7.0} appends/s, p50 {:.2} ms, p99 {:.2} ms",
            at(0.5),
            at(0.99),
        );
        writeln!(out, "{line}").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn durable_appends_per_second() {
    measure::<InRedb>("redb").await;
    measure::<InRedis>("Redis").await;
}
