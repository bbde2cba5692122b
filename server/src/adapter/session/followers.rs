//! Who wants to be woken when a session changes, within this process.
//!
//! Owns one channel per followed session, and lets go of it with its last follower. Knows nothing of events: a wake
//! only says that reading again may be worth it.

use clinical_images::id::SessionId;
use clinical_images::ports::Wakes;
use futures::stream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

type Channels = HashMap<SessionId, watch::Sender<()>>;

/// The followers of all sessions of one store.
#[derive(Default)]
pub(super) struct Followers {
    channels: Mutex<Channels>,
}

impl Followers {
    /// Wakes for one session, beginning now.
    pub(super) fn follow(self: &Arc<Self>, id: SessionId) -> Wakes {
        let mut channels = self.lock();
        let channel = channels.entry(id).or_insert_with(|| watch::channel(()).0);
        let follower = Follower {
            id,
            receiver: Some(channel.subscribe()),
            followers: Arc::clone(self),
        };
        drop(channels);
        Box::pin(stream::unfold(follower, |mut follower| async move {
            follower.receiver.as_mut()?.changed().await.ok()?;
            Some(((), follower))
        }))
    }

    /// Wakes everybody who follows this session.
    pub(super) fn wake(&self, id: SessionId) {
        if let Some(channel) = self.lock().get(&id) {
            channel.send_replace(());
        }
    }

    /// Wakes everybody: something may have been missed.
    pub(super) fn wake_all(&self) {
        for channel in self.lock().values() {
            channel.send_replace(());
        }
    }

    /// Ends all streams of wakes.
    pub(super) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Channels> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream's hold on its channel.
struct Follower {
    id: SessionId,
    receiver: Option<watch::Receiver<()>>,
    followers: Arc<Followers>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut channels = self.followers.lock();
        // Let go under the lock: of two last followers who leave at once, the second must see that it is alone.
        drop(self.receiver.take());
        if channels
            .get(&self.id)
            .is_some_and(|channel| channel.receiver_count() == 0)
        {
            channels.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;

    #[tokio::test]
    async fn a_channel_goes_with_its_last_follower() {
        let followers = Arc::new(Followers::default());
        let id = SessionId::from_bits(1);
        let (mut first, second) = (followers.follow(id), followers.follow(id));
        followers.wake(id);
        assert_eq!(first.next().await, Some(()));
        drop(first);
        assert_eq!(followers.lock().len(), 1);
        drop(second);
        assert_eq!(followers.lock().len(), 0);
        followers.wake(id);
    }

    #[tokio::test]
    async fn streams_end_when_the_store_closes() {
        let followers = Arc::new(Followers::default());
        let mut wakes = followers.follow(SessionId::from_bits(1));
        followers.close();
        assert_eq!(wakes.next().await, None);
    }
}
