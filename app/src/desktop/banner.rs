//! Whose pictures these are. Stands on top of everything and never scrolls away.

use super::desk::{Desk, Dialog};
use crate::components::{DemoMark, LanguageSwitch};
use crate::state::Connection;
use crate::text::{self, desk as words};
use clinical_images::launch::LaunchContext;
use leptos::prelude::*;

/// The patient in one line and a half, as in the banner and in the commit dialog. The age is that of the launch:
/// server and browser draw the same, and a session lasts hours.
#[component]
pub(super) fn PatientLine(
    /// Where the session came from.
    launch: LaunchContext,
) -> impl IntoView {
    view! {
        <p class="patient-about">{text::patient_about(&launch.patient, launch.launched_at)}</p>
        <p class="patient-where">{format!("{} · {}", launch.facility.name, launch.provider.name)}</p>
    }
}

/// The banner.
#[component]
pub(super) fn Banner() -> impl IntoView {
    let desk = Desk::get();
    let launch = Memo::new(move |_| desk.feed.view.with(|view| view.launch.clone()));
    let stale = move || desk.feed.connection.get() == Connection::Interrupted;
    view! {
        <header class="desk-banner" class:stale=stale aria-label=words::patient()>
            <div class="desk-patient">
                <h1>{move || launch.with(|launch| text::patient_name(&launch.patient))}</h1>
                {move || view! { <PatientLine launch=launch.get() /> }}
            </div>
            <div class="desk-marks row">
                <DemoMark text=text::demo() />
                <LanguageSwitch />
                <button class="button quiet" type="button" on:click=move |_| desk.refresh()>{words::refresh()}</button>
                <button
                    class="button quiet"
                    type="button"
                    aria-label=words::shortcuts()
                    title=words::shortcuts()
                    on:click=move |_| desk.dialog.set(Some(Dialog::Keys))
                >
                    "?"
                </button>
            </div>
            <p class="desk-stale" role="status">{move || stale().then_some(words::reconnecting())}</p>
        </header>
    }
}
