//! The scripts, and their digests: Redis keeps a script that it has run once, and is asked for it by digest after that.

use sha1::{Digest as _, Sha1};

/// What `append.lua` and its neighbours hold.
pub(super) struct Scripts {
    pub(super) open: Script,
    pub(super) load: Script,
    pub(super) append: Script,
    pub(super) events: Script,
    pub(super) due: Script,
    pub(super) walk: Script,
    pub(super) noted: Script,
    pub(super) let_go: Script,
    pub(super) forget: Script,
    pub(super) remember: Script,
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
            open: Script::new(concat!(include_str!("line.lua"), include_str!("open.lua"))),
            load: Script::new(concat!(include_str!("line.lua"), include_str!("load.lua"))),
            append: Script::new(include_str!("append.lua")),
            events: Script::new(include_str!("events.lua")),
            due: Script::new(include_str!("due.lua")),
            walk: Script::new(include_str!("walk.lua")),
            noted: Script::new(include_str!("noted.lua")),
            let_go: Script::new(include_str!("let_go.lua")),
            forget: Script::new(include_str!("forget.lua")),
            remember: Script::new(include_str!("remember.lua")),
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
