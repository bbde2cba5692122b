//! The simulator's clock: the machine's, and as far ahead of it as a test has put it.
//!
//! Everything that takes its time here takes it from this clock (slow replies, late creates, records
//! that searches do not find yet, the life of tokens), so that a test advances it instead of
//! sleeping. Times that the product compares with its own clock (a launch's `createdTime`,
//! `lastUpdated`) are the machine's.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// The farthest the clock may be put ahead in all: a year.
pub(crate) const FARTHEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// A clock that can be advanced.
pub(crate) struct Clock {
    ahead: watch::Sender<Duration>,
    waiting: watch::Sender<usize>,
}

impl Clock {
    pub(crate) fn ahead_by(ahead: Duration) -> Self {
        Self {
            ahead: watch::Sender::new(ahead.min(FARTHEST)),
            waiting: watch::Sender::new(0),
        }
    }

    pub(crate) fn ahead(&self) -> Duration {
        *self.ahead.borrow()
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    /// The same as a point in calendar time.
    pub(crate) fn calendar(&self) -> Timestamp {
        let ahead = SignedDuration::try_from(self.ahead()).unwrap_or(SignedDuration::ZERO);
        Timestamp::now()
            .checked_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Puts the clock further ahead; gives how far it is now.
    pub(crate) fn advance(&self, by: Duration) -> Duration {
        self.ahead
            .send_modify(|ahead| *ahead = ahead.saturating_add(by).min(FARTHEST));
        self.ahead()
    }

    /// How many calls wait for the clock.
    pub(crate) fn waiting(&self) -> usize {
        *self.waiting.borrow()
    }

    /// Returns once that many calls wait for the clock.
    pub(crate) async fn until_waiting(&self, calls: usize) {
        let mut waiting = self.waiting.subscribe();
        // The sender lives in `self`, so this cannot fail.
        drop(waiting.wait_for(|waiting| *waiting >= calls).await);
    }

    /// What a call does that takes its time.
    pub(crate) async fn wait(&self, time: Duration) {
        let _waits = Waits::of(&self.waiting);
        self.pass(time).await;
    }

    /// Returns when that much time has passed, without counting as a call that waits.
    pub(crate) async fn pass(&self, time: Duration) {
        let mut ahead = self.ahead.subscribe();
        let until = self.now() + time;
        loop {
            let left = until.saturating_duration_since(self.now());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = ahead.changed() => {}
            }
        }
    }
}

/// One call that waits, for as long as this lives.
struct Waits<'a>(&'a watch::Sender<usize>);

impl<'a> Waits<'a> {
    fn of(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}
