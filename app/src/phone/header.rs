//! Whose photos these are, on every screen.

use crate::browser;
use crate::part::DemoMark;
use crate::state::{Connection, Live};
use crate::text;
use crate::text::phone as words;
use leptos::prelude::*;

/// The patient, the matching number, and the connection when it is broken.
#[component]
pub(super) fn Header() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <header class="phone-header">
            <div class="phone-patient">
                <PatientLine />
            </div>
            <div class="phone-state">
                <span class="small">{words::NUMBER}" "<strong>{move || number(live)}</strong></span>
                <DemoMark text=words::DEMO_SHORT />
                <span role="status">{move || reconnecting(live)}</span>
            </div>
        </header>
    }
}

/// The patient's name and date of birth.
#[component]
pub(super) fn PatientLine() -> impl IntoView {
    let live = expect_context::<Live>();
    let name = move || {
        live.view
            .with(|view| text::patient_name(&view.launch.patient))
    };
    let born = move || {
        live.view
            .with(|view| text::patient_born(&view.launch.patient, browser::now()))
    };
    view! {
        <strong>{name}</strong>
        <span class="small">{born}</span>
    }
}

/// The number that the desktop shows too.
pub(super) fn number(live: Live) -> String {
    live.view.with(|view| {
        view.links
            .first()
            .map(|link| link.number.to_string())
            .unwrap_or_default()
    })
}

fn reconnecting(live: Live) -> Option<impl IntoView> {
    let broken = live.connection.get() == Connection::Interrupted;
    broken.then(|| view! { <span class="badge warn">{words::RECONNECTING}</span> })
}
