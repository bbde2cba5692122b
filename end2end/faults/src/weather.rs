//! What the picture store's front does to a request on its way.

use crate::dice::Dice;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A kind of trouble with the picture store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// Answers 500 instead of doing anything.
    Broken,
    /// Answers 503 instead of doing anything.
    Overloaded,
    /// Does what it is asked, late.
    Slow,
    /// Resets the connection: before anything is done, or when it is done and only the answer is missing.
    Reset,
    /// Flips bits: in what is put, or in what is read.
    WrongBytes,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Broken,
        Self::Overloaded,
        Self::Slow,
        Self::Reset,
        Self::WrongBytes,
    ];
}

/// The weather until it is told to change.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Weather {
    /// What happens to requests; nothing in fine weather.
    pub trouble: Option<Trouble>,
    /// To how many of a hundred requests it happens.
    pub percent: u8,
    /// How late the slow ones are at most.
    pub slowest: Duration,
    /// Decides which requests are hit.
    pub seed: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub const FINE: Self = Self {
        trouble: None,
        percent: 0,
        slowest: Duration::ZERO,
        seed: 0,
    };
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Pass,
    Answer(u16),
    Wait(Duration),
    /// Nothing is done, and the connection breaks.
    CutBefore,
    /// All is done, and the connection breaks.
    CutAfter,
    /// One bit is turned, at this place of the bytes (modulo their number).
    Flip(usize),
}

/// Weather and the dice that decide whom it hits.
#[derive(Clone, Debug)]
pub(crate) struct Sky {
    weather: Weather,
    dice: Dice,
}

impl Sky {
    pub(crate) fn new(weather: Weather) -> Self {
        Self {
            weather,
            dice: Dice::new(weather.seed),
        }
    }

    pub(crate) fn next(&mut self) -> Fate {
        let Some(trouble) = self.weather.trouble else {
            return Fate::Pass;
        };
        if !self.dice.percent(self.weather.percent.into()) {
            return Fate::Pass;
        }
        match trouble {
            Trouble::Broken => Fate::Answer(500),
            Trouble::Overloaded => Fate::Answer(503),
            Trouble::Slow => {
                let most = u64::try_from(self.weather.slowest.as_millis()).unwrap_or(u64::MAX);
                Fate::Wait(Duration::from_millis(self.dice.below(most)))
            }
            Trouble::Reset if self.dice.percent(50) => Fate::CutBefore,
            Trouble::Reset => Fate::CutAfter,
            Trouble::WrongBytes => {
                Fate::Flip(usize::try_from(self.dice.throw() >> 32).unwrap_or(0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_hits_the_same_requests() {
        let weather = Weather {
            trouble: Some(Trouble::Reset),
            percent: 50,
            seed: 7,
            ..Weather::FINE
        };
        let fates = || {
            let mut sky = Sky::new(weather);
            (0..64).map(|_| sky.next()).collect::<Vec<_>>()
        };
        assert_eq!(fates(), fates());
        for fate in [Fate::Pass, Fate::CutBefore, Fate::CutAfter] {
            assert!(fates().contains(&fate), "{fate:?}");
        }
    }

    #[test]
    fn fine_weather_hits_nobody() {
        let mut sky = Sky::new(Weather::FINE);
        assert!((0..64).all(|_| sky.next() == Fate::Pass));
    }
}
