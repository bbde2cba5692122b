//! The wish to stop, as heard by everything that runs.

use tokio::sync::watch;

/// Hears when the server is to stop. Clones hear the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// Tells everybody to stop.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// A wish that nobody has had yet.
    #[must_use]
    pub fn new() -> (Self, Stop) {
        let (tell, hear) = watch::channel(false);
        (Self(tell), Stop(hear))
    }

    /// Tells everybody to stop.
    pub fn stop(&self) {
        let _ = self.0.send(true);
    }
}

impl Stop {
    /// Waits for the wish. Also returns when nobody is left who could have it.
    pub async fn wished(&mut self) {
        // The guard that comes back must not live on: it is a lock.
        drop(self.0.wait_for(|stop| *stop).await);
    }

    /// [`Self::wished`], for whoever wants to own what it waits on.
    pub async fn wish(mut self) {
        self.wished().await;
    }
}
