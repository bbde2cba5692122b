//! The commit dialog: to whom, what, and then how it goes. What is confirmed is exactly the list that was on the screen:
//! the commit carries the patient and the revision of that list, and the server refuses anything newer.

use super::banner::PatientLine;
use super::desk::{Desk, Sheet, is_committable};
use super::filing::Filing;
use super::modal::Modal;
use crate::api::{ApiError, commit};
use crate::browser;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::launch::LaunchContext;
use clinical_images::picture::Picture;
use clinical_images::scan;
use clinical_images::session::{Scans, SessionView, Target};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;
use std::time::Duration;

/// How long the button rests after the list changed, so that nobody confirms what they have not seen.
const REST: Duration = Duration::from_millis(1000);

pub(super) fn own(sheet: Sheet) -> bool {
    matches!(sheet, Sheet::Commit | Sheet::Filing)
}

/// The dialog, in two steps.
#[component]
pub(super) fn CommitDialog() -> impl IntoView {
    let desk = Desk::get();
    let filing = Memo::new(move |_| desk.sheet.get() == Some(Sheet::Filing));
    let title = move || {
        if filing.get() {
            words::FILING_TITLE
        } else {
            words::COMMIT_TITLE
        }
        .to_owned()
    };
    view! {
        <Modal id="commit-dialog" title=Signal::derive(title) own>
            {move || if filing.get() {
                Either::Left(view! { <Filing /> })
            } else {
                Either::Right(view! { <Choosing /> })
            }}
        </Modal>
    }
}

/// The list as it was last shown.
#[derive(Clone, PartialEq)]
struct Offer {
    revision: u64,
    launch: LaunchContext,
    targets: Vec<Target>,
    pictures: Vec<Picture>,
}

impl Offer {
    fn of(view: &SessionView) -> Self {
        let pictures = view
            .pictures
            .iter()
            .filter(|picture| picture.state.can_commit())
            .cloned()
            .collect();
        Self {
            revision: view.revision,
            launch: view.launch.clone(),
            targets: view.targets.clone(),
            pictures,
        }
    }

    /// Whether a person would see the same list.
    fn shows_the_same(&self, other: &Self) -> bool {
        self.launch == other.launch && self.pictures == other.pictures
    }
}

/// The step before: which pictures, for whom. Copies share it.
#[derive(Clone, Copy)]
struct Choice {
    desk: Desk,
    offer: RwSignal<Offer>,
    chosen: RwSignal<HashSet<PictureId>>,
    together: RwSignal<bool>,
    changed: RwSignal<bool>,
    resting: RwSignal<bool>,
    sending: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
}

impl Choice {
    fn new(desk: Desk) -> Self {
        let offer = desk.live.view.with_untracked(Offer::of);
        let ready = offer
            .pictures
            .iter()
            .filter(|picture| is_committable(picture))
            .map(|picture| picture.id);
        let choice = Self {
            desk,
            chosen: RwSignal::new(ready.collect()),
            // A document that failed is offered as one again.
            together: RwSignal::new(offer.pictures.iter().any(|picture| picture.page.is_some())),
            offer: RwSignal::new(offer),
            changed: RwSignal::new(false),
            resting: RwSignal::new(false),
            sending: RwSignal::new(false),
            fault: RwSignal::new(None),
        };
        Effect::new(move |_| {
            let next = desk.live.view.with(Offer::of);
            if !choice
                .offer
                .with_untracked(|offer| offer.shows_the_same(&next))
            {
                choice.offer.set(next);
                choice.rest();
            }
        });
        choice
    }

    /// The list is another now: says so, and lets the person look.
    fn rest(self) {
        self.changed.set(true);
        self.resting.set(true);
        let offer = self.offer;
        spawn_local(async move {
            let then = offer.try_with_untracked(|offer| offer.revision);
            browser::sleep(REST).await;
            if offer.try_with_untracked(|offer| offer.revision) == then {
                self.resting.set(false);
            }
        });
    }

    /// The chosen pictures, in the session's order.
    fn picked(self) -> Vec<PictureId> {
        let chosen = self.chosen.get();
        self.offer.with(|offer| {
            let pictures = offer
                .pictures
                .iter()
                .filter(|it| is_committable(it) && chosen.contains(&it.id));
            pictures.map(|picture| picture.id).collect()
        })
    }

    /// Pages of the scanned documents that the chosen pictures make when they are filed together; nothing where that is no
    /// choice.
    fn documents(self) -> Vec<usize> {
        let picked = self.picked();
        self.offer.with(|offer| {
            if picked.len() < 2 || !offer.targets.iter().any(|target| target.takes_pages()) {
                return Vec::new();
            }
            let pages = offer.pictures.iter().filter(|it| picked.contains(&it.id));
            scan::documents(pages.map(|picture| picture.rendition.length))
        })
    }

    fn scans(self) -> Scans {
        if self.together.get() {
            Scans::Together
        } else {
            Scans::Separate
        }
    }

    fn toggle(self, id: PictureId) {
        self.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    }

    fn confirm(self) {
        let (picked, scans) = untrack(move || (self.picked(), self.scans()));
        let desk = self.desk;
        let (revision, patient) = self
            .offer
            .with_untracked(|offer| (offer.revision, offer.launch.patient.fingerprint()));
        self.sending.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let answer = commit(desk.session, picked, patient, revision, scans).await;
            desk.live.notice(&answer);
            self.sending.set(false);
            match answer {
                Ok(()) if desk.sheet.try_get_untracked().flatten() == Some(Sheet::Commit) => {
                    desk.sheet.set(Some(Sheet::Filing));
                }
                Ok(()) => {}
                Err(error) => {
                    // "Something changed" is only of use with what it changed to.
                    desk.live.refresh().await;
                    self.fault.set(Some(error));
                    browser::focus("commit-errors");
                }
            }
        });
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
            words::COMMITTING.to_owned()
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
            <div id="commit-errors" class="desk-errors" tabindex="-1" role="alert">
                {move || choice.fault.get().map(|error| view! { <ErrorSummary error /> })}
            </div>
            {move || view! { <PatientBox launch=choice.offer.with(|offer| offer.launch.clone()) /> }}
            <List choice />
            <Show when=move || documents.with(|documents| !documents.is_empty())><Together choice documents /></Show>
            <p class="small">{filed_as}</p>
            <p class="small warning" role="status">{move || choice.changed.get().then_some(words::LIST_CHANGED)}</p>
            <div class="row">
                <button class="button primary" type="button" disabled=idle on:click=move |_| choice.confirm()>{label}</button>
                <button class="button" type="button" on:click=move |_| desk.close(own)>{words::CANCEL}</button>
            </div>
        </div>
    }
}

/// The banner once more, drawn from what will be sent.
#[component]
fn PatientBox(launch: LaunchContext) -> impl IntoView {
    let name = text::patient_name(&launch.patient);
    view! {
        <div class="desk-for" role="group" aria-label=words::FOR>
            <p><strong>{name}</strong></p>
            <PatientLine launch />
        </div>
    }
}

/// What went wrong with a commit.
#[component]
pub(super) fn ErrorSummary(
    /// The answer.
    error: ApiError,
) -> impl IntoView {
    let advice = text::explain(&error);
    view! {
        <p class="error">{advice.what}</p>
        <p>{advice.next}</p>
    }
}

/// Whether the photos become pages of one scanned document.
#[component]
fn Together(choice: Choice, documents: Memo<Vec<usize>>) -> impl IntoView {
    let together = choice.together;
    let split = move || {
        documents
            .with(|documents| documents.len() > 1)
            .then_some(words::SCANS_SPLIT)
    };
    view! {
        <fieldset class="desk-list">
            <legend>{words::SCANS}</legend>
            <label>
                <input type="radio" name="scans" prop:checked=move || !together.get() on:change=move |_| together.set(false) />
                <span>{words::SCANS_SEPARATE}</span>
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
            <legend>{words::CHOOSE}</legend>
            <ul>
                <For each=rows key=|picture| (picture.id, picture.revision) let:picture><Row choice picture /></For>
            </ul>
            {move || choice.offer.with(|offer| offer.pictures.is_empty()).then(|| view! { <p>{words::NOTHING_TO_COMMIT}</p> })}
        </fieldset>
    }
}

#[component]
fn Row(choice: Choice, picture: Picture) -> impl IntoView {
    let (desk, id, missing) = (choice.desk, picture.id, picture.details.missing());
    let number = desk.number(id);
    let place = picture.details.place();
    let kind = picture.details.view.map(text::view);
    let name = move || words::photo_of(number.get(), place.as_deref());
    let checked = move || missing.is_none() && choice.chosen.with(|chosen| chosen.contains(&id));
    let fix = move || words::act_on(words::FIX, &words::photo(number.get()));
    view! {
        <li>
            <label>
                <input
                    type="checkbox"
                    prop:checked=checked
                    disabled=missing.is_some()
                    on:change=move |_| choice.toggle(id)
                />
                <img src=desk.small(id) alt="" />
                <span>
                    {name}
                    {kind.map(|kind| view! { <span class="small">{kind}</span> })}
                    {missing.map(|missing| view! { <span class="small warning">{words::lacks(missing)}</span> })}
                </span>
            </label>
            {missing.map(|_| view! {
                <button class="button quiet" type="button" aria-label=fix on:click=move |_| desk.fix(id)>{words::FIX}</button>
            })}
        </li>
    }
}
