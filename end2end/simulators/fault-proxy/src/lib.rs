//! Stands between a client and a server and does to their connection what networks do: cuts it before a request has
//! arrived or after it had its effect, tears a message in half, delivers late or not at all, turns callers away.
//!
//! Owns bytes on their way and nothing else: it must not know what they mean. It acts at random moments that a seed
//! decides; how the bytes fall into pieces is the kernel's choice, so a seed repeats the random numbers, not the run.

mod faults;

pub use faults::Faults;

use fastrand::Rng;
use faults::{Decision, Direction};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::sleep;

/// Bytes that are looked at in one piece.
const PIECE: usize = 16 * 1024;

/// A running proxy on a free port of this machine. Ends, with all its connections, when it is dropped.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

struct Shared {
    plan: Mutex<Plan>,
    /// Counts up to cut every connection there is.
    cut: watch::Sender<u64>,
    /// While this holds, no byte passes.
    held: watch::Sender<bool>,
}

struct Plan {
    upstream: SocketAddr,
    faults: Faults,
    rng: Rng,
    /// How many callers are still to be turned away.
    turn_away: u32,
    cuts: u64,
}

impl FaultProxy {
    /// Begins to stand before `upstream`, without faults. `seed` decides the moments of those that come later.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn before(upstream: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            plan: Mutex::new(Plan {
                upstream,
                faults: Faults::NONE,
                rng: Rng::with_seed(seed),
                turn_away: 0,
                cuts: 0,
            }),
            cut: watch::Sender::new(0),
            held: watch::Sender::new(false),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    /// Where clients connect.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Injects these faults from now on, instead of those before.
    pub fn inject(&self, faults: Faults) {
        self.shared.plan().faults = faults;
    }

    /// Leads connections that are made from now on to another server.
    pub fn redirect(&self, upstream: SocketAddr) {
        self.shared.plan().upstream = upstream;
    }

    /// Cuts every connection there is.
    pub fn cut(&self) {
        self.shared.cut.send_modify(|times| *times += 1);
    }

    /// Cuts every connection and turns everybody away until [`Self::open`].
    pub fn shut(&self) {
        self.shared.plan().turn_away = u32::MAX;
        self.cut();
    }

    /// Lets everybody in again.
    pub fn open(&self) {
        self.shared.plan().turn_away = 0;
    }

    /// Lets no byte pass, on any connection and in either direction, until [`Self::release`].
    pub fn hold(&self) {
        self.shared.held.send_replace(true);
    }

    /// Lets bytes pass again; what was held goes first.
    pub fn release(&self) {
        self.shared.held.send_replace(false);
    }

    /// How many connections [`Faults::cuts`] has cut so far.
    #[must_use]
    pub fn cuts(&self) -> u64 {
        self.shared.plan().cuts
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a new connection is forwarded to; `None` when it is turned away.
    fn route(&self) -> Option<SocketAddr> {
        let mut plan = self.plan();
        match plan.turn_away {
            0 => Some(plan.upstream),
            u32::MAX => None,
            _ => {
                plan.turn_away -= 1;
                None
            }
        }
    }

    /// Decides what happens to a piece that goes in this direction.
    fn decide(&self, direction: Direction) -> Decision {
        let mut plan = self.plan();
        let Plan {
            faults,
            rng,
            turn_away,
            cuts,
            ..
        } = &mut *plan;
        let decision = faults.decide(direction, rng);
        if decision.is_cut() {
            *cuts += 1;
            if *turn_away != u32::MAX {
                *turn_away = rng.u32(..=faults.turned_away);
            }
        }
        decision
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        if let Some(upstream) = shared.route() {
            tokio::spawn(serve(client, upstream, Arc::clone(&shared)));
        }
    }
}

/// Serves one connection until either side ends it or a fault does; both sockets close at once then.
async fn serve(mut client: TcpStream, upstream: SocketAddr, shared: Arc<Shared>) {
    let mut cut = shared.cut.subscribe();
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    tokio::select! {
        () = pump(from_client, to_server, Direction::Request, &shared) => {}
        () = pump(from_server, to_client, Direction::Reply, &shared) => {}
        _ = cut.changed() => {}
    }
}

/// Carries one direction.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    direction: Direction,
    shared: &Shared,
) {
    let mut held = shared.held.subscribe();
    let mut piece = vec![0; PIECE];
    loop {
        let length = match from.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        if held.wait_for(|held| !held).await.is_err() {
            return;
        }
        let (passes, goes_on) = match shared.decide(direction) {
            Decision::Forward => (length, true),
            Decision::Delay(delay) => {
                sleep(delay).await;
                (length, true)
            }
            Decision::Truncate => (length / 2, false),
            Decision::Drop => (0, false),
        };
        if to.write_all(&piece[..passes]).await.is_err() || !goes_on {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
