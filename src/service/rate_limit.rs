//! The rate limit of one practice's record: a token bucket, whose permissions fill up evenly, and a circuit breaker, which
//! leaves a record system alone while it does not answer. While the breaker is open pictures stay queued and use up none of
//! their tries.

use crate::moment::Moment;
use crate::practice::RateLimits;
use std::time::Duration;

/// What a call showed about the record system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallHealth {
    /// It answered, be it with a refusal.
    Healthy,
    /// It did not, or said that it is overloaded.
    Unavailable {
        /// How long it wants to be left alone, when it said so.
        retry_after: Option<Duration>,
    },
}

/// The way to one practice's record.
#[derive(Clone, Debug)]
pub struct PracticeLimiter {
    limits: RateLimits,
    /// Calls permitted, in thousandths.
    level: u64,
    filled_at: Moment,
    breaker: CircuitBreaker,
}

#[derive(Clone, Copy, Debug)]
enum CircuitBreaker {
    Closed {
        failures: u32,
    },
    /// Nobody calls.
    Open {
        until: Moment,
        open_for: Duration,
    },
    /// One call is out to see. When nothing is heard of it by then, another goes.
    HalfOpen {
        until: Moment,
        open_for: Duration,
    },
}

/// How long one call that tries may take before another may.
const PROBE_TIME_OUT: Duration = Duration::from_secs(120);
/// One call, in the bucket's unit.
const CALL: u64 = 1000;

impl PracticeLimiter {
    /// A lane that nothing has gone through yet.
    #[must_use]
    pub fn new(limits: RateLimits, now: Moment) -> Self {
        Self {
            level: u64::from(limits.burst) * CALL,
            filled_at: now,
            breaker: CircuitBreaker::Closed { failures: 0 },
            limits,
        }
    }

    /// Takes a permission for one call.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn try_acquire(&mut self, now: Moment) -> Result<(), Duration> {
        let probe = match self.breaker {
            CircuitBreaker::Closed { .. } => None,
            CircuitBreaker::Open { until, .. } | CircuitBreaker::HalfOpen { until, .. }
                if now < until =>
            {
                return Err(until.since(now));
            }
            CircuitBreaker::Open { open_for, .. } | CircuitBreaker::HalfOpen { open_for, .. } => {
                Some(open_for)
            }
        };
        self.fill(now);
        if self.level < CALL {
            let per_second = u64::from(self.limits.per_second).max(1);
            return Err(Duration::from_millis(
                (CALL - self.level).div_ceil(per_second),
            ));
        }
        self.level -= CALL;
        if let Some(open_for) = probe {
            let until = now.plus(PROBE_TIME_OUT);
            self.breaker = CircuitBreaker::HalfOpen { until, open_for };
        }
        Ok(())
    }

    /// Takes note of what came of a call.
    pub fn record(&mut self, now: Moment, health: CallHealth) {
        let limits = &self.limits;
        self.breaker = match (health, self.breaker) {
            (CallHealth::Healthy, CircuitBreaker::Open { .. }) => return,
            (CallHealth::Healthy, _) => CircuitBreaker::Closed { failures: 0 },
            (
                CallHealth::Unavailable {
                    retry_after: Some(retry_after),
                },
                _,
            ) => CircuitBreaker::Open {
                until: now.plus(retry_after.min(limits.max_open_for)),
                open_for: limits.open_for,
            },
            (
                CallHealth::Unavailable { retry_after: None },
                CircuitBreaker::Closed { failures },
            ) if failures + 1 < limits.failure_threshold => CircuitBreaker::Closed {
                failures: failures + 1,
            },
            (CallHealth::Unavailable { retry_after: None }, CircuitBreaker::Closed { .. }) => {
                CircuitBreaker::Open {
                    until: now.plus(limits.open_for),
                    open_for: limits.open_for,
                }
            }
            (
                CallHealth::Unavailable { retry_after: None },
                CircuitBreaker::HalfOpen { open_for, .. },
            ) => {
                let open_for = (open_for * 2).min(limits.max_open_for);
                let until = now.plus(open_for);
                CircuitBreaker::Open { until, open_for }
            }
            // One of those that were out already when it opened.
            (CallHealth::Unavailable { retry_after: None }, open @ CircuitBreaker::Open { .. }) => {
                open
            }
        };
    }

    fn fill(&mut self, now: Moment) {
        let millis = u64::try_from(now.since(self.filled_at).as_millis()).unwrap_or(u64::MAX);
        let full = u64::from(self.limits.burst.max(1)) * CALL;
        // Thousandths of calls in thousandths of seconds: the rate itself.
        let gained = millis.saturating_mul(u64::from(self.limits.per_second));
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

    fn limiter() -> PracticeLimiter {
        PracticeLimiter::new(RateLimits::default(), at(0))
    }

    const UNAVAILABLE: CallHealth = CallHealth::Unavailable { retry_after: None };

    #[test]
    fn a_burst_goes_at_once_and_the_rest_evenly() {
        let mut limiter = limiter();
        for _ in 0..20 {
            assert_eq!(limiter.try_acquire(at(0)), Ok(()));
        }
        assert_eq!(limiter.try_acquire(at(0)), Err(Duration::from_millis(100)));
        assert_eq!(limiter.try_acquire(at(99)), Err(Duration::from_millis(1)));
        assert_eq!(limiter.try_acquire(at(100)), Ok(()));
        assert!(limiter.try_acquire(at(100)).is_err());
        let after_a_day = (0..).take_while(|_| limiter.try_acquire(at(86_400_000)).is_ok());
        assert_eq!(after_a_day.count(), 20);
    }

    #[test]
    fn five_failures_in_a_row_open_the_breaker_and_four_do_not() {
        let mut limiter = limiter();
        for health in [
            UNAVAILABLE,
            UNAVAILABLE,
            UNAVAILABLE,
            UNAVAILABLE,
            CallHealth::Healthy,
            UNAVAILABLE,
            UNAVAILABLE,
            UNAVAILABLE,
            UNAVAILABLE,
        ] {
            limiter.record(at(0), health);
        }
        assert_eq!(limiter.try_acquire(at(0)), Ok(()));
        limiter.record(at(0), UNAVAILABLE);
        assert_eq!(limiter.try_acquire(at(0)), Err(Duration::from_secs(5)));
    }

    #[test]
    fn an_open_breaker_lets_one_call_try_and_rests_twice_as_long_when_it_fails() {
        let mut limiter = limiter();
        (0..5).for_each(|_| limiter.record(at(0), UNAVAILABLE));
        assert_eq!(limiter.try_acquire(at(5_000)), Ok(()));
        assert!(limiter.try_acquire(at(5_001)).is_err(), "one is enough");
        limiter.record(at(6_000), UNAVAILABLE);
        assert_eq!(limiter.try_acquire(at(6_000)), Err(Duration::from_secs(10)));
        assert_eq!(limiter.try_acquire(at(16_000)), Ok(()));
        limiter.record(at(16_100), CallHealth::Healthy);
        assert_eq!(limiter.try_acquire(at(16_100)), Ok(()));
        assert_eq!(limiter.try_acquire(at(16_100)), Ok(()));
    }

    #[test]
    fn a_trial_that_nothing_is_heard_of_is_followed_by_another() {
        let mut limiter = limiter();
        (0..5).for_each(|_| limiter.record(at(0), UNAVAILABLE));
        assert_eq!(limiter.try_acquire(at(5_000)), Ok(()));
        assert!(limiter.try_acquire(at(124_999)).is_err());
        assert_eq!(limiter.try_acquire(at(125_000)), Ok(()));
    }

    #[test]
    fn who_asks_to_be_left_alone_is_left_alone_at_once() {
        let mut limiter = limiter();
        let retry_after = Some(Duration::from_secs(7));
        limiter.record(at(0), CallHealth::Unavailable { retry_after });
        assert_eq!(limiter.try_acquire(at(0)), Err(Duration::from_secs(7)));
        limiter.record(at(10), CallHealth::Healthy);
        assert!(
            limiter.try_acquire(at(10)).is_err(),
            "an answer to an earlier call"
        );
        assert_eq!(limiter.try_acquire(at(7_000)), Ok(()));
    }
}
