//! Whose photos these are, on every screen.

use crate::browser;
use crate::components::DemoMark;
use crate::state::{Connection, SessionFeed};
use crate::text;
use crate::text::phone as words;
use leptos::prelude::*;

/// The patient, the matching number, and the connection when it is broken.
#[component]
pub(super) fn Header() -> impl IntoView {
    let feed = expect_context::<SessionFeed>();
    view! {
        <header class="phone-header">
            <div class="phone-patient">
                <PatientLine />
            </div>
            <div class="phone-state">
                <span class="small">{words::number()}" "<strong>{move || number(feed)}</strong></span>
                <DemoMark text=words::demo_short() />
                <span role="status">{move || reconnecting(feed)}</span>
            </div>
        </header>
    }
}

/// The patient's name and date of birth.
#[component]
pub(super) fn PatientLine() -> impl IntoView {
    let feed = expect_context::<SessionFeed>();
    let name = move || {
        feed.view
            .with(|view| text::patient_name(&view.launch.patient))
    };
    let born = move || {
        feed.view
            .with(|view| text::patient_born(&view.launch.patient, browser::now()))
    };
    view! {
        <strong>{name}</strong>
        <span class="small">{born}</span>
    }
}

/// The number that the desktop shows too.
pub(super) fn number(feed: SessionFeed) -> String {
    feed.view.with(|view| {
        view.links
            .first()
            .map(|link| link.number.to_string())
            .unwrap_or_default()
    })
}

fn reconnecting(feed: SessionFeed) -> Option<impl IntoView> {
    let broken = feed.connection.get() == Connection::Interrupted;
    broken.then(|| view! { <span class="badge warn">{words::reconnecting()}</span> })
}
