//! What stands behind the ports: one module for each port, one file in it for each technology.

pub mod audit;
pub mod ehr;
pub mod ledger;
pub mod object_store;
pub mod session;
pub mod system;
