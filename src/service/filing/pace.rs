//! How fast pictures may go to one practice's record: a bucket of permissions that fills evenly, and a breaker that
//! leaves a record system alone while it does not answer. While the breaker is open pictures stay queued and use up
//! none of their tries.

use crate::moment::Moment;
use std::time::Duration;

/// What an operator can set about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceRules {
    /// Pictures of one practice that are at ALEX at the same time.
    pub at_once: usize,
    /// Calls a second, in the long run.
    pub per_second: u32,
    /// Calls that may come together after a silence.
    pub burst: u32,
    /// So many failures in a row open the breaker.
    pub failures: u32,
    /// How long it stays open at first; each time that the next call fails too, twice as long.
    pub rest: Duration,
    /// The longest rest.
    pub longest_rest: Duration,
}

impl Default for PaceRules {
    fn default() -> Self {
        Self {
            at_once: 4,
            per_second: 10,
            burst: 20,
            failures: 5,
            rest: Duration::from_secs(5),
            longest_rest: Duration::from_secs(60),
        }
    }
}

/// What a call showed about the record system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It answered, be it with a refusal.
    Answer,
    /// It did not, or said that it is overloaded.
    Away {
        /// How long it wants to be left alone, when it said so.
        wait: Option<Duration>,
    },
}

/// The way to one practice's record.
#[derive(Clone, Debug)]
pub struct Lane {
    rules: PaceRules,
    /// Calls permitted, in thousandths.
    level: u64,
    filled_at: Moment,
    breaker: Breaker,
}

#[derive(Clone, Copy, Debug)]
enum Breaker {
    Closed {
        failures: u32,
    },
    /// Nobody calls.
    Open {
        until: Moment,
        rest: Duration,
    },
    /// One call is out to see. When nothing is heard of it by then, another goes.
    Trying {
        until: Moment,
        rest: Duration,
    },
}

/// How long one call that tries may take before another may.
const TRIAL: Duration = Duration::from_secs(120);
/// One call, in the bucket's unit.
const CALL: u64 = 1000;

impl Lane {
    /// A lane that nothing has gone through yet.
    #[must_use]
    pub fn new(rules: PaceRules, now: Moment) -> Self {
        Self {
            level: u64::from(rules.burst) * CALL,
            filled_at: now,
            breaker: Breaker::Closed { failures: 0 },
            rules,
        }
    }

    /// Takes a permission for one call.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn ask(&mut self, now: Moment) -> Result<(), Duration> {
        let trial = match self.breaker {
            Breaker::Closed { .. } => None,
            Breaker::Open { until, .. } | Breaker::Trying { until, .. } if now < until => {
                return Err(until.since(now));
            }
            Breaker::Open { rest, .. } | Breaker::Trying { rest, .. } => Some(rest),
        };
        self.fill(now);
        if self.level < CALL {
            let per_second = u64::from(self.rules.per_second).max(1);
            return Err(Duration::from_millis(
                (CALL - self.level).div_ceil(per_second),
            ));
        }
        self.level -= CALL;
        if let Some(rest) = trial {
            let until = now.plus(TRIAL);
            self.breaker = Breaker::Trying { until, rest };
        }
        Ok(())
    }

    /// Takes note of what came of a call.
    pub fn heard(&mut self, now: Moment, heard: Heard) {
        let rules = &self.rules;
        self.breaker = match (heard, self.breaker) {
            (Heard::Answer, Breaker::Open { .. }) => return,
            (Heard::Answer, _) => Breaker::Closed { failures: 0 },
            (Heard::Away { wait: Some(wait) }, _) => Breaker::Open {
                until: now.plus(wait.min(rules.longest_rest)),
                rest: rules.rest,
            },
            (Heard::Away { wait: None }, Breaker::Closed { failures })
                if failures + 1 < rules.failures =>
            {
                Breaker::Closed {
                    failures: failures + 1,
                }
            }
            (Heard::Away { wait: None }, Breaker::Closed { .. }) => Breaker::Open {
                until: now.plus(rules.rest),
                rest: rules.rest,
            },
            (Heard::Away { wait: None }, Breaker::Trying { rest, .. }) => {
                let rest = (rest * 2).min(rules.longest_rest);
                let until = now.plus(rest);
                Breaker::Open { until, rest }
            }
            // One of those that were out already when it opened.
            (Heard::Away { wait: None }, open @ Breaker::Open { .. }) => open,
        };
    }

    fn fill(&mut self, now: Moment) {
        let millis = u64::try_from(now.since(self.filled_at).as_millis()).unwrap_or(u64::MAX);
        let full = u64::from(self.rules.burst.max(1)) * CALL;
        // Thousandths of calls in thousandths of seconds: the rate itself.
        let gained = millis.saturating_mul(u64::from(self.rules.per_second));
        self.level = self.level.saturating_add(gained).min(full);
        self.filled_at = self.filled_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Moment {
        Moment::from_millis(millis)
    }

    fn lane() -> Lane {
        Lane::new(PaceRules::default(), at(0))
    }

    const AWAY: Heard = Heard::Away { wait: None };

    #[test]
    fn a_burst_goes_at_once_and_the_rest_evenly() {
        let mut lane = lane();
        for _ in 0..20 {
            assert_eq!(lane.ask(at(0)), Ok(()));
        }
        assert_eq!(lane.ask(at(0)), Err(Duration::from_millis(100)));
        assert_eq!(lane.ask(at(99)), Err(Duration::from_millis(1)));
        assert_eq!(lane.ask(at(100)), Ok(()));
        assert!(lane.ask(at(100)).is_err());
        let after_a_day = (0..).take_while(|_| lane.ask(at(86_400_000)).is_ok());
        assert_eq!(after_a_day.count(), 20);
    }

    #[test]
    fn five_failures_in_a_row_open_the_breaker_and_four_do_not() {
        let mut lane = lane();
        for heard in [
            AWAY,
            AWAY,
            AWAY,
            AWAY,
            Heard::Answer,
            AWAY,
            AWAY,
            AWAY,
            AWAY,
        ] {
            lane.heard(at(0), heard);
        }
        assert_eq!(lane.ask(at(0)), Ok(()));
        lane.heard(at(0), AWAY);
        assert_eq!(lane.ask(at(0)), Err(Duration::from_secs(5)));
    }

    #[test]
    fn an_open_breaker_lets_one_call_try_and_rests_twice_as_long_when_it_fails() {
        let mut lane = lane();
        (0..5).for_each(|_| lane.heard(at(0), AWAY));
        assert_eq!(lane.ask(at(5_000)), Ok(()));
        assert!(lane.ask(at(5_001)).is_err(), "one is enough");
        lane.heard(at(6_000), AWAY);
        assert_eq!(lane.ask(at(6_000)), Err(Duration::from_secs(10)));
        assert_eq!(lane.ask(at(16_000)), Ok(()));
        lane.heard(at(16_100), Heard::Answer);
        assert_eq!(lane.ask(at(16_100)), Ok(()));
        assert_eq!(lane.ask(at(16_100)), Ok(()));
    }

    #[test]
    fn a_trial_that_nothing_is_heard_of_is_followed_by_another() {
        let mut lane = lane();
        (0..5).for_each(|_| lane.heard(at(0), AWAY));
        assert_eq!(lane.ask(at(5_000)), Ok(()));
        assert!(lane.ask(at(124_999)).is_err());
        assert_eq!(lane.ask(at(125_000)), Ok(()));
    }

    #[test]
    fn who_asks_to_be_left_alone_is_left_alone_at_once() {
        let mut lane = lane();
        let wait = Some(Duration::from_secs(7));
        lane.heard(at(0), Heard::Away { wait });
        assert_eq!(lane.ask(at(0)), Err(Duration::from_secs(7)));
        lane.heard(at(10), Heard::Answer);
        assert!(lane.ask(at(10)).is_err(), "an answer to an earlier call");
        assert_eq!(lane.ask(at(7_000)), Ok(()));
    }
}
