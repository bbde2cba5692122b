//! `./bench commit`: how fast committed pictures reach the record, and what that costs in memory.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints its figures, and fails by panicking"
)]
#![allow(
    dead_code,
    reason = "what stands around the server is shared with the tests"
)]

#[path = "http/browser.rs"]
mod browser;
#[path = "http/client.rs"]
mod client;
#[path = "http/event_reader.rs"]
mod event_reader;
#[path = "http/practice.rs"]
mod practice;
#[path = "kill/server.rs"]
mod server;
#[path = "http/test_photo.rs"]
mod test_photo;

use client::Client;
use clinical_images::id::PictureId;
use clinical_images::session::Scans;
use photo::TestPhoto;
use serde_json::{Value, json};
use server::Server;
use std::time::{Duration, Instant};

/// Pictures of a session.
const A_SESSION: usize = 20;
/// Bytes of a picture: just below the limit.
const LARGE: usize = 999_000;

/// Sessions with this many pictures together, ready to be committed.
async fn prepared(server: &Server, many: usize, bytes: usize) -> Vec<(Client, Vec<PictureId>)> {
    let mut sessions = Vec::new();
    for begin in (0..many).step_by(A_SESSION) {
        let desk = server.desk().await;
        let mut ids = Vec::new();
        for _ in begin..many.min(begin + A_SESSION) {
            let photo = TestPhoto::of_about(bytes);
            desk.send(&photo).await;
            ids.push(photo.id());
        }
        sessions.push((desk, ids));
    }
    sessions
}

async fn commit(sessions: &[(Client, Vec<PictureId>)], scans: Scans) {
    for (desk, ids) in sessions {
        desk.commit_as(ids, scans).await.is_fine();
    }
}

/// Waits until the record holds so many pictures, as photos or as pages of scans.
async fn recorded(server: &Server, many: usize) {
    loop {
        let pages = |scan: &Value| scan["pages"].as_array().map_or(0, Vec::len);
        let scans: usize = server.practice.documents().await.iter().map(pages).sum();
        if server.practice.media().await.len() + scans >= many {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Everything, one after the other, told as it goes and written to `target/bench/commit.json`.
#[tokio::test(flavor = "multi_thread")]
async fn commit_bench() {
    let mut rates = Vec::new();
    for (answer, many, at_once) in [(0, 60, 4), (200, 60, 4), (3000, 20, 4), (3000, 100, 100)] {
        rates.push(pictures_a_second(answer, many, at_once).await);
    }
    let mut memory = Vec::new();
    for (target, scans) in [
        ("media", Scans::Separate),
        ("scan-pdf", Scans::Separate),
        ("scan-pdf", Scans::Together),
    ] {
        memory.push(memory_of_a_hundred_under_way(target, scans).await);
    }
    let figures = json!({
        "pictures_a_second": rates,
        "memory": memory,
        "outage": five_hundred_after_an_outage().await,
    });
    let written = serde_json::to_string_pretty(&figures).unwrap();
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench");
    std::fs::create_dir_all(directory).unwrap();
    std::fs::write(format!("{directory}/commit.json"), written).unwrap();
}

async fn pictures_a_second(answer_ms: u64, many: usize, at_once: usize) -> Value {
    let server = Server::start_with(None, &pace(at_once)).await;
    let sessions = prepared(&server, many, 300_000).await;
    server.practice.answers_in(Duration::from_millis(answer_ms));
    let begun = Instant::now();
    commit(&sessions, Scans::Separate).await;
    recorded(&server, many).await;
    let rate = tenths(many as f64 / begun.elapsed().as_secs_f64());
    println!(
        "commit: {many} pictures, {at_once} at once, ALEX answers in {answer_ms} ms: {rate} pictures/s"
    );
    json!({ "answer_ms": answer_ms, "pictures": many, "at_once": at_once, "rate": rate })
}

async fn memory_of_a_hundred_under_way(target: &str, scans: Scans) -> Value {
    let mut settings = pace(100).to_vec();
    settings.push(("FILING_TARGETS", target.to_owned()));
    let server = Server::start_with(None, &settings).await;
    let idle = server.memory("VmRSS");
    server.practice.answers_in(Duration::from_secs(8));
    let sessions = prepared(&server, 100, LARGE).await;
    server.forget_peak();
    let before = server.memory("VmRSS");
    commit(&sessions, scans).await;
    recorded(&server, 100).await;
    let most = server.memory("VmHWM");
    println!(
        "commit: 100 pictures of 1 MB at ALEX at once, {target} {scans:?}: {most} MB at most; {before} MB before, \
         {idle} MB at start"
    );
    json!({
        "pictures": 100, "target": target, "scans": scans,
        "most_mb": most, "before_mb": before, "start_mb": idle,
    })
}

async fn five_hundred_after_an_outage() -> Value {
    const OUTAGE: Duration = Duration::from_secs(10);
    let server = Server::start_with(None, &pace(4)).await;
    let sessions = prepared(&server, 500, 20_000).await;
    server.practice.goes_away(true);
    server.hurry();
    commit(&sessions, Scans::Separate).await;
    tokio::time::sleep(OUTAGE).await;
    assert!(server.practice.media().await.is_empty());
    server.practice.goes_away(false);
    let begun = Instant::now();
    recorded(&server, 500).await;
    let took = begun.elapsed().as_secs_f64();
    let rate = tenths(500.0 / took);
    let took = tenths(took);
    let records = server.practice.media().await.len();
    println!(
        "commit: 500 pictures after an outage of 10 minutes (10 s at 60 times): drained in {took} s, {rate} pictures/s; \
         {records} records"
    );
    assert_eq!(records, 500, "each once");
    json!({ "pictures": 500, "outage_minutes": 10, "drained_in_s": took, "rate": rate, "records": records })
}

fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}

/// Nothing but ALEX and the server itself is in the way.
fn pace(at_once: usize) -> [(&'static str, String); 2] {
    [
        ("FILING_CONCURRENCY", at_once.to_string()),
        ("FILING_PER_SECOND", "1000".to_owned()),
    ]
}
