//! Ids of elements that one file renders and another one focuses or scrolls to. An id that only one file uses is a constant
//! of that file.

use clinical_images::id::PictureId;

/// The heading of a page or screen, which gets the focus when it is shown.
pub const SCREEN_TITLE: &str = "screen-title";
/// The combobox for the body site; one form is shown at a time.
pub const SITE_INPUT: &str = "site-input";
/// The error summary of the commit dialog.
pub const COMMIT_ERRORS: &str = "commit-errors";
/// The error summary of the commit's outcomes.
pub const OUTCOME_ERRORS: &str = "filing-errors";
/// The viewer of the desktop: the element that takes its keys.
pub const VIEWER: &str = "viewer";

/// The row of a picture among the commit's outcomes.
#[must_use]
pub fn outcome(id: PictureId) -> String {
    format!("filing-{id}")
}

/// The button of a picture in the desktop's strip.
#[must_use]
pub fn thumb(id: PictureId) -> String {
    format!("thumb-{id}")
}
