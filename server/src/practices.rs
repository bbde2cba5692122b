//! Reads the practices anew when the program is told to (SIGHUP): all that is written then counts from then on, or, when
//! something in it does not work, nothing of it. Sessions go on meanwhile.

use crate::config::Config;
use crate::demo::Demo;
use crate::wire;
use clinical_images::service::Services;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs until the stop.
pub async fn read_anew_when_asked(
    asked: std::io::Result<Hangups>,
    config: Config,
    demo: Option<Arc<Demo>>,
    services: Services,
    shutdown: CancellationToken,
) {
    let mut asked = match asked {
        Ok(asked) => asked,
        Err(fault) => {
            tracing::error!(%fault, "cannot listen for SIGHUP; a changed PRACTICES_FILE needs a restart");
            return;
        }
    };
    loop {
        tokio::select! {
            () = asked.next() => read_anew(&config, demo.as_deref(), &services),
            () = shutdown.cancelled() => return,
        }
    }
}

fn read_anew(config: &Config, demo: Option<&Demo>, services: &Services) {
    if config.practices.practices_file.is_none() {
        tracing::warn!("SIGHUP changes nothing: PRACTICES_FILE is not set");
        return;
    }
    match wire::read_practices_anew(config, demo, services) {
        Ok(removed) => {
            for practice in removed {
                tracing::warn!(practice.id = %practice, "practice removed; its open sessions can be finished until this server ends");
            }
            let practices = services.practices.all().len();
            tracing::info!(practices, "practices reloaded");
        }
        Err(fault) => {
            tracing::error!("practices not reloaded, the running settings stay: {fault}");
        }
    }
}

/// Times at which somebody asked (SIGHUP).
#[cfg(unix)]
pub struct Hangups(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangups {
    /// Listens from now on; a signal that comes before it is read counts.
    ///
    /// # Errors
    /// When the system does not let a process listen.
    pub fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup()).map(Self)
    }

    async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Nobody can ask on this system.
#[cfg(not(unix))]
pub struct Hangups;

#[cfg(not(unix))]
impl Hangups {
    /// Nothing to listen to.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}
