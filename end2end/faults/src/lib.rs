//! Faults on purpose: the product as real processes, clients that remember what they were told, and a checker that
//! compares their memory with what the stores hold once everything is quiet again.
//!
//! ```text
//! cluster ─ redis-server, picture store, ALEX simulator, servers: started, killed, paused, ended with this process
//! store_faults ─ what the picture store's front does to requests      store ─ that front, a process of its own
//! browser, client, desk, follower, consultation, practice, workload ─ clients as browsers behave, over HTTP and nothing else
//! history, following ─ what each client asked and was told, and what each page heard
//! final_state ─ what the product, asked afterwards, says it holds
//! check ─── compares the two; pure, and tested with histories that are wrong on purpose
//! profile, fault, run ─ how long, what is broken when, and one run from start to verdict
//! stores ── how fast the session stores are, and how soon an event is heard
//! ```
//!
//! Knows the product's HTTP interface and the domain's types. Must not look into a store behind the product's back: what
//! cannot be seen through the product is lost to its users.

mod browser;
pub mod check;
mod client;
pub mod cluster;
mod consultation;
mod desk;
pub mod fault;
mod fictional;
pub mod final_state;
mod follower;
pub mod following;
pub mod history;
mod lines;
mod practice;
mod profile;
mod run;
pub mod store;
pub mod store_faults;
pub mod stores;
mod test_photo;
mod workload;

pub use profile::Profile;
pub use run::{Verdict, run};

use std::path::Path;

/// Makes a directory that is there and empty.
///
/// # Errors
/// A sentence, when it cannot be.
pub fn emptied(dir: &Path) -> Result<(), String> {
    let at = |fault: std::io::Error| format!("{}: {fault}", dir.display());
    match std::fs::remove_dir_all(dir) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(at(fault)),
        _ => std::fs::create_dir_all(dir).map_err(at),
    }
}
