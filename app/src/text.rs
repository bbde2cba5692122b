//! Every sentence a person reads, in one place, so that te reo Māori can follow. Plain words, no blame, and what to do
//! next.

pub mod desk;
pub mod phone;
mod problem;
mod upload_failure;
mod words;

/// What the product is called.
pub const PRODUCT: &str = "Clinical Images";
/// On every screen of the demo.
pub const DEMO: &str = "Demo – fictional patients";

pub use problem::{Advice, explain, explain_failure};
pub use upload_failure::explain_upload_failure;
pub use words::*;
