//! How fast the session stores make appends durable, and how soon an event is heard.
//!
//! Both stores are measured in turn within each round, so that a machine that is slower for a while is so for both; of
//! several rounds the median counts.

mod appends;
mod events;
mod figures;

use self::figures::{Figures, median};
use crate::cluster::{Cluster, LoneRedis, Sessions};
use clinical_images::ports::SessionStore;
use clinical_server::adapter::session::redb::RedbSessions;
use clinical_server::adapter::session::redis::{RedisSessions, RedisSettings};
use serde::Serialize;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Numbers of writers, each with a session of its own.
const WRITERS: [u64; 3] = [1, 8, 64];
/// Durable appends a second in redb with the most writers, on two cores.
const REDB_TARGET: f64 = 10_000.0;
/// Milliseconds until an event is heard on another server, of 99 in a hundred.
const ACROSS_TARGET_MS: f64 = 100.0;

/// What is measured, and for how long.
#[derive(Debug, clap::Args)]
pub struct StoresOptions {
    /// Seconds for each store and number of writers in each round.
    #[arg(long, default_value_t = 2)]
    pub seconds: u64,
    /// Rounds, of which the median counts.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Where data goes while it is measured; emptied first.
    #[arg(long, default_value = "target/bench/stores")]
    pub dir: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "target/bench/stores.json")]
    pub to: PathBuf,
}

#[derive(Serialize)]
struct Report {
    appends: Vec<Appends>,
    events: Vec<Events>,
}

#[derive(Serialize)]
struct Appends {
    store: &'static str,
    writers: u64,
    #[serde(flatten)]
    figures: Figures,
}

/// Milliseconds until a follower has read the line: after the answer to whoever asked, and after the question.
#[derive(Serialize)]
struct Events {
    heard: &'static str,
    after_answer: Figures,
    after_question: Figures,
}

/// Measures, prints and writes the report.
///
/// # Errors
/// A sentence, when something does not start or cannot be written.
pub async fn measure(options: StoresOptions) -> Result<(), String> {
    let dir = std::path::absolute(&options.dir).map_err(|fault| fault.to_string())?;
    crate::emptied(&dir)?;
    let report = Report {
        appends: appends_of_both(&dir, &options).await?,
        events: deliveries(&dir).await?,
    };
    let text = serde_json::to_string_pretty(&report).map_err(|fault| fault.to_string())?;
    if let Some(parent) = options.to.parent() {
        std::fs::create_dir_all(parent).map_err(|fault| fault.to_string())?;
    }
    std::fs::write(&options.to, text).map_err(|fault| format!("{}: {fault}", options.to.display()))
}

async fn appends_of_both(dir: &Path, options: &StoresOptions) -> Result<Vec<Appends>, String> {
    let redis = LoneRedis::start(dir)
        .await
        .map_err(|fault| fault.to_string())?;
    let settings = RedisSettings {
        url: redis.url().into(),
        prefix: "bench".to_owned(),
        time_out: Duration::from_secs(2),
        unsafe_allowed: false,
    };
    let in_redis = RedisSessions::connect(&settings)
        .await
        .map_err(|fault| fault.to_string())?;
    let in_redb =
        RedbSessions::open(&dir.join("sessions.redb")).map_err(|fault| fault.to_string())?;
    let stores: [(&str, Arc<dyn SessionStore>); 2] =
        [("redb", Arc::new(in_redb)), ("Redis", Arc::new(in_redis))];
    let span = Duration::from_secs(options.seconds);
    let mut rows = Vec::new();
    for writers in WRITERS {
        let mut seen = [Vec::new(), Vec::new()];
        for round in 0..options.rounds.max(1) {
            for ((_, store), seen) in stores.iter().zip(&mut seen) {
                seen.push(appends::measure(store, writers, round, span).await?);
            }
        }
        for ((store, _), seen) in stores.iter().zip(&seen) {
            let row = Appends {
                store,
                writers,
                figures: median(seen),
            };
            print_appends(&row);
            rows.push(row);
        }
    }
    Ok(rows)
}

async fn deliveries(dir: &Path) -> Result<Vec<Events>, String> {
    let cluster = Cluster::start(&dir.join("cluster"), Sessions::Redis)
        .await
        .map_err(|fault| fault.to_string())?;
    let rows = events::measure(cluster.endpoints()).await?;
    rows.iter().for_each(print_events);
    Ok(rows)
}

fn print_appends(row: &Appends) {
    let Figures {
        per_second,
        p50_ms,
        p99_ms,
    } = row.figures;
    let target = if row.store == "redb" && row.writers == WRITERS[2] {
        verdict(per_second >= REDB_TARGET, "at least 10,000/s")
    } else {
        String::new()
    };
    say(&format!(
        "{:<5} {:>2} writers: {per_second:>6.0} durable appends/s, p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms{target}",
        row.store, row.writers
    ));
}

fn print_events(row: &Events) {
    let (answer, question) = (row.after_answer, row.after_question);
    let target = if row.heard == events::ACROSS {
        verdict(answer.p99_ms <= ACROSS_TARGET_MS, "p99 at most 100 ms")
    } else {
        String::new()
    };
    say(&format!(
        "event heard {}: p50 {:.2} ms, p99 {:.2} ms after the append was acknowledged (p50 {:.2} ms, p99 {:.2} ms after it was asked for){target}",
        row.heard, answer.p50_ms, answer.p99_ms, question.p50_ms, question.p99_ms
    ));
}

fn verdict(met: bool, target: &str) -> String {
    format!(
        "; target of {target} {}",
        if met { "met" } else { "MISSED" }
    )
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
