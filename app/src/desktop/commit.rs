//! The commit dialog: to whom, what, and then how it goes. What is confirmed is exactly the list that was on the screen:
//! the commit carries the patient and the revision of that list, and the server refuses anything newer.

mod choice;

use super::banner::PatientLine;
use super::commit_outcomes::CommitOutcomes;
use super::desk::{Desk, Dialog};
use super::dialog::ModalDialog;
use crate::components::ErrorSummary;
use crate::ids;
use crate::text::{self, desk as words};
use choice::Choice;
use clinical_images::launch::LaunchContext;
use clinical_images::picture::Picture;
use leptos::either::Either;
use leptos::prelude::*;

/// The dialog, in two steps.
#[component]
pub(super) fn CommitDialog() -> impl IntoView {
    let desk = Desk::get();
    let filing = Memo::new(move |_| desk.dialog.get() == Some(Dialog::Progress));
    let title = move || {
        if filing.get() {
            words::filing_title()
        } else {
            words::commit_title()
        }
        .to_owned()
    };
    view! {
        <ModalDialog id="commit-dialog" title=Signal::derive(title) own=Dialog::is_commit>
            {move || if filing.get() {
                Either::Left(view! { <CommitOutcomes /> })
            } else {
                Either::Right(view! { <Choosing /> })
            }}
        </ModalDialog>
    }
}

#[component]
fn Choosing() -> impl IntoView {
    let desk = Desk::get();
    let choice = Choice::new(desk);
    let count = Memo::new(move |_| choice.picked().len());
    let name = move || {
        choice
            .offer
            .with(|offer| text::patient_name(&offer.launch.patient))
    };
    let label = move || {
        if choice.sending.get() {
            words::committing().to_owned()
        } else {
            words::file_for(count.get(), &name())
        }
    };
    let documents = Memo::new(move |_| choice.documents());
    let filed_as = move || {
        let together = documents
            .get()
            .into_iter()
            .filter(|_| choice.together.get());
        let together: Vec<usize> = together.collect();
        choice
            .offer
            .with(|offer| words::what_is_filed(&offer.targets, &together))
    };
    let idle = move || count.get() == 0 || choice.sending.get() || choice.resting.get();
    view! {
        <div class="stack">
            <div id=ids::COMMIT_ERRORS class="desk-errors" tabindex="-1" role="alert">
                {move || choice.fault.get().map(|error| view! { <ErrorSummary error /> })}
            </div>
            {move || view! { <PatientBox launch=choice.offer.with(|offer| offer.launch.clone()) /> }}
            <List choice />
            <Show when=move || documents.with(|documents| !documents.is_empty())><Together choice documents /></Show>
            <p class="small">{filed_as}</p>
            <p class="small warning" role="status">{move || choice.changed.get().then_some(words::list_changed())}</p>
            <div class="row">
                <button class="button primary" type="button" disabled=idle on:click=move |_| choice.confirm()>{label}</button>
                <button class="button" type="button" on:click=move |_| desk.close(Dialog::is_commit)>{words::cancel()}</button>
            </div>
        </div>
    }
}

/// The banner once more, drawn from what will be sent.
#[component]
fn PatientBox(launch: LaunchContext) -> impl IntoView {
    let name = text::patient_name(&launch.patient);
    view! {
        <div class="desk-for" role="group" aria-label=words::for_patient()>
            <p><strong>{name}</strong></p>
            <PatientLine launch />
        </div>
    }
}

/// Whether the photos become pages of one scanned document.
#[component]
fn Together(choice: Choice, documents: Memo<Vec<usize>>) -> impl IntoView {
    let together = choice.together;
    let split = move || {
        documents
            .with(|documents| documents.len() > 1)
            .then_some(words::scans_split())
    };
    view! {
        <fieldset class="desk-list">
            <legend>{words::scans()}</legend>
            <label>
                <input type="radio" name="scans" prop:checked=move || !together.get() on:change=move |_| together.set(false) />
                <span>{words::scans_separate()}</span>
            </label>
            <label>
                <input type="radio" name="scans" prop:checked=move || together.get() on:change=move |_| together.set(true) />
                <span>
                    {move || documents.with(|documents| words::scans_together(documents))}
                    <span class="small">{split}</span>
                </span>
            </label>
        </fieldset>
    }
}

#[component]
fn List(choice: Choice) -> impl IntoView {
    let rows = move || choice.offer.with(|offer| offer.pictures.clone());
    view! {
        <fieldset class="desk-list">
            <legend>{words::choose()}</legend>
            <ul>
                <For each=rows key=|picture| (picture.id, picture.revision) let:picture><Row choice picture /></For>
            </ul>
            {move || choice.offer.with(|offer| offer.pictures.is_empty()).then(|| view! { <p>{words::nothing_to_commit()}</p> })}
        </fieldset>
    }
}

#[component]
fn Row(choice: Choice, picture: Picture) -> impl IntoView {
    let (desk, id, missing) = (choice.desk, picture.id, picture.details.missing());
    let (number, small) = (desk.number(id), desk.small_of(&picture));
    let place = text::place(&picture.details);
    let kind = picture.details.view.map(text::view);
    let name = move || words::photo_of(number.get(), place.as_deref());
    let checked = move || missing.is_none() && choice.chosen.with(|chosen| chosen.contains(&id));
    let fix = move || words::act_on(words::fix(), &words::photo(number.get()));
    view! {
        <li>
            <label>
                <input
                    type="checkbox"
                    prop:checked=checked
                    disabled=missing.is_some()
                    on:change=move |_| choice.toggle(id)
                />
                <img src=small alt="" />
                <span>
                    {name}
                    {kind.map(|kind| view! { <span class="small">{kind}</span> })}
                    {missing.map(|missing| view! { <span class="small warning">{words::lacks(missing)}</span> })}
                </span>
            </label>
            {missing.map(|_| view! {
                <button class="button quiet" type="button" aria-label=fix on:click=move |_| desk.fix(id)>{words::fix()}</button>
            })}
        </li>
    }
}
