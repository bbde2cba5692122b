//! Subscribers to changes of sessions, within this process.
//!
//! Owns one channel for each session that has subscribers, and drops it with the last of them. Knows nothing of events: a
//! notification only says that reading again may be worth it.

use clinical_images::id::SessionId;
use clinical_images::ports::ChangeNotifications;
use futures::stream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

type Channels = HashMap<SessionId, watch::Sender<()>>;

/// The subscribers of all sessions of one store.
#[derive(Default)]
pub(super) struct Subscribers {
    channels: Mutex<Channels>,
}

impl Subscribers {
    /// Notifications for one session, beginning now.
    pub(super) fn subscribe(self: &Arc<Self>, id: SessionId) -> ChangeNotifications {
        let mut channels = self.lock();
        let channel = channels.entry(id).or_insert_with(|| watch::channel(()).0);
        let subscriber = Subscriber {
            id,
            receiver: Some(channel.subscribe()),
            subscribers: Arc::clone(self),
        };
        drop(channels);
        Box::pin(stream::unfold(subscriber, |mut subscriber| async move {
            subscriber.receiver.as_mut()?.changed().await.ok()?;
            Some(((), subscriber))
        }))
    }

    /// Notifies the subscribers of this session.
    pub(super) fn notify(&self, id: SessionId) {
        if let Some(channel) = self.lock().get(&id) {
            channel.send_replace(());
        }
    }

    /// Notifies everybody: a change may have been missed.
    pub(super) fn notify_all(&self) {
        for channel in self.lock().values() {
            channel.send_replace(());
        }
    }

    /// Ends all streams of notifications.
    pub(super) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Channels> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream's hold on its channel.
struct Subscriber {
    id: SessionId,
    receiver: Option<watch::Receiver<()>>,
    subscribers: Arc<Subscribers>,
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let mut channels = self.subscribers.lock();
        // Let go under the lock: of two last subscribers that leave at once, the second must see that it is alone.
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
    async fn a_channel_goes_with_its_last_subscriber() {
        let subscribers = Arc::new(Subscribers::default());
        let id = SessionId::from_bits(1);
        let (mut first, second) = (subscribers.subscribe(id), subscribers.subscribe(id));
        subscribers.notify(id);
        assert_eq!(first.next().await, Some(()));
        drop(first);
        assert_eq!(subscribers.lock().len(), 1);
        drop(second);
        assert_eq!(subscribers.lock().len(), 0);
        subscribers.notify(id);
    }

    #[tokio::test]
    async fn streams_end_when_the_store_closes() {
        let subscribers = Arc::new(Subscribers::default());
        let mut notifications = subscribers.subscribe(SessionId::from_bits(1));
        subscribers.close();
        assert_eq!(notifications.next().await, None);
    }
}
