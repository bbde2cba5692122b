//! The scripts, and their digests: Redis keeps a script that it has run once, and is asked for it by digest after that.

use sha1::{Digest as _, Sha1};

/// What `append.lua` and its neighbours hold.
pub(super) struct Scripts {
    pub(super) open: Script,
    pub(super) load: Script,
    pub(super) append: Script,
    pub(super) events: Script,
    pub(super) due: Script,
    pub(super) scan: Script,
    pub(super) pending_audit: Script,
    pub(super) ack_audit: Script,
    pub(super) forget: Script,
    pub(super) claim_once: Script,
    pub(super) probe: Script,
}

/// A Lua script.
pub(in crate::adapter) struct Script {
    pub(super) lua: &'static str,
    /// SHA-1 in hexadecimal digits: Redis's name for it.
    pub(super) sha1: String,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            open: Script::new(concat!(
                include_str!("replication_id.lua"),
                include_str!("open.lua")
            )),
            load: Script::new(concat!(
                include_str!("replication_id.lua"),
                include_str!("load.lua")
            )),
            append: Script::new(include_str!("append.lua")),
            events: Script::new(include_str!("events.lua")),
            due: Script::new(include_str!("due.lua")),
            scan: Script::new(include_str!("scan.lua")),
            pending_audit: Script::new(include_str!("pending_audit.lua")),
            ack_audit: Script::new(include_str!("ack_audit.lua")),
            forget: Script::new(include_str!("forget.lua")),
            claim_once: Script::new(include_str!("claim_once.lua")),
            probe: Script::new(include_str!("probe.lua")),
        }
    }
}

impl Script {
    pub(in crate::adapter) fn new(lua: &'static str) -> Self {
        let digest = Sha1::digest(lua);
        let sha1 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { lua, sha1 }
    }
}
