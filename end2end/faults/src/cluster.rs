//! The cluster under test: the product and everything it depends on, as real processes on loopback: each with a free port and a directory of its
//! own, all of them gone when this is dropped.
//!
//! The servers run as in production: no demo, one public address for all, pictures and sessions elsewhere.

mod group;
mod programs;

use crate::store_faults::FaultSettings;
use group::{Group, Process};
use programs::Env;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Under which address browsers believe to reach the servers; a proxy that terminates TLS would cluster in front.
pub const PUBLIC_URL: &str = "https://images.clinic.test";
/// How long a process may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sessions {
    /// In Redis that syncs every write; two servers share it.
    Redis,
    /// In Redis that keeps nothing over a kill: what a checker must notice.
    ForgetfulRedis,
    /// In a file of the one server.
    File,
}

/// Why the cluster does not start or obey.
#[derive(Debug, thiserror::Error)]
pub enum ClusterFault {
    /// A directory or a program cannot be used.
    #[error("{0}: {1}")]
    Start(String, #[source] io::Error),
    /// A process ended or does not answer.
    #[error("{name} does not answer; its log is {}", log.display())]
    NotReady {
        /// Which.
        name: &'static str,
        /// What it said.
        log: PathBuf,
    },
    /// The picture store's control port does not answer.
    #[error("the picture store does not take orders about its faults: {0}")]
    StoreFaults(String),
}

/// Where clients find what they need.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// The servers, each without a slash at the end.
    pub servers: Vec<String>,
    /// The simulated Medtech.
    pub medtech: String,
}

/// All processes.
#[derive(Debug)]
pub struct Cluster {
    redis: Option<Process>,
    redis_port: u16,
    store: Process,
    alex: Process,
    servers: Vec<Process>,
    endpoints: Endpoints,
    control_url: String,
    client: reqwest::Client,
    // Last, so that the processes are still known when the group ends.
    group: Group,
}

impl Cluster {
    /// Starts everything with data and logs under `dir`, and returns when all of it answers.
    ///
    /// # Errors
    /// When a program is missing, a port was taken meanwhile, or something does not answer in time.
    pub async fn start(dir: &Path, sessions: Sessions) -> Result<Self, ClusterFault> {
        std::fs::create_dir_all(dir).map_err(|fault| at(dir, fault))?;
        let count = if sessions == Sessions::File { 1 } else { 2 };
        let ports = free_ports(4 + count).map_err(|fault| at(dir, fault))?;
        let [redis_port, store, control, alex, ..] = ports[..] else {
            return Err(at(dir, io::ErrorKind::AddrNotAvailable.into()));
        };
        let local = |port: &u16| format!("http://127.0.0.1:{port}");
        let endpoints = Endpoints {
            servers: ports[4..].iter().map(local).collect(),
            medtech: local(&alex),
        };
        let env = Env {
            dir,
            sessions,
            redis: redis_port,
            store,
            alex,
        };
        let servers = ports[4..].iter().enumerate();
        let with_redis = sessions != Sessions::File;
        let mut cluster = Self {
            redis: with_redis.then(|| programs::redis(dir, redis_port, sessions)),
            redis_port,
            store: programs::store(dir, store, control)?,
            alex: programs::alex(dir, alex)?,
            servers: servers
                .map(|(number, port)| programs::server(&env, number, *port))
                .collect::<Result<_, _>>()?,
            endpoints,
            control_url: format!("{}/faults", local(&control)),
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .map_err(|fault| ClusterFault::StoreFaults(fault.to_string()))?,
            group: Group::new().map_err(|fault| at(Path::new("sh"), fault))?,
        };
        cluster.start_all().await?;
        Ok(cluster)
    }

    async fn start_all(&mut self) -> Result<(), ClusterFault> {
        let others = self
            .redis
            .iter_mut()
            .chain([&mut self.store, &mut self.alex]);
        for process in others {
            started(process, &self.group)?;
        }
        if let Some(redis) = &mut self.redis {
            until_ready(redis, || redis_answers(self.redis_port)).await?;
        }
        let medtech = format!("{}/medtech/api/patients", self.endpoints.medtech);
        until_ready(&mut self.alex, || answers(&self.client, &medtech)).await?;
        self.set_store_faults(FaultSettings::NONE).await?;
        for number in 0..self.servers.len() {
            started(&mut self.servers[number], &self.group)?;
        }
        for number in 0..self.servers.len() {
            self.server_ready(number).await?;
        }
        Ok(())
    }

    /// Where clients find what they need.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether sessions live in Redis.
    #[must_use]
    pub fn has_redis(&self) -> bool {
        self.redis.is_some()
    }

    /// Kills Redis at whatever instruction it is.
    pub fn kill_redis(&mut self) {
        if let Some(redis) = &mut self.redis {
            redis.kill();
        }
    }

    /// Starts Redis over what it left behind, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn restart_redis(&mut self) -> Result<(), ClusterFault> {
        let Some(redis) = &mut self.redis else {
            return Ok(());
        };
        started(redis, &self.group)?;
        until_ready(redis, || redis_answers(self.redis_port)).await
    }

    /// Stops Redis from doing anything, with its connections open.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn pause_redis(&self) -> Result<(), ClusterFault> {
        self.signal_redis("STOP")
    }

    /// Lets Redis go on.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn wake_redis(&self) -> Result<(), ClusterFault> {
        self.signal_redis("CONT")
    }

    fn signal_redis(&self, signal: &str) -> Result<(), ClusterFault> {
        let Some(redis) = &self.redis else {
            return Ok(());
        };
        redis
            .signal(signal)
            .map_err(|fault| at(&redis.program, fault))
    }

    /// Kills a server at whatever instruction it is.
    pub fn kill_server(&mut self, number: usize) {
        self.servers[number].kill();
    }

    /// Starts a server again, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn restart_server(&mut self, number: usize) -> Result<(), ClusterFault> {
        started(&mut self.servers[number], &self.group)?;
        self.server_ready(number).await
    }

    async fn server_ready(&mut self, number: usize) -> Result<(), ClusterFault> {
        let healthz = format!("{}/healthz", self.endpoints.servers[number]);
        let server = &mut self.servers[number];
        until_ready(server, || answers(&self.client, &healthz)).await
    }

    /// Sets which faults the picture store injects. Waits for the store while it is starting.
    ///
    /// # Errors
    /// When the store does not take the order.
    pub async fn set_store_faults(&mut self, settings: FaultSettings) -> Result<(), ClusterFault> {
        let (client, url) = (self.client.clone(), self.control_url.clone());
        let order = || async {
            let sent = client.put(&url).json(&settings).send().await;
            sent.is_ok_and(|answer| answer.status().is_success())
        };
        until_ready(&mut self.store, order).await
    }
}

/// Redis alone, as durable as in the cluster; for measurements. Gone when this is dropped.
#[derive(Debug)]
pub struct LoneRedis {
    url: String,
    _process: Process,
    _group: Group,
}

impl LoneRedis {
    /// Starts it with data and log under `dir`.
    ///
    /// # Errors
    /// When it is missing or does not answer.
    pub async fn start(dir: &Path) -> Result<Self, ClusterFault> {
        let group = Group::new().map_err(|fault| at(Path::new("sh"), fault))?;
        let ports = free_ports(1).map_err(|fault| at(dir, fault))?;
        let port = ports[0];
        let mut process = programs::redis(dir, port, Sessions::Redis);
        started(&mut process, &group)?;
        until_ready(&mut process, || redis_answers(port)).await?;
        Ok(Self {
            url: format!("redis://127.0.0.1:{port}"),
            _process: process,
            _group: group,
        })
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn at(path: &Path, fault: io::Error) -> ClusterFault {
    ClusterFault::Start(path.display().to_string(), fault)
}

fn started(process: &mut Process, group: &Group) -> Result<(), ClusterFault> {
    process
        .start(group)
        .map_err(|fault| at(&process.program, fault))
}

/// Waits until the process answers; not for one that has ended.
async fn until_ready<F: Future<Output = bool>>(
    process: &mut Process,
    ready: impl Fn() -> F,
) -> Result<(), ClusterFault> {
    let looking = async {
        while !ready().await {
            if process.has_ended() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(ClusterFault::NotReady {
            name: process.name,
            log: process.log.clone(),
        }),
    }
}

async fn answers(client: &reqwest::Client, url: &str) -> bool {
    let asked = client.get(url).timeout(Duration::from_secs(5)).send().await;
    asked.is_ok_and(|answer| answer.status().is_success())
}

/// Redis takes connections before it has read its log, and says so to whoever asks.
async fn redis_answers(port: u16) -> bool {
    let asking = async {
        let mut redis = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        redis.write_all(b"PING\r\n").await?;
        let mut answer = [0; 5];
        redis.read_exact(&mut answer).await?;
        io::Result::Ok(&answer == b"+PONG")
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), asking).await;
    matches!(answer, Ok(Ok(true)))
}

/// Ports that are free now, all different.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let held = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<io::Result<Vec<_>>>()?;
    held.iter()
        .map(|listener| listener.local_addr().map(|address| address.port()))
        .collect()
}
