//! The focus on a phone: it goes to the heading of a new screen, so that a screen reader begins there.

use crate::browser;
use crate::ids;
use leptos::prelude::*;

/// Moves the focus to the screen's heading, once it is on the page.
pub(super) fn focus_title() {
    request_animation_frame(|| browser::focus(ids::SCREEN_TITLE));
}

/// Shows a new screen from its top, with the focus on its heading.
pub(super) fn begin_screen() {
    request_animation_frame(|| {
        browser::focus(ids::SCREEN_TITLE);
        browser::to_top();
    });
}
