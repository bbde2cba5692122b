//! How fast pictures may go to one practice's record. A limiter has two parts: a token bucket, which is the rate limit,
//! and a circuit breaker, which leaves a record system alone while it does not answer. While the breaker is open,
//! pictures stay queued and use up none of their tries.

use crate::moment::Moment;
use std::time::Duration;

/// The limits of one practice, which an operator can set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Pictures of one practice that are at ALEX at the same time.
    pub concurrency: usize,
    /// Tokens that the bucket gains each second: the calls a second in the long run.
    pub per_second: u32,
    /// Tokens that the bucket holds: the calls that may come together after a pause.
    pub burst: u32,
    /// Failures in a row that open the breaker.
    pub failure_threshold: u32,
    /// How long the breaker stays open at first; twice as long each time that its probe fails.
    pub open_for: Duration,
    /// The longest time that the breaker stays open.
    pub max_open_for: Duration,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            per_second: 10,
            burst: 20,
            failure_threshold: 5,
            open_for: Duration::from_secs(5),
            max_open_for: Duration::from_secs(60),
        }
    }
}

/// What a call showed about the record system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallHealth {
    /// It answered; a refusal is an answer too.
    Healthy,
    /// It did not answer, or said that it is overloaded.
    Unavailable {
        /// How long it asks to be left alone, when it says so.
        retry_after: Option<Duration>,
    },
}

/// Rate limit and circuit breaker of one practice.
#[derive(Clone, Debug)]
pub struct PracticeLimiter {
    limits: RateLimits,
    bucket: TokenBucket,
    breaker: CircuitBreaker,
}

impl PracticeLimiter {
    /// A limiter with a full bucket and a closed breaker.
    #[must_use]
    pub fn new(limits: RateLimits, now: Moment) -> Self {
        Self {
            bucket: TokenBucket::full(&limits, now),
            breaker: CircuitBreaker::Closed { failures: 0 },
            limits,
        }
    }

    /// Takes a token for one call.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn try_acquire(&mut self, now: Moment) -> Result<(), Duration> {
        let probe = self.breaker.admits(now)?;
        self.bucket.try_take(&self.limits, now)?;
        if let Some(open_for) = probe {
            let until = now.plus(PROBE_TIME_OUT);
            self.breaker = CircuitBreaker::HalfOpen { until, open_for };
        }
        Ok(())
    }

    /// Takes note of what a call showed.
    pub fn record(&mut self, now: Moment, health: CallHealth) {
        self.breaker = self.breaker.after(&self.limits, now, health);
    }
}

/// One call, in the bucket's unit.
const CALL: u64 = 1000;

/// A bucket of tokens that fills evenly; each call takes one.
#[derive(Clone, Debug)]
struct TokenBucket {
    /// Tokens, in thousandths.
    level: u64,
    filled_at: Moment,
}

impl TokenBucket {
    fn full(limits: &RateLimits, now: Moment) -> Self {
        Self {
            level: u64::from(limits.burst) * CALL,
            filled_at: now,
        }
    }

    /// Takes a token, or says how long it takes until there is one.
    fn try_take(&mut self, limits: &RateLimits, now: Moment) -> Result<(), Duration> {
        self.fill(limits, now);
        if self.level < CALL {
            let per_second = u64::from(limits.per_second).max(1);
            let missing = CALL - self.level;
            return Err(Duration::from_millis(missing.div_ceil(per_second)));
        }
        self.level -= CALL;
        Ok(())
    }

    fn fill(&mut self, limits: &RateLimits, now: Moment) {
        let millis = u64::try_from(now.since(self.filled_at).as_millis()).unwrap_or(u64::MAX);
        let full = u64::from(limits.burst.max(1)) * CALL;
        // Thousandths of calls in thousandths of seconds: the rate itself.
        let gained = millis.saturating_mul(u64::from(limits.per_second));
        self.level = self.level.saturating_add(gained).min(full);
        self.filled_at = self.filled_at.max(now);
    }
}

/// How long a probe may take before another may be sent.
const PROBE_TIME_OUT: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, Debug)]
enum CircuitBreaker {
    /// Calls go through.
    Closed { failures: u32 },
    /// No call goes through.
    Open { until: Moment, open_for: Duration },
    /// One call, the probe, is under way. If it has shown nothing by `until`, another may go.
    HalfOpen { until: Moment, open_for: Duration },
}

impl CircuitBreaker {
    /// Whether a call may go now, or how long to wait. `Some` says that the call is a probe, and how long the breaker
    /// was open before it.
    fn admits(self, now: Moment) -> Result<Option<Duration>, Duration> {
        match self {
            Self::Closed { .. } => Ok(None),
            Self::Open { until, .. } | Self::HalfOpen { until, .. } if now < until => {
                Err(until.since(now))
            }
            Self::Open { open_for, .. } | Self::HalfOpen { open_for, .. } => Ok(Some(open_for)),
        }
    }

    /// The breaker after a call.
    fn after(self, limits: &RateLimits, now: Moment, health: CallHealth) -> Self {
        let open = |open_for| Self::Open {
            until: now.plus(open_for),
            open_for,
        };
        let CallHealth::Unavailable { retry_after } = health else {
            return match self {
                // An answer to a call that was under way already when the breaker opened.
                Self::Open { .. } => self,
                Self::Closed { .. } | Self::HalfOpen { .. } => Self::Closed { failures: 0 },
            };
        };
        if let Some(retry_after) = retry_after {
            return Self::Open {
                until: now.plus(retry_after.min(limits.max_open_for)),
                open_for: limits.open_for,
            };
        }
        match self {
            Self::Closed { failures } if failures + 1 < limits.failure_threshold => Self::Closed {
                failures: failures + 1,
            },
            Self::Closed { .. } => open(limits.open_for),
            Self::HalfOpen { open_for, .. } => open((open_for * 2).min(limits.max_open_for)),
            // A failure of a call that was under way already when the breaker opened.
            Self::Open { .. } => self,
        }
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
