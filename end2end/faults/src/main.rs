//! The program: fault runs, the measurement of the stores, and the picture store that both start.

use clap::{Parser, Subcommand};
use clinic_faults::cluster::{Cluster, Sessions};
use clinic_faults::fault::Fault;
use clinic_faults::store::StoreOptions;
use clinic_faults::stores::StoresOptions;
use clinic_faults::{Profile, emptied, run};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Breaks what the product stands on, and proves that nothing was lost.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every fault once and prints one line for each.
    Run(RunOptions),
    /// Measures the session stores.
    Stores(StoresOptions),
    /// The picture store with a front that misbehaves when told to. The other commands start it.
    #[command(hide = true)]
    Store(StoreOptions),
}

#[derive(clap::Args)]
struct RunOptions {
    /// A minute for each fault instead of a few seconds.
    #[arg(long)]
    long: bool,
    /// Where sessions live. With `forgetful-redis` only the kill of Redis is run, and losses must be found.
    #[arg(long, value_enum, default_value = "redis")]
    sessions: Sessions,
    /// Only faults whose name holds this.
    #[arg(long)]
    only: Option<String>,
    /// Repeats the random numbers of another run.
    #[arg(long)]
    seed: Option<u64>,
    /// Where data, logs and histories go; emptied first.
    #[arg(long, default_value = "target/faults")]
    dir: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Options::parse().command {
        Command::Run(options) => run_all(options).await,
        Command::Stores(options) => clinic_faults::stores::measure(options).await.map(|()| true),
        Command::Store(options) => clinic_faults::store::serve(options).await.map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            let _ = writeln!(std::io::stderr(), "Stopped: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// True when every run went as it must.
async fn run_all(options: RunOptions) -> Result<bool, String> {
    let dir = std::path::absolute(&options.dir).map_err(|fault| fault.to_string())?;
    emptied(&dir)?;
    let profile = if options.long {
        Profile::Long
    } else {
        Profile::Short
    };
    let seed = options.seed.unwrap_or_else(seed_of_now);
    let mut cluster = Cluster::start(&dir, options.sessions)
        .await
        .map_err(|fault| fault.to_string())?;
    let forgetful = options.sessions == Sessions::ForgetfulRedis;
    let wanted = |fault: &Fault| match (&options.only, forgetful) {
        (_, true) => *fault == Fault::KillRedis,
        (Some(part), _) => fault.to_string().contains(part.as_str()),
        (None, _) => true,
    };
    let mut all_well = true;
    for (number, fault) in Fault::all().into_iter().filter(wanted).enumerate() {
        if !fault.suits(&cluster) {
            continue;
        }
        let own_seed = seed.wrapping_add(number as u64);
        let verdict = run(&mut cluster, fault, profile, own_seed, &dir)
            .await
            .map_err(|failure| format!("{fault}: {failure}"))?;
        let mut out = std::io::stdout();
        if forgetful {
            let _ = writeln!(out, "Redis that keeps no log, {verdict}");
        } else {
            let _ = writeln!(out, "{verdict}");
        }
        all_well &= verdict.findings.is_empty();
    }
    if forgetful {
        return if all_well {
            Err("pictures were lost on purpose, and the checker found nothing".to_owned())
        } else {
            Ok(true)
        };
    }
    if !all_well {
        return Err(format!(
            "the findings and histories are in {} (seed {seed})",
            dir.display()
        ));
    }
    Ok(true)
}

/// Different each time; told when something is found, so that its random numbers can be repeated.
fn seed_of_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |since| u64::try_from(since.as_micros()).unwrap_or(1))
}
