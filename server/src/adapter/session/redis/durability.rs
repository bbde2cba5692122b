//! Whether Redis is set up to keep what it acknowledges.
//!
//! `appendonly no` forgets every session with a restart, and a `maxmemory-policy` other than `noeviction` drops sessions
//! (`allkeys`) or the ledger's lines (`volatile`: they have an expiry) when memory runs short: with either the store is
//! not ready, unless the operator has allowed it. `appendfsync` other than `always` may lose the last second with a
//! crash: a warning at start. A Redis that does not show its settings, as managed ones often do not, cannot be checked: a
//! warning at start, and what its operator promises must do.

use super::connection::Connection;
use crate::adapter::session::PORT;
use clinical_images::ports::PortFault;

/// What an unsafe value of a setting leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Warning,
    NotReady,
}

/// A setting of Redis on which durability hangs.
struct Rule {
    name: &'static str,
    is_safe: fn(&str) -> bool,
    weight: Weight,
    danger: &'static str,
    remedy: &'static str,
}

const RULES: [Rule; 3] = [
    Rule {
        name: "appendonly",
        is_safe: |value| value == "yes",
        weight: Weight::NotReady,
        danger: "a restart forgets pictures that were acknowledged",
        remedy: "yes",
    },
    Rule {
        name: "maxmemory-policy",
        is_safe: |value| value == "noeviction",
        weight: Weight::NotReady,
        danger: "what was acknowledged is dropped when memory runs short",
        remedy: "noeviction",
    },
    Rule {
        name: "appendfsync",
        is_safe: |value| value == "always",
        weight: Weight::Warning,
        danger: "a crash may forget what was acknowledged in the last second",
        remedy: "always",
    },
];

/// What was found out about a setting.
enum Finding {
    Safe,
    Unsafe(String),
    NotTold,
}

impl Rule {
    async fn look(&self, connection: &Connection) -> Result<Finding, PortFault> {
        let values = connection.redis_setting(self.name).await?;
        if values.is_empty() {
            return Ok(Finding::NotTold);
        }
        let bad = values.into_iter().find(|value| !(self.is_safe)(value));
        Ok(bad.map_or(Finding::Safe, Finding::Unsafe))
    }

    fn sentence(&self, value: &str) -> String {
        let Self {
            name,
            danger,
            remedy,
            ..
        } = self;
        format!("Redis has {name} {value}: {danger}; set {name} to {remedy}")
    }
}

/// The judgement on Redis's settings.
pub(super) struct Durability {
    unsafe_allowed: bool,
}

impl Durability {
    pub(super) fn new(unsafe_allowed: bool) -> Self {
        Self { unsafe_allowed }
    }

    /// Whether the store may be used.
    ///
    /// # Errors
    /// Names the setting that makes it unready and what to do about it; or Redis does not answer.
    pub(super) async fn check(&self, connection: &Connection) -> Result<(), PortFault> {
        if self.unsafe_allowed {
            return Ok(());
        }
        for rule in RULES.iter().filter(|rule| rule.weight == Weight::NotReady) {
            if let Finding::Unsafe(value) = rule.look(connection).await? {
                let sentence = rule.sentence(&value);
                return Err(PortFault::protocol(
                    PORT,
                    format!("{sentence}, or allow it with REDIS_UNSAFE=true"),
                ));
            }
        }
        Ok(())
    }

    /// Tells whoever reads the log at start what is unsafe or cannot be checked.
    pub(super) async fn warn(&self, connection: &Connection) {
        for rule in &RULES {
            match rule.look(connection).await {
                Ok(Finding::Unsafe(value)) => tracing::warn!("{}", rule.sentence(&value)),
                Ok(Finding::NotTold) => tracing::warn!(
                    "Redis's setting {} cannot be checked; make sure that it is {}",
                    rule.name,
                    rule.remedy
                ),
                Ok(Finding::Safe) | Err(_) => {}
            }
        }
    }
}
