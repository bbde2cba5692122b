//! A picture that may or may not be in the record: the steps for checking in Medtech, and the person's answer. Each answer
//! needs a confirmation, because one hides a missing photo and the other may file one twice.

use super::commit_progress::{CommitProgress, is_filed, was_committed};
use super::support_text::SupportText;
use super::time::local_time;
use crate::browser;
use crate::text::{self, desk as words};
use clinical_images::id::{OutboxEntryId, PictureId};
use clinical_images::moment::Moment;
use clinical_images::picture::{FilingFailure, PageOf, PictureState};
use clinical_images::record::Target;
use leptos::prelude::*;

/// Asks a person to check in Medtech whether the picture is there.
#[component]
pub(super) fn NeedsCheck(
    /// The commit that the picture belongs to.
    progress: CommitProgress,
    /// Which picture.
    id: PictureId,
    /// Why the program cannot.
    failure: FilingFailure,
    /// When it was sent, about.
    sent: Moment,
    /// Where in the record it would be.
    target: Target,
) -> impl IntoView {
    let (at, advice) = (local_time(sent), words::explain_failure(&failure));
    let patient = progress
        .desk
        .feed
        .view
        .with_untracked(|view| text::patient_name(&view.launch.patient));
    let picture = progress.desk.picture(id);
    let page = Memo::new(move |_| picture.with(|it| it.as_ref().and_then(|it| it.page)));
    let steps = move || {
        let (filed, all) = (
            progress.ids(is_filed).len(),
            progress.ids(was_committed).len(),
        );
        let looked_for = words::looked_for(target, page.get().filter(|_| target.takes_pages()));
        let steps = words::where_to_look(&patient, &looked_for, &at.get(), filed, all).into_iter();
        steps
            .map(|step| view! { <li>{step}</li> })
            .collect::<Vec<_>>()
    };
    let first = move || {
        page.get()
            .filter(|page| page.number > 1 && asked_at_first(progress, page.document, target))
            .is_none()
    };
    let question = move || {
        view! {
            <p>{advice.what}</p>
            <p class="small">{advice.next.clone()}</p>
            <ol class="small">{steps.clone()}</ol>
            <SupportText id technical=failure.technical.clone() />
            <Answer progress id target />
        }
    };
    view! {
        <Show when=first fallback=|| view! { <p class="small">{words::asked_at_first_page()}</p> }>{question.clone()}</Show>
    }
}

/// Whether the same is asked at the first page of this document.
fn asked_at_first(progress: CommitProgress, document: OutboxEntryId, target: Target) -> bool {
    progress.desk.feed.view.with(|view| {
        view.pictures.iter().any(|picture| {
            let first = |page: PageOf| page.document == document && page.number == 1;
            let asks = matches!(&picture.state, PictureState::NeedsCheck { target: asked, .. } if *asked == target);
            asks && picture.page.is_some_and(first)
        })
    })
}

/// The person's answer, and its confirmation.
#[component]
fn Answer(progress: CommitProgress, id: PictureId, target: Target) -> impl IntoView {
    let number = progress.desk.number(id);
    let label = move |act: &str| words::act_on(act, &words::photo(number.get()));
    let group = format!("check-{id}");
    let said = RwSignal::new(None::<bool>);
    let say = {
        let group = group.clone();
        move |answer| {
            said.set(answer);
            // The button that was pressed is hidden now.
            browser::focus(&group);
        }
    };
    let (there, not_there, back) = (say.clone(), say.clone(), say);
    let question = move || {
        said.get().map(|there| {
            if there {
                words::sure_it_is_there()
            } else {
                words::sure_it_is_not()
            }
        })
    };
    let sure = move || {
        if said.get() == Some(true) {
            words::yes_there()
        } else {
            words::yes_send_again()
        }
    };
    let confirm = move |_| {
        if let Some(present) = said.get_untracked() {
            progress.resolve_manually(id, target, present);
            said.set(None);
        }
    };
    view! {
        <div id=group class="stack" role="group" tabindex="-1" aria-label=move || label(words::check())>
            <p class="warning">{question}</p>
            <div class="row" hidden=move || said.get().is_some()>
                <button class="button" type="button" aria-label=move || label(words::it_is_there())
                    disabled=move || progress.busy.get() on:click=move |_| there(Some(true))>{words::it_is_there()}</button>
                <button class="button" type="button" aria-label=move || label(words::it_is_not_there())
                    disabled=move || progress.busy.get() on:click=move |_| not_there(Some(false))>{words::it_is_not_there()}</button>
            </div>
            <div class="row" hidden=move || said.get().is_none()>
                <button class="button primary" type="button" aria-label=move || label(sure())
                    disabled=move || progress.busy.get() on:click=confirm>{sure}</button>
                <button class="button" type="button" on:click=move |_| back(None)>{words::cancel()}</button>
            </div>
        </div>
    }
}
