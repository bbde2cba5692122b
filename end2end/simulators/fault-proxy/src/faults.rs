//! What can go wrong, and how often.

use crate::dice::Dice;
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

    pub(crate) fn fate(&self, way: Way, dice: &mut Dice) -> Fate {
        if dice.happens(self.cuts) {
            return if dice.happens(500) {
                Fate::IsLost
            } else {
                Fate::IsTorn
            };
        }
        if way == Way::Reply && dice.happens(self.late) {
            let latest = u32::try_from(self.latest.as_micros()).unwrap_or(u32::MAX);
            return Fate::PassesAfter(Duration::from_micros(dice.below(latest).into()));
        }
        Fate::Passes
    }
}

/// Which way a piece goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Request,
    Reply,
}

/// What becomes of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Passes,
    PassesAfter(Duration),
    IsTorn,
    IsLost,
}

impl Fate {
    pub(crate) fn is_cut(self) -> bool {
        matches!(self, Self::IsTorn | Self::IsLost)
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
            let mut dice = Dice::new(seed);
            let fates = (0..10_000).map(|_| faults.fate(Way::Reply, &mut dice));
            fates.collect::<Vec<_>>()
        };
        let fates = thrown(7);
        assert_eq!(fates, thrown(7));
        assert_ne!(fates, thrown(8));
        let cuts = fates.iter().filter(|fate| fate.is_cut()).count();
        assert!((900..1100).contains(&cuts), "{cuts}");
        let late = |fate: &&Fate| matches!(fate, Fate::PassesAfter(by) if *by < faults.latest);
        let late = fates.iter().filter(late).count();
        assert!((1650..1950).contains(&late), "{late}");
    }

    #[test]
    fn without_faults_everything_passes() {
        let mut dice = Dice::new(1);
        let passes = |_| Faults::NONE.fate(Way::Request, &mut dice) == Fate::Passes;
        assert!((0..1000).all(passes));
    }
}
