//! Every sentence a person reads, in a catalogue for each surface, in English and te reo Māori ([`Language`](crate::language::Language)). Plain words, no
//! blame, and what to do next. What is *filed* is not here: that stays SNOMED CT's English ([`clinical_images::fhir`]).
//!
//! An entry is written once, with its English, in the catalogue that says it; `mi/` replaces the entries whose te reo Māori is
//! certain (docs/te-reo.md).

mod catalogue;
pub mod desk;
mod english;
mod explain;
mod mi;
pub mod phone;
mod phrases;
mod problem;
mod spoken;
pub mod start;
mod upload_failure;
mod words;

use std::borrow::Cow;

/// What the product is called, in every language.
pub const PRODUCT: &str = "Clinical Images";

/// A problem as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened, as a short heading.
    pub what: &'static str,
    /// What to do next, in one sentence or two.
    pub next: Cow<'static, str>,
}

pub use explain::explain;
pub use phrases::*;
pub use problem::nothing_here;
pub use spoken::language;
#[cfg(feature = "ssr")]
pub use spoken::provide_language;
pub use upload_failure::explain_upload_failure;
pub use words::*;
