//! The connection to Redis. Each command takes a bounded time, a command that cannot be sent now is refused at
//! once, and nothing piles up while Redis is unavailable.
//!
//! Nothing is sent a second time behind the caller's back: what was on its way when a connection broke is answered with
//! a fault, and the caller, who knows what a repetition means, decides.

use super::RedisSettings;
use super::script::Script;
use crate::adapter::session::PORT;
use clinical_images::ports::PortFault;
use fred::clients::{Client, WithOptions};
use fred::error::{Error, ErrorKind};
use fred::interfaces::{ClientLike as _, ClusterInterface as _, ConfigInterface as _, FredResult};
use fred::types::config::{Config, Options, ReconnectPolicy, Server};
use fred::types::{Builder, ClusterHash, CustomCommand, Value};
use fred::util::redis_keyslot;
use secrecy::ExposeSecret as _;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::AbortHandle;

/// Commands that may wait for an answer at the same time. Each may carry a whole session.
const MAX_PERMITS: usize = 1024;

/// How long a connection may give no sign of life, with commands waiting, before another is tried; in time-outs.
const PATIENCE: u32 = 2;

/// Between two tries to reach Redis, in milliseconds: at first, and at most.
const RECONNECT: (u32, u32) = (50, 2_000);

/// Messages and notices of lost connections that may wait to be read.
const NOTICES: usize = 1024;

/// How an address may begin; `s` asks for TLS.
const SCHEMES: [&str; 6] = [
    "redis",
    "rediss",
    "redis-sentinel",
    "rediss-sentinel",
    "redis-cluster",
    "rediss-cluster",
];

/// A background task that ends with whoever holds it.
pub(super) struct Task(AbortHandle);

impl Task {
    pub(super) fn new(handle: AbortHandle) -> Self {
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The connection for commands.
pub(in crate::adapter) struct Connection {
    client: WithOptions<Client>,
    options: Options,
    permits: Semaphore,
    /// For the one command that is sent to find out whether Redis answers again.
    probe: Semaphore,
    stalled: AtomicBool,
    _driver: Task,
}

impl Connection {
    pub(in crate::adapter) async fn open(settings: &RedisSettings) -> Result<Self, PortFault> {
        let client = client(settings)?;
        let driver = connect(&client).await?;
        let options = Options {
            timeout: Some(settings.time_out),
            max_attempts: Some(1),
            fail_fast: true,
            ..Options::default()
        };
        Ok(Self {
            client: client.with_options(&options),
            options,
            permits: Semaphore::new(MAX_PERMITS),
            probe: Semaphore::new(1),
            stalled: AtomicBool::new(false),
            _driver: driver,
        })
    }

    /// Runs a script. A Redis that has not seen it yet, or has forgotten it, is sent its text.
    pub(in crate::adapter) async fn run(
        &self,
        script: &Script,
        keys: Vec<String>,
        arguments: Vec<Value>,
    ) -> Result<Value, PortFault> {
        let slot = redis_keyslot(keys.first().map_or("", String::as_str).as_bytes());
        // A script, by its digest or in full, then how many of the rest are keys.
        let mut words = vec![
            script.sha1.as_str().into(),
            Value::Integer(keys.len() as i64),
        ];
        words.extend(keys.into_iter().map(Value::from));
        words.extend(arguments);
        self.ask(async {
            match self.send("EVALSHA", slot, words.clone()).await {
                Err(error) if error.details().starts_with("NOSCRIPT") => {
                    words[0] = Value::from_static_str(script.lua);
                    self.send("EVAL", slot, words).await
                }
                answer => answer,
            }
        })
        .await
    }

    /// Sends a script to the server that holds the slot. The client's own functions for scripts leave its options aside,
    /// so a command of our own it is.
    async fn send(&self, command: &'static str, slot: u16, words: Vec<Value>) -> FredResult<Value> {
        let command = CustomCommand::new_static(command, ClusterHash::Custom(slot), false);
        self.client.custom(command, words).await
    }

    /// A setting of Redis itself, on every server that takes writes; nothing when Redis does not tell.
    pub(super) async fn redis_setting(&self, name: &str) -> Result<Vec<String>, PortFault> {
        let nodes = match self.client.cached_cluster_state() {
            Some(cluster) => cluster
                .unique_primary_nodes()
                .into_iter()
                .map(Some)
                .collect(),
            None => vec![None],
        };
        let mut values = Vec::new();
        for node in nodes {
            match self.ask(self.setting_on(node, name)).await {
                // The name, then the value.
                Ok(pair) => values.extend(pair.into_iter().nth(1)),
                Err(PortFault::Protocol { .. }) => return Ok(Vec::new()),
                Err(fault) => return Err(fault),
            }
        }
        Ok(values)
    }

    async fn setting_on(&self, node: Option<Server>, name: &str) -> FredResult<Vec<String>> {
        let options = Options {
            cluster_node: node,
            ..self.options.clone()
        };
        self.client.with_options(&options).config_get(name).await
    }

    /// Asks one thing, if it makes sense to ask now.
    async fn ask<T>(&self, command: impl Future<Output = FredResult<T>>) -> Result<T, PortFault> {
        let _permit = self.acquire_permit()?;
        let answer = command.await;
        let timed_out = |error: &Error| *error.kind() == ErrorKind::Timeout;
        self.stalled
            .store(answer.as_ref().is_err_and(timed_out), Ordering::Relaxed);
        answer.map_err(|error| fault(&error))
    }

    /// After a time-out one command at a time is sent as a probe, so that nobody waits in vain and nothing piles up; any
    /// answer lets all commands through again.
    fn acquire_permit(&self) -> Result<SemaphorePermit<'_>, PortFault> {
        let (semaphore, full) = if self.stalled.load(Ordering::Relaxed) {
            (&self.probe, "Redis does not answer in time")
        } else {
            (&self.permits, "too many commands wait for Redis")
        };
        semaphore
            .try_acquire()
            .map_err(|_| PortFault::unavailable(PORT, full))
    }
}

/// A client, not yet connected.
pub(super) fn client(settings: &RedisSettings) -> Result<Client, PortFault> {
    let odd = |why: &str| PortFault::protocol(PORT, format!("REDIS_URL makes no sense: {why}"));
    let url = settings.url.expose_secret();
    // The client takes any word for one server without TLS.
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    if !SCHEMES.contains(&scheme) {
        return Err(odd(&format!(
            "it begins with one of {}",
            SCHEMES.join(", ")
        )));
    }
    let config = Config::from_url(url).map_err(|error| odd(error.details()))?;
    let time_out = settings.time_out;
    let (soon, late) = RECONNECT;
    let mut policy = ReconnectPolicy::new_exponential(0, soon, late, 2);
    policy.set_jitter(soon / 2);
    let mut builder = Builder::from_config(config);
    builder
        .with_connection_config(|connection| {
            connection.connection_timeout = time_out;
            connection.internal_command_timeout = time_out;
            connection.max_command_attempts = 1;
            connection.unresponsive.max_timeout = Some(time_out * PATIENCE);
            connection.unresponsive.interval = time_out / 2;
            connection.tcp.nodelay = Some(true);
            // A peer that vanished without a word, when so much waits to be sent that nothing is read.
            #[cfg(target_os = "linux")]
            {
                connection.tcp.user_timeout = Some(time_out * PATIENCE);
            }
        })
        .with_performance_config(|performance| {
            performance.default_command_timeout = time_out;
            performance.broadcast_channel_capacity = NOTICES;
        })
        .set_policy(policy);
    builder.build().map_err(|error| fault(&error))
}

/// Connects; from then on a lost connection is made anew by itself, for as long as the task is held.
pub(super) async fn connect(client: &Client) -> Result<Task, PortFault> {
    let driver = client.init().await.map_err(|error| {
        let (PortFault::Unavailable { detail, .. } | PortFault::Protocol { detail, .. }) =
            fault(&error);
        PortFault::unavailable(PORT, format!("Redis at REDIS_URL cannot be used: {detail}"))
    })?;
    Ok(Task::new(driver.abort_handle()))
}

/// What an error means for the caller. Redis's own words stay out, but for the first: some repeat what they were sent.
pub(super) fn fault(error: &Error) -> PortFault {
    let first = error
        .details()
        .split_whitespace()
        .next()
        .unwrap_or_default();
    let by_redis = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    match error.kind() {
        ErrorKind::Auth | ErrorKind::Cluster => {
            PortFault::unavailable(PORT, format!("Redis says {first}"))
        }
        // It cannot take writes for now: full, restarting, demoted, cut off from its disk or its replicas.
        _ if TRANSIENT.contains(&first) => {
            PortFault::unavailable(PORT, format!("Redis says {first}"))
        }
        _ if by_redis => PortFault::protocol(PORT, format!("Redis says {first}")),
        // What is left are the client's own words.
        ErrorKind::Config
        | ErrorKind::InvalidArgument
        | ErrorKind::InvalidCommand
        | ErrorKind::NotFound
        | ErrorKind::Parse
        | ErrorKind::Protocol
        | ErrorKind::Url => PortFault::protocol(PORT, error),
        _ => PortFault::unavailable(PORT, error),
    }
}

/// First words of answers that may be different next time.
const TRANSIENT: [&str; 9] = [
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "NOREPLICAS",
    "OOM",
    "READONLY",
    "TRYAGAIN",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn said(words: &'static str) -> PortFault {
        fault(&Error::new(ErrorKind::Unknown, words))
    }

    #[test]
    fn what_is_transient_is_unavailable_and_the_rest_is_a_protocol_fault() {
        for words in [
            "OOM command not allowed",
            "READONLY You can't write",
            "LOADING Redis is loading",
        ] {
            assert!(
                matches!(said(words), PortFault::Unavailable { .. }),
                "{words}"
            );
        }
        assert!(matches!(
            said("ERR wrong number of arguments"),
            PortFault::Protocol { .. }
        ));
    }

    #[test]
    fn what_redis_repeats_of_a_command_is_not_told() {
        let told = said("ERR unknown command 'x', with args beginning with: 'Aroha'").to_string();
        assert!(told.contains("ERR") && !told.contains("Aroha"), "{told}");
    }

    #[test]
    fn an_address_that_makes_no_sense_is_named_without_its_password() {
        let settings = RedisSettings {
            url: "redis-sentinel://:secret@localhost".to_owned().into(),
            prefix: "clinical".into(),
            time_out: Duration::from_secs(2),
            unsafe_allowed: false,
        };
        let sentence = client(&settings)
            .expect_err("no service is named")
            .to_string();
        assert!(
            sentence.contains("REDIS_URL") && !sentence.contains("secret"),
            "{sentence}"
        );
    }
}
