//! What is broken, and when.

use crate::cluster::{Cluster, ClusterFault};
use crate::profile::Profile;
use crate::store_faults::{FaultSettings, StoreFault};
use fastrand::Rng;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Redis ends at whatever instruction it is, and comes back over what it had written.
    KillRedis,
    /// Redis does nothing for a while, with its connections open.
    PauseRedis,
    /// One server after the other ends at whatever instruction it is, and comes back.
    KillServer,
    /// The picture store misbehaves.
    Store(StoreFault),
    /// All of these at random, some at the same time.
    Mixed,
}

impl Fault {
    /// All of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let stores = StoreFault::ALL.into_iter().map(Self::Store);
        let others = [Self::KillRedis, Self::PauseRedis, Self::KillServer];
        others
            .into_iter()
            .chain(stores)
            .chain([Self::Mixed])
            .collect()
    }

    /// Whether this cluster has what the fault breaks.
    #[must_use]
    pub fn suits(self, cluster: &Cluster) -> bool {
        !matches!(self, Self::KillRedis | Self::PauseRedis) || cluster.has_redis()
    }

    /// Injects the fault again and again until `end`, and leaves everything repaired.
    pub(crate) async fn inject_until(
        self,
        cluster: &mut Cluster,
        mut rng: Rng,
        profile: Profile,
        end: Instant,
    ) -> Result<(), ClusterFault> {
        loop {
            let (from, to) = profile.between_faults();
            sleep(Duration::from_millis(rng.u64(from..=to))).await;
            if Instant::now() >= end {
                return Ok(());
            }
            match self {
                Self::Mixed => {
                    let fault = rng.choice(&StoreFault::ALL).copied();
                    let fault = fault.filter(|_| rng.u64(..100) < 60);
                    cluster
                        .set_store_faults(fault_settings(fault, &mut rng, profile))
                        .await?;
                    let single: Vec<Self> = Self::all()
                        .into_iter()
                        .filter(|fault| *fault != Self::Mixed && fault.suits(cluster))
                        .collect();
                    if let Some(fault) = rng.choice(&single).copied() {
                        fault.inject(cluster, &mut rng, profile).await?;
                    }
                }
                fault => fault.inject(cluster, &mut rng, profile).await?,
            }
            cluster.set_store_faults(FaultSettings::NONE).await?;
        }
    }

    /// Injects one fault, waits, and repairs what it broke.
    async fn inject(
        self,
        cluster: &mut Cluster,
        rng: &mut Rng,
        profile: Profile,
    ) -> Result<(), ClusterFault> {
        let (from, to) = profile.downtime();
        let down = Duration::from_millis(rng.u64(from..=to));
        match self {
            Self::KillRedis => {
                cluster.kill_redis();
                sleep(down).await;
                cluster.restart_redis().await
            }
            Self::PauseRedis => {
                cluster.pause_redis()?;
                sleep(profile.pause()).await;
                cluster.wake_redis()
            }
            Self::KillServer => {
                let number = rng.usize(..cluster.endpoints().servers.len());
                cluster.kill_server(number);
                sleep(down).await;
                cluster.restart_server(number).await
            }
            Self::Store(fault) => {
                cluster
                    .set_store_faults(fault_settings(Some(fault), rng, profile))
                    .await?;
                sleep(profile.store_fault_lasts()).await;
                Ok(())
            }
            Self::Mixed => Ok(()),
        }
    }
}

fn fault_settings(fault: Option<StoreFault>, rng: &mut Rng, profile: Profile) -> FaultSettings {
    FaultSettings {
        fault,
        percent: rng.u8(20..=70),
        max_delay: profile.max_delay(),
        seed: rng.u64(..),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::KillRedis => "kill -9 of Redis",
            Self::PauseRedis => "Redis paused",
            Self::KillServer => "kill -9 of a server",
            Self::Store(StoreFault::Broken) => "S3 answers 500",
            Self::Store(StoreFault::Overloaded) => "S3 answers 503",
            Self::Store(StoreFault::Slow) => "S3 slow",
            Self::Store(StoreFault::Reset) => "S3 resets connections",
            Self::Store(StoreFault::WrongBytes) => "S3 with wrong bytes",
            Self::Mixed => "all at random",
        })
    }
}
