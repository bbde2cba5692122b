//! What is seen and how it reacts. Pages and components ask for things through [`api`]; the server gives them
//! [`clinical_images::service::Services`]; nothing in here names Redis, S3 or ALEX.

// Leptos' view types nest deeply; the default limit is met by the larger panels.
#![recursion_limit = "512"]

pub mod api;
mod browser;
mod components;
#[cfg_attr(
    feature = "phone-alone",
    allow(dead_code, reason = "the phone's module leaves these pages out")
)]
mod desktop;
#[cfg_attr(
    feature = "phone-alone",
    allow(dead_code, reason = "the phone's module leaves the desktop out")
)]
mod ids;
mod phone;
mod shell;
#[cfg_attr(
    feature = "phone-alone",
    allow(dead_code, reason = "the phone's module leaves these pages out")
)]
mod start;
mod state;
mod text;

pub use shell::{App, shell};
pub use text::{Advice, Language, explain};
