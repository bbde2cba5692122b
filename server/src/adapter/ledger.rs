//! Filing ledgers: what stands behind the port [`FilingLedger`](clinical_images::ports::FilingLedger).
//!
//! One line a picture, replaced by a later one. Must not know what an outcome means.

mod memory;
mod redb;

pub use memory::MemoryLedger;
pub use redb::RedbLedger;

/// How these adapters call their port in a `PortFault`.
const PORT: &str = "ledger";
