//! Named places on the way of a picture at which a test can stop the process. Compiled away unless the feature
//! `failpoints` is on, which no release has.
//!
//! The same feature can scale the clock: from the moment that the file `scale-clock` appears in `FAILPOINT_DIR`, time runs
//! `CLOCK_RATE` times as fast, also for processes that are started later.
//!
//! With it, `FAILPOINT` names a place and `FAILPOINT_DIR` a directory. The first time the place is reached, the file
//! `NAME.reached` appears there and whoever came waits until `NAME.go` does: meanwhile the test kills the process, or
//! lets others take over and has it go on.

/// A job was found due; nothing is done yet.
pub const JOB_FOUND: &str = "job-found";
/// Patient and bytes are read; nothing is claimed yet.
pub const PREPARED: &str = "prepared";
/// The intent is durable; nothing is sent yet.
pub const CLAIMED: &str = "claimed";
/// The token is there; the connection is not.
pub const BEFORE_POST: &str = "before-post";
/// Half of the body is out.
pub const BODY_HALF: &str = "body-half";
/// All but the end of the body is out.
pub const BODY_LAST: &str = "body-last";
/// ALEX's status is there; its body is not read.
pub const ANSWERED: &str = "answered";
/// The outcome is known, and not persisted.
pub const OUTCOME_KNOWN: &str = "outcome-known";
/// The outcome is persisted, and not in the ledger.
pub const WRITTEN: &str = "written";
/// The ledger has it, and the session does not know that.
pub const LEDGERED: &str = "ledgered";
/// A search is claimed, and not begun.
pub const LOOKUP_CLAIMED: &str = "lookup-claimed";
/// A search is answered, and its outcome not persisted.
pub const LOOKUP_ANSWERED: &str = "lookup-answered";

/// All of them, in the order in which a picture meets them.
pub const ALL: [&str; 12] = [
    JOB_FOUND,
    PREPARED,
    CLAIMED,
    BEFORE_POST,
    BODY_HALF,
    BODY_LAST,
    ANSWERED,
    OUTCOME_KNOWN,
    WRITTEN,
    LEDGERED,
    LOOKUP_CLAIMED,
    LOOKUP_ANSWERED,
];

#[cfg(not(feature = "failpoints"))]
mod here {
    use clinical_images::moment::Moment;

    /// Comes to a place.
    #[inline(always)]
    pub async fn reach(_: &'static str) {}

    /// [`reach`], where nothing can be awaited.
    #[inline(always)]
    pub fn pass(_: &'static str) {}

    /// The time as it is.
    #[inline(always)]
    #[must_use]
    pub fn scaled_now(now: Moment) -> Moment {
        now
    }
}

#[cfg(feature = "failpoints")]
mod here {
    use clinical_images::moment::Moment;
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, UNIX_EPOCH};

    /// How often to look whether it may go on.
    const POLL_INTERVAL: Duration = Duration::from_millis(5);

    static REACHED: AtomicBool = AtomicBool::new(false);
    static CLOCK_SCALE: OnceLock<(Moment, u32)> = OnceLock::new();

    /// The time on the scaled clock of a test.
    #[must_use]
    pub fn scaled_now(now: Moment) -> Moment {
        let scale = CLOCK_SCALE.get().copied().or_else(|| {
            let since = scaled_since()?;
            Some(*CLOCK_SCALE.get_or_init(|| since))
        });
        match scale {
            Some((since, rate)) => since.plus(now.since(since) * rate),
            None => now,
        }
    }

    fn scaled_since() -> Option<(Moment, u32)> {
        let dir = PathBuf::from(std::env::var_os("FAILPOINT_DIR")?);
        let rate = std::env::var("CLOCK_RATE").ok()?.parse().ok()?;
        let begun = dir.join("scale-clock").metadata().ok()?.modified().ok()?;
        let begun = begun.duration_since(UNIX_EPOCH).ok()?;
        Some((Moment::from_millis(0).plus(begun), rate))
    }

    /// Comes to a place.
    pub async fn reach(point: &'static str) {
        if let Some(go) = stopped_at(point) {
            while !go.exists() {
                tokio::time::sleep(POLL_INTERVAL).await;
            }
        }
    }

    /// [`reach`], where nothing can be awaited: holds the thread.
    pub fn pass(point: &'static str) {
        if let Some(go) = stopped_at(point) {
            while !go.exists() {
                std::thread::sleep(POLL_INTERVAL);
            }
        }
    }

    /// What to wait for, when this is the place and it is reached for the first time.
    fn stopped_at(point: &'static str) -> Option<PathBuf> {
        if std::env::var_os("FAILPOINT")? != point || REACHED.swap(true, Ordering::SeqCst) {
            return None;
        }
        let dir = PathBuf::from(std::env::var_os("FAILPOINT_DIR")?);
        std::fs::write(dir.join(format!("{point}.reached")), b"").ok()?;
        Some(dir.join(format!("{point}.go")))
    }
}

pub use here::{pass, reach, scaled_now};
