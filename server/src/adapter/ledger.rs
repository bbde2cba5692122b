//! Filing ledgers: what stands behind the port [`FilingLedger`](clinical_images::ports::FilingLedger).
//!
//! One line for each picture of a practice, replaced by a later one. Must not know what an outcome means. Every ledger passes the contract
//! suite `tests/ledger.rs`.

mod memory;
mod redb;
mod redis;

pub use memory::MemoryLedger;
pub use redb::RedbLedger;
pub use redis::RedisLedger;

use clinical_images::ports::{LedgerEntry, Port, PortFault};
use clinical_images::stored;

/// How these adapters call their port in a `PortFault`.
const PORT: Port = Port::Ledger;

/// A line as the ledgers keep it.
fn row(entry: &LedgerEntry) -> Result<Vec<u8>, PortFault> {
    stored::write(entry).map_err(|error| PortFault::protocol(PORT, error))
}

/// Reads what [`row`] wrote.
fn read_line(row: &[u8]) -> Result<LedgerEntry, PortFault> {
    stored::read(row).map_err(|unreadable| PortFault::protocol(PORT, unreadable))
}
