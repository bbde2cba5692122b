//! Filing ledgers: what stands behind the port [`FilingLedger`](clinical_images::ports::FilingLedger).
//!
//! One line a picture, replaced by a later one. Must not know what an outcome means. Every ledger passes the contract
//! suite `tests/ledger.rs`.

mod memory;
mod redb;
mod redis;

pub use memory::MemoryLedger;
pub use redb::RedbLedger;
pub use redis::RedisLedger;

use clinical_images::ports::{LedgerEntry, PortFault};

/// How these adapters call their port in a `PortFault`.
const PORT: &str = "ledger";

/// A line as the ledgers keep it.
fn json(entry: &LedgerEntry) -> Result<Vec<u8>, PortFault> {
    serde_json::to_vec(entry).map_err(|error| PortFault::protocol(PORT, error))
}

/// Reads what [`json`] wrote.
fn read_line(json: &[u8]) -> Result<LedgerEntry, PortFault> {
    serde_json::from_slice(json).map_err(|error| {
        PortFault::protocol(PORT, format!("a stored line makes no sense: {error}"))
    })
}
