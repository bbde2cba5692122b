//! The rules of filing that an operator can set. They travel with the session, so that every server applies the same.

use super::Target;
use crate::moment::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How filing goes about it; the defaults are the product's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingRules {
    /// Where pictures go, in this order.
    pub targets: Vec<Target>,
    /// How long a claim holds. Longer than one post may take with everything around it.
    pub lease: Duration,
    /// How long nothing is believed of a picture whose post came to no answer: ALEX's gateway waits up to 300 s
    /// for a practice's computer, and may create it at the end of that, so a little longer is wise. Never less than
    /// [`FilingRules::LEAST_QUIET`].
    pub quiet: Duration,
    /// How long after a first look in vain the second comes.
    pub second_look: Duration,
    /// How often a picture must have been looked for and not found before it is posted again.
    pub absences: u32,
    /// How often looking may come to nothing before a person is asked.
    pub looks: u32,
    /// Posts at most, for one target, until a person asks again.
    pub tries: u32,
    /// How long the second try waits. Each further one waits five times as long.
    pub first_wait: Duration,
    /// The longest such wait.
    pub longest_wait: Duration,
}

impl FilingRules {
    /// The shortest quiet period that an operator may set.
    pub const LEAST_QUIET: Duration = Duration::from_secs(300);

    /// How long to wait after the `tries`th attempt. `jitter` spreads it evenly over 80 to 120 %, so that what
    /// failed together does not come back together.
    #[must_use]
    pub fn wait(&self, tries: u32, jitter: u16) -> Duration {
        let steps = 5u32.saturating_pow(tries.saturating_sub(1).min(12));
        let wait = self.first_wait.saturating_mul(steps).min(self.longest_wait);
        let spread = wait * 2 / 5;
        wait - wait / 5 + spread * u32::from(jitter) / u32::from(u16::MAX)
    }

    /// The later of that and what the record system asked for, as a moment.
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

impl Default for FilingRules {
    fn default() -> Self {
        Self {
            targets: vec![Target::Media],
            lease: Duration::from_secs(120),
            quiet: Duration::from_secs(330),
            second_look: Duration::from_secs(60),
            absences: 2,
            looks: 8,
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
    fn waits_grow_five_fold_up_to_the_longest_and_spread_by_a_fifth() {
        let rules = FilingRules::default();
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
        let (rules, now) = (FilingRules::default(), Moment::from_millis(0));
        let after = |asked| rules.next_try(now, 1, 0, Some(Duration::from_secs(asked)));
        assert_eq!(after(2), Moment::from_millis(4_000));
        assert_eq!(after(30), Moment::from_millis(30_000));
        assert_eq!(after(86_400), Moment::from_millis(600_000));
    }
}
