//! Pub/sub: hears which sessions were changed, by this server or another, and notifies their subscribers here.
//!
//! One channel for all sessions; a message is a session's name. Whatever was published while nobody listened is lost, so
//! after every break all subscribers are notified, once it is certain that Redis has the subscription.

use super::RedisSettings;
use super::connection::{Task, client, connect, fault};
use crate::adapter::session::subscribers::Subscribers;
use clinical_images::ports::PortFault;
use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike as _, EventInterface as _, FredResult, PubsubInterface as _};
use fred::types::config::{Options, Server};
use fred::types::{ClusterHash, ClusterStateChange, Message, Value};
use fred::util::redis_keyslot;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

/// How often the subscription is made sure of. A connection that died without a word is noticed by this.
const BEAT: Duration = Duration::from_secs(5);

/// Listens for as long as it is held.
pub(super) struct Listener {
    _tasks: [Task; 3],
}

impl Listener {
    pub(super) async fn begin(
        settings: &RedisSettings,
        channel: String,
        subscribers: Arc<Subscribers>,
    ) -> Result<Self, PortFault> {
        let client = client(settings)?;
        let messages = client.message_rx();
        let breaks = Breaks::of(&client);
        let driver = connect(&client).await?;
        subscribe(&client, &channel)
            .await
            .map_err(|error| fault(&error))?;
        let listening = tokio::spawn(listen(messages, Arc::clone(&subscribers)));
        let keeping = tokio::spawn(keep(client, channel, breaks, subscribers));
        let tasks = [listening, keeping].map(|task| Task::new(task.abort_handle()));
        let [listening, keeping] = tasks;
        Ok(Self {
            _tasks: [driver, listening, keeping],
        })
    }
}

/// Notifies the subscribers of the session that each message names.
async fn listen(mut messages: Receiver<Message>, subscribers: Arc<Subscribers>) {
    loop {
        match messages.recv().await {
            Ok(message) => match message.value.as_str().map(|name| name.parse()) {
                Some(Ok(id)) => subscribers.notify(id),
                _ => tracing::warn!("a message on the channel of changes names no session"),
            },
            Err(RecvError::Lagged(_)) => subscribers.notify_all(),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Keeps the subscription through breaks of the connection, and notifies everybody after each.
async fn keep(client: Client, channel: String, mut breaks: Breaks, subscribers: Arc<Subscribers>) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut missed = false;
    loop {
        tokio::select! {
            () = breaks.next() => missed = true,
            _ = beat.tick() => {}
        }
        match subscribe(&client, &channel).await {
            Ok(()) if missed => {
                subscribers.notify_all();
                missed = false;
            }
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(fault = %fault(&error), "not notified of changes by other servers; connecting to Redis again");
                missed = true;
                // Answered once there is a connection, and a new one is a break to hear of.
                let _ = client.force_reconnection().await;
            }
        }
    }
}

/// Subscribes and waits until Redis has it: the client takes a subscription for made when it is written, but the answer
/// to what is asked after it on the same connection tells.
async fn subscribe(client: &Client, channel: &str) -> FredResult<()> {
    client.subscribe(channel).await?;
    // On a Cluster, where the client sends its subscriptions.
    let slot = redis_keyslot(client.id().as_bytes());
    let options = Options {
        cluster_hash: Some(ClusterHash::Custom(slot)),
        ..Options::default()
    };
    client
        .with_options(&options)
        .ping::<Value>(None)
        .await
        .map(drop)
}

/// Everything after which messages may have been missed.
struct Breaks {
    errors: Receiver<(Error, Option<Server>)>,
    reconnects: Receiver<Server>,
    changes: Receiver<Vec<ClusterStateChange>>,
}

impl Breaks {
    fn of(client: &Client) -> Self {
        Self {
            errors: client.error_rx(),
            reconnects: client.reconnect_rx(),
            changes: client.cluster_change_rx(),
        }
    }

    /// The next one; several that wait already count as one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.errors.recv() => {}
            _ = self.reconnects.recv() => {}
            _ = self.changes.recv() => {}
        }
        self.errors = self.errors.resubscribe();
        self.reconnects = self.reconnects.resubscribe();
        self.changes = self.changes.resubscribe();
    }
}
