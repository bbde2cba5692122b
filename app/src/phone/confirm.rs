//! First screen: is this your patient?

use super::header::number;
use super::phone_session::PhoneSession;
use crate::api::{confirm_patient, decline_patient};
use crate::browser;
use crate::components::{DemoMark, LanguageSwitch};
use crate::ids;
use crate::text;
use crate::text::phone as words;
use clinical_images::session::EndOfLink;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks before there is a camera.
#[component]
pub(super) fn Confirm() -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let busy = RwSignal::new(false);
    let yes = move |_| {
        busy.set(true);
        spawn_local(async move {
            if session.report(&confirm_patient(session.link).await) {
                session.feed.refresh().await;
            }
            busy.try_set(false);
        });
    };
    let no = move |_| {
        busy.set(true);
        spawn_local(async move {
            if session.report(&decline_patient(session.link).await) {
                session.end(EndOfLink::Declined);
            }
            busy.try_set(false);
        });
    };
    view! {
        <main class="phone-screen on-confirm">
            <div class="phone-body stack">
                <DemoMark text=text::demo() />
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{words::confirm()}</h1>
                <Patient session />
                <div class="match-number">
                    <strong>{move || number(session.feed)}</strong>
                    <p>{words::same_number()}</p>
                </div>
                <LanguageSwitch />
            </div>
            <div class="phone-actions">
                <button class="button primary" type="button" disabled=move || busy.get() on:click=yes>
                    {words::yes()}
                </button>
                <button class="button" type="button" disabled=move || busy.get() on:click=no>
                    {words::no()}
                </button>
            </div>
        </main>
    }
}

/// The patient, large, with practice and clinician.
#[component]
fn Patient(session: PhoneSession) -> impl IntoView {
    let launch = Memo::new(move |_| session.feed.view.with(|view| view.launch.clone()));
    view! {
        <div class="patient-card card">
            <p class="patient-name">{move || launch.with(|launch| text::patient_name(&launch.patient))}</p>
            <p>{move || launch.with(|launch| text::patient_born(&launch.patient, browser::now()))}</p>
            <dl class="phone-facts small">
                <dt>{words::practice()}</dt>
                <dd>{move || launch.with(|launch| launch.facility.name.clone())}</dd>
                <dt>{words::asked_by()}</dt>
                <dd>{move || launch.with(|launch| launch.provider.name.clone())}</dd>
            </dl>
        </div>
    }
}
