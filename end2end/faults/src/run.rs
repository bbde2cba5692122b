//! One run: a practice at work, a fault, quiet, and the verdict.

use crate::check::{self, Finding, Kind};
use crate::cluster::{Cluster, ClusterFault};
use crate::fault::Fault;
use crate::final_state;
use crate::history::History;
use crate::practice::Practice;
use crate::profile::Profile;
use crate::workload::Workload;
use fastrand::Rng;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// Why a run has no verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunFault {
    /// Something did not start, or start again.
    #[error(transparent)]
    Cluster(#[from] ClusterFault),
    /// The history cannot be written down.
    #[error("the history cannot be written: {0}")]
    History(#[from] io::Error),
    /// The simulated Medtech does not answer.
    #[error("the simulated Medtech does not answer: {0}")]
    Medtech(#[from] reqwest::Error),
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What was broken.
    pub fault: Fault,
    /// How long the practice worked.
    pub span: Duration,
    /// Questions asked.
    pub operations: usize,
    /// Questions that were answered with "done".
    pub acknowledged: usize,
    /// How often a page was told to forget what it knew.
    pub resets: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Lets a practice work while `fault` is injected, waits until all is repaired and idle, and compares. The history goes to
/// `dir`, and with it the findings, if there are any.
///
/// # Errors
/// When the cluster itself fails; what the product does wrong is in the verdict.
pub async fn run(
    cluster: &mut Cluster,
    fault: Fault,
    profile: Profile,
    seed: u64,
    dir: &Path,
) -> Result<Verdict, RunFault> {
    let name: String = fault
        .to_string()
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let history = History::to_file(&dir.join(format!("{name}.jsonl")))?;
    let practice = Practice::open(cluster.endpoints(), history.clone()).await?;
    let workload = Workload::new(&practice);
    let mut rng = Rng::with_seed(seed);
    let end = Instant::now() + profile.duration();
    let ((), injected) = tokio::join!(
        workload.run(rng.fork(), end),
        fault.inject_until(cluster, rng.fork(), profile, end)
    );
    injected?;
    let consultations = workload.consultations();
    let final_state = final_state::read(consultations, &practice.client, &practice.medtech).await?;
    let ops = history.ops();
    let findings = check::check(&ops, &final_state);
    if !findings.is_empty() {
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        std::fs::write(dir.join(format!("{name}.findings")), lines.join("\n"))?;
    }
    Ok(Verdict {
        fault,
        span: profile.duration(),
        operations: ops.len(),
        acknowledged: ops.iter().filter(|op| op.is_acknowledged()).count(),
        resets: check::resets(&final_state),
        findings,
    })
}

impl Verdict {
    /// How many findings are of this kind.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.kind == kind).count()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}, {} s: {} operations, {} acknowledged; lost {}, doubled {}, gaps {}",
            self.fault,
            self.span.as_secs(),
            grouped(self.operations),
            grouped(self.acknowledged),
            self.count(Kind::Lost),
            self.count(Kind::Doubled),
            self.count(Kind::Gap),
        )?;
        let others = [
            (Kind::WrongBytes, "wrong bytes"),
            (Kind::Astray, "astray"),
            (Kind::OverCap, "over the cap"),
            (Kind::Untrue, "untrue"),
        ];
        for (kind, words) in others {
            match self.count(kind) {
                0 => {}
                count => write!(out, ", {words} {count}")?,
            }
        }
        match self.resets {
            0 => Ok(()),
            resets => write!(out, " (pages started over: {resets})"),
        }
    }
}

/// 1234 as `1,234`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_reads_as_one_line() {
        let verdict = Verdict {
            fault: Fault::KillRedis,
            span: Duration::from_secs(60),
            operations: 1_234_567,
            acknowledged: 110,
            resets: 0,
            findings: Vec::new(),
        };
        assert_eq!(
            verdict.to_string(),
            "kill -9 of Redis, 60 s: 1,234,567 operations, 110 acknowledged; lost 0, doubled 0, gaps 0"
        );
    }
}
