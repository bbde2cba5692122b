//! A stand-in for ALEX, Medtech's FHIR R4 interface, as ClinicPro meets it: for the demo and for tests.
//!
//! It owns what ALEX does on the wire (token endpoint, FHIR subset, launch contexts, its quirks),
//! what a GP would then find in Medtech (`/medtech`), a script of replies to order, and a durable
//! ledger of everything it received and created. It must not know the product: it shares no code with
//! it, so that a test against it is no circle. All people in it are invented.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use alex_simulator::{Settings, Simulator};
//! let simulator = Simulator::open(Settings::demo("data/alex", "http://localhost:3000"))?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! axum::serve(listener, simulator.router()).await?;
//! # Ok(()) }
//! ```

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, middleware};
use serde_json::json;

mod auth;
mod call;
mod clock;
mod deferred;
mod fhir;
mod launch;
mod ledger;
mod media_files;
mod medtech;
mod nondeterminism;
mod observe;
mod outcome;
mod people;
mod picture;
mod record;
mod scan;
mod script;
mod settings;
mod token;

pub use ledger::OpenError;
pub use settings::{
    DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, DEMO_FACILITY, FIRST_PATIENT_ID, FIRST_PATIENT_NHI,
    SECOND_FACILITY, SecondFacility, Settings,
};

/// The most bytes a request's body may have (12 MB); more is answered 413.
pub const BODY_LIMIT: usize = 12 * 1024 * 1024;

/// A simulated ALEX with its practices. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    roster: people::Roster,
    tokens: token::Tokens,
    script: script::Script,
    clock: clock::Clock,
    deferred: deferred::DeferredWork,
    media_files: media_files::MediaFiles,
    ledger: Mutex<ledger::Ledger>,
}

impl Simulator {
    /// Opens the data directory (made if absent) and takes up what was received before.
    ///
    /// # Errors
    /// When the directory cannot be written, or the ledger holds a line that is not ours. A line
    /// cut short at the very end (a crash while writing) is dropped, not an error.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let ledger = ledger::Ledger::open(&settings.data_dir)?;
        let media_files = media_files::MediaFiles::open(&settings.data_dir).map_err(|source| {
            let path = settings.data_dir.join("media");
            OpenError::Unusable { path, source }
        })?;
        let inner = Inner {
            roster: people::Roster::of(nondeterminism::today(), settings.facilities().len()),
            tokens: token::Tokens::default(),
            script: script::Script::default(),
            clock: clock::Clock::ahead_by(Duration::from_millis(ledger.ahead_ms())),
            deferred: deferred::DeferredWork::default(),
            media_files,
            ledger: Mutex::new(ledger),
            settings,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Everything it answers, ready for `axum::serve` on a port of its own.
    pub fn router(&self) -> Router {
        let alex = Router::new()
            .merge(token::routes())
            .merge(fhir::routes(self))
            .merge(launch::vendor_forms(self))
            .fallback(no_such_operation)
            .layer(middleware::from_fn_with_state(
                self.clone(),
                observe::observe,
            ));
        Router::new()
            .merge(medtech::routes())
            .merge(alex)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.clone())
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn roster(&self) -> &people::Roster {
        &self.inner.roster
    }

    pub(crate) fn tokens(&self) -> &token::Tokens {
        &self.inner.tokens
    }

    pub(crate) fn script(&self) -> &script::Script {
        &self.inner.script
    }

    pub(crate) fn clock(&self) -> &clock::Clock {
        &self.inner.clock
    }

    pub(crate) fn deferred(&self) -> &deferred::DeferredWork {
        &self.inner.deferred
    }

    /// Works on the ledger off the async threads: it waits for the disk.
    pub(crate) async fn ledger<T, F>(&self, act: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut ledger::Ledger) -> io::Result<T> + Send + 'static,
    {
        self.at_the_disk(move |inner| act(&mut lock(&inner.ledger)))
            .await
    }

    /// Keeps a record for good: its bytes first, then the line that makes it count. Only the line
    /// waits for others.
    pub(crate) async fn keep(
        &self,
        filed: record::Filed,
        bytes: Vec<u8>,
    ) -> io::Result<record::Filed> {
        self.at_the_disk(move |inner| {
            inner.media_files.put(&filed, &bytes)?;
            lock(&inner.ledger).filed(filed.clone())?;
            Ok(filed)
        })
        .await
    }

    /// The bytes of a record, as they were decoded.
    pub(crate) async fn bytes_of(&self, filed: record::Filed) -> io::Result<Vec<u8>> {
        self.at_the_disk(move |inner| inner.media_files.get(&filed))
            .await
    }

    /// Forgets requests and records, for tests.
    pub(crate) async fn forget(&self) -> io::Result<()> {
        self.at_the_disk(|inner| {
            let forgotten = lock(&inner.ledger).clear()?;
            forgotten
                .iter()
                .try_for_each(|filed| inner.media_files.remove(filed))
        })
        .await
    }

    async fn at_the_disk<T, F>(&self, act: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> io::Result<T> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || act(&inner))
            .await
            .map_err(io::Error::other)?
    }
}

/// A lock that a panic elsewhere does not take away: what it guards is whole between statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The gateway's own 404, which is JSON but not FHIR.
pub(crate) async fn no_such_operation() -> Response {
    let body = json!({ "statusCode": 404, "message": "Resource not found" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}
