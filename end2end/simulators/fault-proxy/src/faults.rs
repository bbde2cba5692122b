//! What can go wrong, and how often.

use fastrand::Rng;
use std::time::Duration;

/// How often what goes wrong. Counted in pieces: what one read of a socket gives, most often one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// Pieces in a thousand, in either direction, with which the connection is cut: half of them get lost whole, the
    /// others are torn in the middle. On the way there the effect is lost, on the way back only the answer.
    pub cuts: u32,
    /// Answers in a thousand that come late.
    pub late: u32,
    /// How late an answer may come.
    pub latest: Duration,
    /// After a cut, up to so many callers are turned away.
    pub turned_away: u32,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        cuts: 0,
        late: 0,
        latest: Duration::ZERO,
        turned_away: 0,
    };

    pub(crate) fn decide(&self, direction: Direction, rng: &mut Rng) -> Decision {
        let mut happens = |per_thousand: u32| rng.u32(..1000) < per_thousand;
        if happens(self.cuts) {
            return if happens(500) {
                Decision::Drop
            } else {
                Decision::Truncate
            };
        }
        if direction == Direction::Reply && happens(self.late) {
            let latest = u32::try_from(self.latest.as_micros()).unwrap_or(u32::MAX);
            return Decision::Delay(Duration::from_micros(rng.u32(..latest.max(1)).into()));
        }
        Decision::Forward
    }
}

/// Where a piece is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Reply,
}

/// What the proxy does with a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Forward,
    Delay(Duration),
    Truncate,
    Drop,
}

impl Decision {
    pub(crate) fn is_cut(self) -> bool {
        matches!(self, Self::Truncate | Self::Drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_fates_about_as_often_as_asked() {
        let faults = Faults {
            cuts: 100,
            late: 200,
            latest: Duration::from_millis(5),
            turned_away: 0,
        };
        let thrown = |seed| {
            let mut rng = Rng::with_seed(seed);
            let decisions = (0..10_000).map(|_| faults.decide(Direction::Reply, &mut rng));
            decisions.collect::<Vec<_>>()
        };
        let decisions = thrown(7);
        assert_eq!(decisions, thrown(7));
        assert_ne!(decisions, thrown(8));
        let cuts = decisions
            .iter()
            .filter(|decision| decision.is_cut())
            .count();
        assert!((900..1100).contains(&cuts), "{cuts}");
        let late =
            |decision: &&Decision| matches!(decision, Decision::Delay(by) if *by < faults.latest);
        let late = decisions.iter().filter(late).count();
        assert!((1650..1950).contains(&late), "{late}");
    }

    #[test]
    fn without_faults_everything_passes() {
        let mut rng = Rng::with_seed(1);
        let passes = |_| Faults::NONE.decide(Direction::Request, &mut rng) == Decision::Forward;
        assert!((0..1000).all(passes));
    }
}
