//! Looks after sessions that are due, a few at a time, for as long as the server runs, and has their pictures filed; and
//! every now and then looks for stored objects that no session knows.

use crate::filer::{Errands, Filer};
use crate::stop::Stop;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::ObjectKey;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use futures::StreamExt as _;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// How often to look. Also the longest a committed picture waits for its turn.
const PERIOD: Duration = Duration::from_millis(250);
/// Sessions looked after at the same time.
const AT_ONCE: usize = 64;
/// How long a session that could not be looked after is left alone.
const REST: Duration = Duration::from_secs(2);
/// How often the ledger's old lines are cleared away.
const HOUSEWORK: Duration = Duration::from_secs(60 * 60);

/// Sessions that are not to be begun with: somebody is at it, or it just did not work, or its pictures wait for their
/// turn at ALEX. Those that rest or wait take no place away from others, however many they are.
#[derive(Default)]
struct Hands {
    working: HashSet<SessionId>,
    resting: HashSet<SessionId>,
    waiting: HashMap<SessionId, Wait>,
}

/// A session that nothing can be done for until it changes, or a task for one of its pictures ends, or something else
/// becomes due.
struct Wait {
    /// When that is, if ever.
    until: Option<Moment>,
    /// Dropped with this: nobody needs to look out for changes any more.
    _over: oneshot::Sender<()>,
}

type Shared = Arc<Mutex<Hands>>;

/// Runs until the stop, and returns when everything under way has ended or `patience` is over. `sweep_every` is how
/// long after one search for stray objects the next begins.
pub async fn run(services: Services, mut stop: Stop, patience: Duration, sweep_every: Duration) {
    let hands = Shared::default();
    let filer = Filer::new(services.clone());
    let mut housework = tokio::time::interval(HOUSEWORK);
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let sweeper = tokio::spawn(sweep(services.clone(), stop.clone(), sweep_every));
    loop {
        tokio::select! {
            _ = period.tick() => round(&services, &filer, &hands).await,
            _ = housework.tick() => clear_ledger(&services).await,
            () = stop.wished() => break,
        }
    }
    // Nothing is lost when it breaks off: the next round finds what this one left.
    sweeper.abort();
    let quiet = async {
        while !locked(&hands).working.is_empty() || !filer.is_quiet() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(patience, quiet).await.is_err() {
        tracing::warn!(
            "stopping while pictures are on their way to ALEX; their outcome will be asked for later"
        );
    }
}

fn locked(hands: &Shared) -> MutexGuard<'_, Hands> {
    hands.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn clear_ledger(services: &Services) {
    match services.clear_ledger().await {
        Ok(0) => {}
        Ok(lines) => tracing::info!(ledger.lines = lines, "old lines of the ledger forgotten"),
        Err(fault) => tracing::warn!(%fault, "old lines of the ledger not forgotten"),
    }
}

async fn round(services: &Services, filer: &Filer, hands: &Shared) {
    // The store names the most overdue first, and those are the ones that did not work or wait: ask past them.
    let passed_over = {
        let mut hands = locked(hands);
        let now = services.clock.now();
        hands
            .waiting
            .retain(|_, wait| wait.until.is_none_or(|until| now < until));
        hands.working.len() + hands.resting.len() + hands.waiting.len()
    };
    let due = match services.sessions_due(AT_ONCE + passed_over).await {
        Ok(due) => due,
        Err(fault) => {
            tracing::error!(%fault, "cannot see which sessions are due");
            tokio::time::sleep(REST).await;
            return;
        }
    };
    for session in due {
        if !locked(hands).take(session) {
            continue;
        }
        let (services, filer, hands) = (services.clone(), filer.clone(), Arc::clone(hands));
        tokio::spawn(async move {
            // Listened to before anything is read, so that no change is missed.
            let mut changes = services.sessions.follow(session);
            match look_after(&services, &filer, session).await {
                Ok(None) => drop(locked(&hands).working.remove(&session)),
                Ok(Some((errands, until))) => {
                    let over = locked(&hands).wait(session, until);
                    tokio::select! {
                        _ = changes.next() => {}
                        () = errands.one_ended() => {}
                        _ = over => return,
                    }
                    locked(&hands).waiting.remove(&session);
                }
                Err(refusal) => {
                    tracing::warn!(session.id = %session, %refusal, "session not looked after; will try again");
                    locked(&hands).rest(session);
                    tokio::time::sleep(REST).await;
                    locked(&hands).resting.remove(&session);
                }
            }
        });
    }
}

/// Does what is due for a session. Says which of its pictures are under way or wait for it, if some do, and when
/// something else is due.
async fn look_after(
    services: &Services,
    filer: &Filer,
    session: SessionId,
) -> Result<Option<(Errands, Option<Moment>)>, Refusal> {
    // Filing first: a session that is forgotten has nothing left to file.
    let attended = filer.attend(session).await;
    services.look_after(session).await?;
    let errands = attended?;
    if errands.filings.is_empty() {
        return Ok(None);
    }
    let until = services.next_due_but_for(session, &errands.filings).await?;
    Ok(Some((errands, until)))
}

impl Hands {
    /// Whether this session is to be looked after now; if so, it counts as worked upon.
    fn take(&mut self, session: SessionId) -> bool {
        let left_alone = self.resting.contains(&session) || self.waiting.contains_key(&session);
        self.working.len() < AT_ONCE && !left_alone && self.working.insert(session)
    }

    /// Lays down a session that did not work.
    fn rest(&mut self, session: SessionId) {
        self.working.remove(&session);
        self.resting.insert(session);
    }

    /// Lays down a session that waits. What it answers ends when the session is taken up again without a change.
    fn wait(&mut self, session: SessionId, until: Option<Moment>) -> oneshot::Receiver<()> {
        let (sender, over) = oneshot::channel();
        self.working.remove(&session);
        self.waiting.insert(
            session,
            Wait {
                until,
                _over: sender,
            },
        );
        over
    }
}

/// Searches for stray objects until the stop. Begins one period after the start.
async fn sweep(services: Services, mut stop: Stop, every: Duration) {
    let mut next: Option<ObjectKey> = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.wished() => return,
        }
        next = match services.sweep_strays(next.take()).await {
            Ok(round) => round.next,
            Err(refusal) => {
                tracing::warn!(%refusal, "stray objects not searched for; will try again");
                None
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_that_rest_or_wait_keep_no_others_waiting() {
        let mut hands = Hands::default();
        let session = |number: usize| SessionId::from_bits(number as u128);
        (0..5 * AT_ONCE).for_each(|number| hands.rest(session(number)));
        let waiting = 5 * AT_ONCE..10 * AT_ONCE;
        waiting.for_each(|number| drop(hands.wait(session(number), None)));
        assert!(!hands.take(session(3)), "it rests");
        assert!(!hands.take(session(5 * AT_ONCE)), "it waits");
        let others = 10 * AT_ONCE..12 * AT_ONCE;
        let begun = others.filter(|number| hands.take(session(*number)));
        assert_eq!(begun.count(), AT_ONCE);
        assert!(!hands.take(session(10 * AT_ONCE)), "somebody is at it");
    }
}
