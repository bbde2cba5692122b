//! The transactional outbox: for each record that shall exist, an entry that a commit writes into its session, in the
//! same append as everything else that the commit changes. A picture has an entry of its own; pictures that are pages of
//! one scanned document share one.
//!
//! Owns the entry's states, the task that is due in each, and how a picture's entries add up. Must not know how a picture
//! is sent, and does not decide: `session::decide::outbox` does. Two rules hold. An attempt is durable before
//! its first byte goes out, and its holder has a lease with a fencing token that grows with every claim. And only the record
//! system or a person says whether a picture is in the record; the absence of an answer proves nothing.

mod aggregate;
mod entry;
mod lease;
mod reconcile;
mod rules;
mod state;

pub use aggregate::{entries_of, state_of};
pub use entry::{OutboxEntry, Page};
pub use lease::Lease;
pub use reconcile::Reconciliation;
pub use rules::OutboxRules;
pub use state::{OutboxState, OutboxTask};

use crate::id::OutboxEntryId;
use std::collections::BTreeMap;

/// A session's entries by their names.
pub type Outbox = BTreeMap<OutboxEntryId, OutboxEntry>;

#[cfg(test)]
mod tests;
