//! Photos on their way: a bar each, one for all, and what can be done about those that stopped.

use super::phone_session::PhoneSession;
use super::photos::{is_cancelled, is_unusable};
use super::thumb::Thumb;
use crate::components::Bar;
use crate::ids;
use crate::state::LocalPhoto;
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::upload::UploadState;
use leptos::prelude::*;
use std::borrow::Cow;

/// The batch that was sent last. Gives way to the last screen when all of it has arrived.
#[component]
pub(super) fn Sending() -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let sent = Memo::new(move |_| {
        let batch = session.batch();
        (
            batch
                .iter()
                .filter(|photo| photo.upload.get() == UploadState::Sent)
                .count(),
            batch.len(),
        )
    });
    let percent = Memo::new(move |_| {
        let batch = session.batch();
        let sum: usize = batch
            .iter()
            .map(|photo| usize::from(photo.upload.with(UploadState::percent)))
            .sum();
        u8::try_from(sum / batch.len().max(1)).unwrap_or(100)
    });
    let photos = move || {
        session
            .batch()
            .into_iter()
            .enumerate()
            .map(|(at, photo)| view! { <Going session photo at /> })
            .collect_view()
    };
    view! {
        <main class="phone-screen on-sending">
            <div class="phone-body stack">
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{move || sent.with(|(sent, all)| words::sending(*sent, *all))}</h1>
                <Bar percent label=words::progress().to_owned() />
                <ul class="stack">{photos}</ul>
            </div>
            <NextStep session />
        </main>
    }
}

/// Nothing to do but to wait, or everything that stopped at once.
#[component]
fn NextStep(session: PhoneSession) -> impl IntoView {
    let any = move |is: fn(&UploadState) -> bool| {
        session.batch().iter().any(|photo| photo.upload.with(is))
    };
    let advice = Memo::new(move |_| {
        let on_its_way = |upload: &UploadState| {
            !matches!(upload, UploadState::Stopped { .. } | UploadState::Sent)
        };
        let cancelled = session
            .batch()
            .iter()
            .filter(|photo| photo.upload.with(is_cancelled))
            .count();
        let failed = |upload: &UploadState| {
            matches!(upload, UploadState::Stopped { .. })
                && !is_unusable(upload)
                && !is_cancelled(upload)
        };
        if any(failed) {
            words::some_stopped().into()
        } else if cancelled > 0 && !any(on_its_way) {
            Cow::from(words::you_stopped(cancelled))
        } else if any(is_unusable) && !any(on_its_way) {
            words::some_unusable().into()
        } else {
            words::keep_open().into()
        }
    });
    let again = Memo::new(move |_| any(UploadState::can_retry));
    view! {
        <div class="phone-actions">
            <p class="small">{advice}</p>
            {move || again.get().then(|| view! {
                <button class="button primary" type="button" on:click=move |_| session.queue.retry_all()>
                    {words::retry_all()}
                </button>
            })}
            <button class="button" type="button" on:click=move |_| session.go(Screen::Capture)>
                {words::take_more()}
            </button>
        </div>
    }
}

/// One photo of the batch.
#[component]
fn Going(session: PhoneSession, photo: LocalPhoto, at: usize) -> impl IntoView {
    let upload = photo.upload;
    let id = photo.id;
    let percent = Memo::new(move |_| upload.with(UploadState::percent));
    let stopped =
        Memo::new(move |_| upload.with(|upload| matches!(upload, UploadState::Stopped { .. })));
    let again = Memo::new(move |_| upload.with(UploadState::can_retry));
    // What is being checked lies at the server already: too late to cancel.
    let cancellable = Memo::new(move |_| {
        upload.with(|upload| {
            !matches!(
                upload,
                UploadState::Stopped { .. } | UploadState::Checking { .. } | UploadState::Sent
            )
        })
    });
    view! {
        <li class="snap-going card">
            <Thumb photo alt=words::photo(at) />
            <div class="snap-about">
                <p><strong>{words::photo(at)}</strong>" "<UploadWords upload /></p>
                {move || (!stopped.get()).then(|| view! { <Bar percent label=words::progress_of(at) /> })}
                <Why upload />
                <div class="row">
                    {move || cancellable.get().then(|| act(words::cancel(), at, move || session.queue.cancel(id)))}
                    {move || again.get().then(|| act(words::try_again(), at, move || session.queue.retry(id)))}
                    {move || stopped.get().then(|| act(words::remove(), at, move || session.discard(id)))}
                </div>
            </div>
        </li>
    }
}

/// The state of a photo in words.
#[component]
fn UploadWords(upload: RwSignal<UploadState>) -> impl IntoView {
    let class = move || {
        upload.with(|upload| match upload {
            UploadState::Sent => "badge ok",
            UploadState::Stopped { .. } => "badge bad",
            UploadState::Paused { .. } | UploadState::Retrying { .. } => "badge warn",
            _ => "badge busy",
        })
    };
    view! { <span class=class>{move || upload.with(text::upload_state)}</span> }
}

/// Why a photo stopped, and what to do.
#[component]
fn Why(upload: RwSignal<UploadState>) -> impl IntoView {
    let advice = Memo::new(move |_| {
        upload.with(|upload| match upload {
            UploadState::Stopped { why } => Some(text::explain_upload_failure(why)),
            _ => None,
        })
    });
    move || {
        advice
            .get()
            .map(|advice| view! { <p class="small">{advice.what}". "{advice.next}</p> })
    }
}

fn act(label: &'static str, at: usize, run: impl Fn() + Clone + Send + 'static) -> impl IntoView {
    view! {
        <button class="button" type="button" aria-label=words::act_on(label, at) on:click=move |_| run()>
            {label}
        </button>
    }
}
