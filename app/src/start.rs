//! The first page. In production it only says how to get in; in the demo it lists fictional patients.

use crate::api::{ApiError, DemoPatient, DemoPractice, DemoStart, EmbeddedJson, Start, read_start};
use crate::components::{Masthead, Problem};
use crate::text::{explain, start as words};
use clinical_images::refusal::Refusal;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

/// The page at `/`.
#[component]
pub fn StartPage() -> impl IntoView {
    let start = Resource::<_, EmbeddedJson>::new_with_options(|| (), |()| read_start(), true);
    view! {
        <Masthead />
        <main class="page">
            <Suspense fallback=|| view! { <p>{words::one_moment()}</p> }>
                {move || Suspend::new(async move {
                    match start.await {
                        Ok(Start { demo: Some(demo) }) => EitherOf3::A(view! { <Demo demo /> }),
                        Ok(Start { demo: None }) => EitherOf3::B(view! { <HowToOpen /> }),
                        Err(error) => EitherOf3::C(view! { <Unavailable error /> }),
                    }
                })}
            </Suspense>
        </main>
    }
}

#[component]
fn HowToOpen() -> impl IntoView {
    view! { <Problem advice=words::how_to_open() /> }
}

#[component]
fn Unavailable(error: ApiError) -> impl IntoView {
    view! {
        <Problem advice=explain(&error)>
            <a class="button" href="/" rel="external">{words::try_again()}</a>
        </Problem>
    }
}

#[component]
fn Demo(demo: DemoStart) -> impl IntoView {
    let practices = demo
        .practices
        .into_iter()
        .map(|practice| view! { <Practice practice /> })
        .collect_view();
    view! {
        <h1>{words::choose_patient()}</h1>
        <p>
            {words::as_if_in_medtech()} " "
            <a href=demo.medtech_url rel="external noreferrer" target="_blank">{words::see_medtech()}</a>
        </p>
        {practices}
    }
}

#[component]
fn Practice(practice: DemoPractice) -> impl IntoView {
    let list = if practice.patients.is_empty() {
        Either::Left(view! { <p>{words::no_patients()}</p> })
    } else {
        let patients = practice
            .patients
            .into_iter()
            .map(|patient| view! { <Patient patient /> })
            .collect_view();
        Either::Right(view! { <ul class="patients">{patients}</ul> })
    };
    let name = practice.name.clone();
    view! {
        <section aria-label=name>
            <h2>{practice.name}</h2>
            {list}
        </section>
    }
}

#[component]
fn Patient(patient: DemoPatient) -> impl IntoView {
    view! {
        <li>
            <a href=patient.open_url rel="external noreferrer">
                <strong>{patient.name}</strong>
                <span>{patient.about}</span>
            </a>
        </li>
    }
}

/// The page at `/launch-problem/{why}`: a launch that did not open a session. Behind the kind the address may hold the
/// practice.
#[component]
pub fn LaunchProblem(
    /// The refusal's name, as the address has it.
    why: String,
) -> impl IntoView {
    let advice = explain(&ApiError::Refused(refusal_of(&why)));
    view! {
        <Masthead />
        <main class="page"><Problem advice /></main>
    }
}

/// The refusal that an address names; what launches cannot be refused for counts as malformed.
fn refusal_of(slug: &str) -> Refusal {
    serde_json::from_value(slug.into()).unwrap_or(Refusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_refusal_or_nothing() {
        assert_eq!(refusal_of("launchExpired"), Refusal::LaunchExpired);
        assert_eq!(refusal_of("noPatient"), Refusal::NoPatient);
        assert_eq!(refusal_of("<script>"), Refusal::Malformed);
    }
}
