//! Badges and bars: a state in words and colour.

use clinical_images::picture::{Missing, PictureState};
use leptos::prelude::*;

/// The colour that goes with a state's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeTone {
    /// Nothing to do.
    Ok,
    /// A person should do something.
    Warn,
    /// Something failed.
    Bad,
    /// Under way.
    Busy,
}

impl BadgeTone {
    const fn class(self) -> &'static str {
        match self {
            Self::Ok => "badge ok",
            Self::Warn => "badge warn",
            Self::Bad => "badge bad",
            Self::Busy => "badge busy",
        }
    }
}

/// The colour of a picture's state.
#[must_use]
pub fn tone_of(state: &PictureState, missing: Option<Missing>) -> BadgeTone {
    match state {
        PictureState::Reserved
        | PictureState::Queued
        | PictureState::Waiting { .. }
        | PictureState::Sending
        | PictureState::Unknown { .. } => BadgeTone::Busy,
        PictureState::Ready if missing.is_some() => BadgeTone::Warn,
        PictureState::Ready | PictureState::Filed { .. } => BadgeTone::Ok,
        PictureState::Failed { .. } => BadgeTone::Bad,
        PictureState::NeedsCheck { .. } => BadgeTone::Warn,
    }
}

/// A state in words and colour.
#[component]
pub fn Badge(
    /// The words.
    #[prop(into)]
    text: Signal<String>,
    /// The colour.
    #[prop(into)]
    tone: Signal<BadgeTone>,
) -> impl IntoView {
    view! { <span class=move || tone.get().class()>{move || text.get()}</span> }
}

/// A progress bar with its words.
#[component]
pub fn Bar(
    /// How far, 0 to 100.
    #[prop(into)]
    percent: Signal<u8>,
    /// What is under way, for those who cannot see the bar.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <progress class="bar" max="100" value=move || percent.get().to_string() aria-label=move || label.get()>
            {move || format!("{} %", percent.get())}
        </progress>
    }
}
