//! The limits a session is opened under. They travel with it, so that every server applies the same.

use crate::outbox::OutboxRules;
use crate::picture::{MOST_PICTURES, PictureLimits};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Limits of one session; the defaults are the product's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Pictures at most.
    pub most_pictures: usize,
    /// What bounds each of them. Sessions stored before there was a choice have the defaults.
    #[serde(default)]
    pub picture: PictureLimits,
    /// How many times the bytes of one picture may be announced: tries at sending it, and revisions.
    #[serde(default = "most_attempts")]
    pub attempts_per_picture: u32,
    /// How long a QR code can be claimed.
    pub pairing: Duration,
    /// How long a phone may do nothing.
    pub phone_idle: Duration,
    /// How long everybody may do nothing.
    pub session_idle: Duration,
    /// How long a permission to upload lives.
    pub put: Duration,
    /// How long a permission to look at a picture lives.
    pub get: Duration,
    /// How long an ended session can still say that it ended.
    pub keep_ended: Duration,
    /// The rules of its outbox.
    #[serde(alias = "filing")]
    pub outbox: OutboxRules,
}

const MINUTE: u64 = 60;

/// Several tries each at sending a picture and at a dozen edits. Every attempt may leave an object in the store for as long
/// as its permission lives.
const fn most_attempts() -> u32 {
    40
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most_pictures: MOST_PICTURES,
            picture: PictureLimits::default(),
            attempts_per_picture: most_attempts(),
            pairing: Duration::from_secs(5 * MINUTE),
            phone_idle: Duration::from_secs(10 * MINUTE),
            session_idle: Duration::from_secs(120 * MINUTE),
            put: Duration::from_secs(5 * MINUTE),
            get: Duration::from_secs(15 * MINUTE),
            keep_ended: Duration::from_secs(30 * MINUTE),
            outbox: OutboxRules::default(),
        }
    }
}
