//! Many durations as a few figures.

use serde::Serialize;
use std::time::Duration;

/// What is told of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Figures {
    /// How many a second.
    pub(super) per_second: f64,
    /// Half of them took no longer.
    pub(super) p50_ms: f64,
    /// 99 of a hundred took no longer.
    pub(super) p99_ms: f64,
}

impl Figures {
    /// What so many durations come to that were seen within `span`.
    pub(super) fn of(mut took: Vec<Duration>, span: Duration) -> Self {
        took.sort_unstable();
        let at = |percent: usize| {
            let index = (took.len().saturating_sub(1)) * percent / 100;
            took.get(index).map_or(0.0, |took| took.as_secs_f64() * 1e3)
        };
        Self {
            per_second: took.len() as f64 / span.as_secs_f64(),
            p50_ms: at(50),
            p99_ms: at(99),
        }
    }
}

/// The middle one of several rounds, figure by figure.
pub(super) fn median(rounds: &[Figures]) -> Figures {
    let middle = |figure: fn(&Figures) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    Figures {
        per_second: middle(|round| round.per_second),
        p50_ms: middle(|round| round.p50_ms),
        p99_ms: middle(|round| round.p99_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_off_the_sorted_durations() {
        let took = (1..=100).rev().map(Duration::from_millis).collect();
        let figures = Figures::of(took, Duration::from_secs(2));
        let wanted = Figures {
            per_second: 50.0,
            p50_ms: 50.0,
            p99_ms: 99.0,
        };
        assert_eq!(figures, wanted);
    }

    #[test]
    fn one_bad_round_of_three_does_not_count() {
        let round = |ms| Figures::of(vec![Duration::from_millis(ms)], Duration::from_secs(1));
        assert_eq!(median(&[round(2), round(900), round(3)]).p99_ms, 3.0);
    }
}
