//! The outbox's rules that an operator can set: lease, settle period, reconciliation and the exponential backoff between
//! tries. They are stored with the session, so that every server applies the same.

use crate::moment::Moment;
use crate::record::Target;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The rules that a session's outbox works by; the defaults are the product's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRules {
    /// Where pictures go, in this order.
    pub targets: Vec<Target>,
    /// How long a claim holds. Must be longer than one post may take with everything around it.
    pub lease: Duration,
    /// How long to wait with the first search after a post without an answer. ALEX's gateway waits up to 300 s for a
    /// practice's computer and may create the record at the end of that, so this is a little longer. Never less than
    /// [`OutboxRules::MIN_SETTLE_PERIOD`].
    #[serde(alias = "quiet")]
    pub settle_period: Duration,
    /// How long after a search that did not find it the next search comes.
    #[serde(alias = "second_look")]
    pub recheck_after: Duration,
    /// Number of searches that must not have found an entry before it is posted again.
    #[serde(alias = "absences")]
    pub not_found_required: u32,
    /// Number of searches without a usable answer after which a person is asked.
    #[serde(alias = "looks")]
    pub max_lookups: u32,
    /// Posts to one target at most, until a person asks again.
    pub tries: u32,
    /// How long the second try waits. Each further try waits five times as long as the one before.
    pub first_wait: Duration,
    /// The longest wait between two tries.
    pub longest_wait: Duration,
}

impl OutboxRules {
    /// The shortest settle period that an operator may set.
    pub const MIN_SETTLE_PERIOD: Duration = Duration::from_secs(300);

    /// The backoff after the `tries`th attempt. `jitter` spreads it evenly over 80 to 120 %, so that entries that failed
    /// together are not tried again together.
    #[must_use]
    pub fn wait(&self, tries: u32, jitter: u16) -> Duration {
        let steps = 5u32.saturating_pow(tries.saturating_sub(1).min(12));
        let wait = self.first_wait.saturating_mul(steps).min(self.longest_wait);
        let spread = wait * 2 / 5;
        wait - wait / 5 + spread * u32::from(jitter) / u32::from(u16::MAX)
    }

    /// When to try again: after the backoff, or after what the record system asked for if that is longer.
    #[must_use]
    pub(crate) fn next_try(
        &self,
        now: Moment,
        tries: u32,
        jitter: u16,
        asked: Option<Duration>,
    ) -> Moment {
        let asked = asked.unwrap_or_default().min(self.longest_wait);
        now.plus(self.wait(tries, jitter).max(asked))
    }
}

impl Default for OutboxRules {
    fn default() -> Self {
        Self {
            targets: vec![Target::Media],
            lease: Duration::from_secs(120),
            settle_period: Duration::from_secs(330),
            recheck_after: Duration::from_secs(60),
            not_found_required: 2,
            max_lookups: 8,
            tries: 5,
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_secs(600),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_grows_five_fold_up_to_the_longest_and_spread_by_a_fifth() {
        let rules = OutboxRules::default();
        let middle = u16::MAX / 2;
        let waits: Vec<u64> = (1..=6)
            .map(|tries| rules.wait(tries, middle).as_secs_f64().round() as u64)
            .collect();
        assert_eq!(waits, [5, 25, 125, 600, 600, 600]);
        assert_eq!(rules.wait(1, 0), Duration::from_secs(4));
        assert_eq!(rules.wait(1, u16::MAX), Duration::from_secs(6));
        assert_eq!(rules.wait(u32::MAX, 0), Duration::from_secs(480));
    }

    #[test]
    fn what_the_record_system_asks_for_is_heeded_within_reason() {
        let (rules, now) = (OutboxRules::default(), Moment::from_millis(0));
        let after = |asked| rules.next_try(now, 1, 0, Some(Duration::from_secs(asked)));
        assert_eq!(after(2), Moment::from_millis(4_000));
        assert_eq!(after(30), Moment::from_millis(30_000));
        assert_eq!(after(86_400), Moment::from_millis(600_000));
    }
}
