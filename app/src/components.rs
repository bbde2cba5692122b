//! Components that both the desktop and the phone use.

mod badge;
mod details_form;
mod error_summary;
mod file_input;
mod language_switch;
mod masthead;
mod notice_board;
mod problem;
mod site_field;
pub mod zoom;

pub use badge::{Badge, BadgeTone, Bar, tone_of};
pub use details_form::DetailsForm;
pub use error_summary::ErrorSummary;
pub use file_input::FileInput;
pub use language_switch::LanguageSwitch;
pub use masthead::{DemoMark, Masthead};
pub use notice_board::NoticeBoard;
pub use problem::Problem;
pub use site_field::RecentSites;
