//! What is broken, and when.

use crate::dice::Dice;
use crate::run::Length;
use crate::stand::{Stand, StandFault};
use crate::weather::{Trouble, Weather};
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
    Store(Trouble),
    /// All of these at random, some at the same time.
    Mixed,
}

impl Fault {
    /// All of them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let stores = Trouble::ALL.into_iter().map(Self::Store);
        let others = [Self::KillRedis, Self::PauseRedis, Self::KillServer];
        others
            .into_iter()
            .chain(stores)
            .chain([Self::Mixed])
            .collect()
    }

    /// Whether there is anything to break in this stand.
    #[must_use]
    pub fn suits(self, stand: &Stand) -> bool {
        !matches!(self, Self::KillRedis | Self::PauseRedis) || stand.has_redis()
    }

    /// Strikes again and again until `end`, and leaves everything in order behind.
    pub(crate) async fn rage(
        self,
        stand: &mut Stand,
        mut dice: Dice,
        length: Length,
        end: Instant,
    ) -> Result<(), StandFault> {
        loop {
            let calm = dice.between(length.calm().0, length.calm().1);
            sleep(Duration::from_millis(calm)).await;
            if Instant::now() >= end {
                return Ok(());
            }
            match self {
                Self::Mixed => {
                    let trouble = dice.pick(&Trouble::ALL).copied();
                    let trouble = trouble.filter(|_| dice.percent(60));
                    stand.weather(weather(trouble, &mut dice, length)).await?;
                    let single: Vec<Self> = Self::all()
                        .into_iter()
                        .filter(|fault| *fault != Self::Mixed && fault.suits(stand))
                        .collect();
                    if let Some(fault) = dice.pick(&single).copied() {
                        fault.strike(stand, &mut dice, length).await?;
                    }
                }
                fault => fault.strike(stand, &mut dice, length).await?,
            }
            stand.weather(Weather::FINE).await?;
        }
    }

    /// Breaks one thing, waits, and mends it.
    async fn strike(
        self,
        stand: &mut Stand,
        dice: &mut Dice,
        length: Length,
    ) -> Result<(), StandFault> {
        let (from, to) = length.down();
        let down = Duration::from_millis(dice.between(from, to));
        match self {
            Self::KillRedis => {
                stand.kill_redis();
                sleep(down).await;
                stand.restart_redis().await
            }
            Self::PauseRedis => {
                stand.pause_redis()?;
                sleep(length.pause()).await;
                stand.wake_redis()
            }
            Self::KillServer => {
                let number = dice.below(stand.places().servers.len() as u64);
                let number = usize::try_from(number).unwrap_or(0);
                stand.kill_server(number);
                sleep(down).await;
                stand.restart_server(number).await
            }
            Self::Store(trouble) => {
                stand.weather(weather(Some(trouble), dice, length)).await?;
                sleep(length.storm()).await;
                Ok(())
            }
            Self::Mixed => Ok(()),
        }
    }
}

fn weather(trouble: Option<Trouble>, dice: &mut Dice, length: Length) -> Weather {
    Weather {
        trouble,
        percent: u8::try_from(dice.between(20, 70)).unwrap_or(50),
        slowest: length.slowest(),
        seed: dice.throw(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::KillRedis => "kill -9 of Redis",
            Self::PauseRedis => "Redis paused",
            Self::KillServer => "kill -9 of a server",
            Self::Store(Trouble::Broken) => "S3 answers 500",
            Self::Store(Trouble::Overloaded) => "S3 answers 503",
            Self::Store(Trouble::Slow) => "S3 slow",
            Self::Store(Trouble::Reset) => "S3 resets connections",
            Self::Store(Trouble::WrongBytes) => "S3 with wrong bytes",
            Self::Mixed => "all at random",
        })
    }
}
