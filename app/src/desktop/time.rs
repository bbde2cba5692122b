//! Times in the zone of the person who looks. The server does not know it, so they appear once the page is alive.

use crate::browser;
use clinical_images::moment::Moment;
use leptos::prelude::*;

/// A day and a time.
#[component]
pub(super) fn DayAndTime(
    /// The moment to show.
    at: Moment,
) -> impl IntoView {
    let shown = RwSignal::new(String::new());
    Effect::new(move |_| shown.set(browser::local_day_and_time(at)));
    view! { <span>{move || shown.get()}</span> }
}

/// A time of today, as a text to build sentences with; empty until the page is alive.
pub(super) fn local_time(at: Moment) -> Signal<String> {
    let shown = RwSignal::new(String::new());
    Effect::new(move |_| shown.set(browser::local_time(at)));
    shown.into()
}
