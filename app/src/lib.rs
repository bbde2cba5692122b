//! What is seen and how it reacts. Pages and components ask for things through [`api`]; the server gives them
//! [`clinical_images::service::Services`]; nothing in here names Redis, S3 or ALEX.

// Leptos' view types nest deeply; the default limit is met by the larger panels.
#![recursion_limit = "512"]

mod address;
pub mod api;
mod browser;
mod components;
mod desktop;
mod ids;
mod language;
mod phone;
mod shell;
mod start;
mod state;
mod text;

#[cfg(feature = "ssr")]
pub use address::{PAGE_PATHS, is_page};
pub use language::Language;
#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(not(feature = "ssr"))]
pub use shell::{DesktopApp, PhoneApp};
pub use text::{Advice, explain};
