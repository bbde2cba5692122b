//! The outcomes of a commit, one row a picture, with what a person can do about those that are not in the record. Rendered
//! from the session's view alone, so it is the same after a reload and in a second window.

use super::check::NeedsCheck;
use super::commit_progress::{CommitProgress, can_retry, is_filed, was_committed};
use super::copy::CopyButton;
use super::desk::{Desk, Dialog};
use super::finish::finish;
use super::support_text::SupportText;
use crate::components::{Badge, BadgeTone, Bar, ErrorSummary, tone_of};
use crate::ids;
use crate::text::{self, Advice, desk as words};
use clinical_images::id::PictureId;
use clinical_images::picture::{FilingFailure, PictureState};
use clinical_images::record::Record;
use leptos::prelude::*;

/// The second step of the commit dialog: what became of each picture.
#[component]
pub(super) fn CommitOutcomes() -> impl IntoView {
    let desk = Desk::get();
    let progress = CommitProgress::new(desk);
    let all = Memo::new(move |_| progress.ids(was_committed));
    let filed = Memo::new(move |_| progress.ids(is_filed).len());
    let failed = Memo::new(move |_| progress.ids(can_retry));
    let done = Memo::new(move |_| {
        desk.feed.view.with(|view| view.pictures.len()) == filed.get() && !desk.has_pending()
    });
    let line = move || words::progress(filed.get(), all.with(Vec::len));
    let percent =
        move || u8::try_from(filed.get() * 100 / all.with(Vec::len).max(1)).unwrap_or(100);
    view! {
        <div class="stack">
            <div id=ids::OUTCOME_ERRORS class="desk-errors" tabindex="-1" role="alert">
                {move || progress.fault.get().map(|error| view! { <ErrorSummary error /> })}
            </div>
            <p role="status">{line}</p>
            <Bar percent=Signal::derive(percent) label=Signal::derive(line) />
            <ul class="desk-filing">
                <For each=move || all.get() key=|id| *id let:id><OutcomeRow progress id /></For>
            </ul>
            <div class="row">
                <Show when=move || failed.with(|failed| failed.len() > 1)>
                    <button class="button" type="button" disabled=move || progress.busy.get()
                        on:click=move |_| progress.retry(failed.get_untracked())>
                        {move || words::retry(failed.with(Vec::len))}
                    </button>
                </Show>
                <Show when=move || done.get()>
                    <button class="button primary" type="button" on:click=move |_| finish(desk)>{words::finish_session()}</button>
                </Show>
                <button class="button" type="button" on:click=move |_| desk.close(Dialog::is_commit)>{words::close()}</button>
            </div>
        </div>
    }
}

/// One picture and what became of it.
#[component]
fn OutcomeRow(progress: CommitProgress, id: PictureId) -> impl IntoView {
    let desk = progress.desk;
    let (picture, number, small) = (desk.picture(id), desk.number(id), desk.small(id));
    let name = move || {
        let place = picture.with(|it| it.as_ref().and_then(|it| text::place(&it.details)));
        words::photo_of(number.get(), place.as_deref())
    };
    let page = move || {
        let page = picture.with(|it| it.as_ref().and_then(|it| it.page));
        page.map(|page| view! { <span class="small">{words::page_of(page)}</span> })
    };
    let state = move || {
        picture.with(|it| {
            it.as_ref()
                .map(|it| text::picture_state(&it.state, None).to_owned())
                .unwrap_or_default()
        })
    };
    let tone = move || {
        picture.with(|it| {
            it.as_ref()
                .map_or(BadgeTone::Busy, |it| tone_of(&it.state, None))
        })
    };
    let outcome = Memo::new(move |_| picture.with(|it| it.as_ref().map(|it| it.state.clone())));
    view! {
        <li id=ids::outcome(id) tabindex="-1">
            <img src=move || small.get() alt="" />
            <div>
                <p class="row">{name} {page} <Badge text=Signal::derive(state) tone=Signal::derive(tone) /></p>
                {move || match outcome.get() {
                    Some(PictureState::Filed { records, .. }) => view! { <Filed progress id records /> }.into_any(),
                    Some(PictureState::Failed { failure }) => view! { <Failed progress id failure /> }.into_any(),
                    Some(PictureState::Waiting { failure, .. }) => view! { <Waiting progress id failure /> }.into_any(),
                    Some(PictureState::Unknown { failure }) => {
                        let advice = words::explain_failure(&failure);
                        view! { <Why id advice technical=failure.technical /> }.into_any()
                    }
                    Some(PictureState::NeedsCheck { failure, sent, target }) => {
                        view! { <NeedsCheck progress id failure sent target /> }.into_any()
                    }
                    _ => ().into_any(),
                }}
            </div>
        </li>
    }
}

/// What was filed where, to copy into a letter or a call to support.
#[component]
fn Filed(progress: CommitProgress, id: PictureId, records: Vec<Record>) -> impl IntoView {
    let number = progress.desk.number(id);
    let lines: Vec<_> = records
        .into_iter()
        .enumerate()
        .map(|(index, record)| {
            let filed_as = words::filed_as(record.target);
            let Some(record) = record.id().map(str::to_owned) else {
                return view! { <li><p class="small">{filed_as}": "{words::seen()}</p></li> }.into_any();
            };
            let input = format!("record-{id}-{index}");
            let label = move || words::record_of(&words::photo(number.get()), filed_as);
            view! {
                <li>
                    <p class="small">{filed_as}</p>
                    <div class="row">
                        <input id=input.clone() class="code" type="text" readonly aria-label=label value=record.clone() />
                        <CopyButton text=Signal::stored(record) fallback=input />
                    </div>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="desk-records">{lines}</ul> }
}

/// Why, and the text for support.
#[component]
fn Why(id: PictureId, advice: Advice, technical: String) -> impl IntoView {
    view! {
        <p>{advice.what}</p>
        <p class="small">{advice.next}</p>
        <SupportText id technical />
    }
}

#[component]
fn Failed(progress: CommitProgress, id: PictureId, failure: FilingFailure) -> impl IntoView {
    let desk = progress.desk;
    let (picture, number) = (desk.picture(id), desk.number(id));
    let retry = move || picture.with(|it| it.as_ref().is_some_and(can_retry));
    let lacking =
        move || picture.with(|it| it.as_ref().is_some_and(|it| it.details.missing().is_some()));
    let label = move |act: &str| words::act_on(act, &words::photo(number.get()));
    view! {
        <Why id advice=words::explain_failure(&failure) technical=failure.technical />
        <div class="row">
            <button class="button" type="button" aria-label=move || label(words::retry_one()) hidden=move || !retry()
                disabled=move || progress.busy.get() on:click=move |_| progress.retry(vec![id])>{words::retry_one()}</button>
            <button class="button" type="button" aria-label=move || label(words::fix()) hidden=move || !lacking()
                on:click=move |_| desk.fix(id)>{words::fix()}</button>
        </div>
    }
}

/// Not in the record yet, and tried again by itself.
#[component]
fn Waiting(progress: CommitProgress, id: PictureId, failure: FilingFailure) -> impl IntoView {
    let number = progress.desk.number(id);
    let label = move || words::act_on(words::retry_one(), &words::photo(number.get()));
    view! {
        <Why id advice=words::tried_again(&failure) technical=failure.technical />
        <div class="row">
            <button class="button" type="button" aria-label=label disabled=move || progress.busy.get()
                on:click=move |_| progress.retry(vec![id])>{words::retry_one()}</button>
        </div>
    }
}
