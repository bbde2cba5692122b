//! Photos on their way: a bar each, one for all, and what can be done about those that stopped.

use super::stock::is_unusable;
use super::thumb::Thumb;
use super::visit::Visit;
use crate::part::Bar;
use crate::state::Shot;
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::upload::Upload;
use leptos::prelude::*;

/// The batch that was sent last. Gives way to the last screen when all of it has arrived.
#[component]
pub(super) fn Sending() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let sent = Memo::new(move |_| {
        let batch = visit.batch();
        (
            batch
                .iter()
                .filter(|shot| shot.upload.get() == Upload::Sent)
                .count(),
            batch.len(),
        )
    });
    let percent = Memo::new(move |_| {
        let batch = visit.batch();
        let sum: usize = batch
            .iter()
            .map(|shot| usize::from(shot.upload.with(Upload::percent)))
            .sum();
        u8::try_from(sum / batch.len().max(1)).unwrap_or(100)
    });
    let photos = move || {
        visit
            .batch()
            .into_iter()
            .enumerate()
            .map(|(at, shot)| view! { <Going visit shot at /> })
            .collect_view()
    };
    view! {
        <main class="phone-screen on-sending">
            <div class="phone-body stack">
                <h1 id="screen-title" tabindex="-1">{move || sent.with(|(sent, all)| words::sending(*sent, *all))}</h1>
                <Bar percent label=words::PROGRESS.to_owned() />
                <ul class="stack">{photos}</ul>
            </div>
            <NextStep visit />
        </main>
    }
}

/// Nothing to do but to wait, or everything that stopped at once.
#[component]
fn NextStep(visit: Visit) -> impl IntoView {
    let any = move |is: fn(&Upload) -> bool| visit.batch().iter().any(|shot| shot.upload.with(is));
    let advice = Memo::new(move |_| {
        let on_its_way = |upload: &Upload| !matches!(upload, Upload::Stopped { .. } | Upload::Sent);
        if any(|upload| matches!(upload, Upload::Stopped { .. }) && !is_unusable(upload)) {
            words::SOME_STOPPED
        } else if any(is_unusable) && !any(on_its_way) {
            words::SOME_UNUSABLE
        } else {
            words::KEEP_OPEN
        }
    });
    let again = Memo::new(move |_| any(Upload::can_retry));
    view! {
        <div class="phone-actions">
            <p class="small">{advice}</p>
            {move || again.get().then(|| view! {
                <button class="button primary" type="button" on:click=move |_| visit.queue.retry_all()>
                    {words::RETRY_ALL}
                </button>
            })}
            <button class="button" type="button" on:click=move |_| visit.go(Screen::Capture)>
                {words::TAKE_MORE}
            </button>
        </div>
    }
}

/// One photo of the batch.
#[component]
fn Going(visit: Visit, shot: Shot, at: usize) -> impl IntoView {
    let upload = shot.upload;
    let id = shot.id;
    let percent = Memo::new(move |_| upload.with(Upload::percent));
    let stopped =
        Memo::new(move |_| upload.with(|upload| matches!(upload, Upload::Stopped { .. })));
    let again = Memo::new(move |_| upload.with(Upload::can_retry));
    // What is being checked lies at the server already: too late to cancel.
    let cancellable = Memo::new(move |_| {
        upload.with(|upload| {
            !matches!(
                upload,
                Upload::Stopped { .. } | Upload::Checking { .. } | Upload::Sent
            )
        })
    });
    view! {
        <li class="snap-going card">
            <Thumb shot alt=words::photo(at) />
            <div class="snap-about">
                <p><strong>{words::photo(at)}</strong>" "<UploadWords upload /></p>
                {move || (!stopped.get()).then(|| view! { <Bar percent label=words::progress_of(at) /> })}
                <Why upload />
                <div class="row">
                    {move || cancellable.get().then(|| act(words::CANCEL, at, move || visit.queue.cancel(id)))}
                    {move || again.get().then(|| act(words::TRY_AGAIN, at, move || visit.queue.retry(id)))}
                    {move || stopped.get().then(|| act(words::REMOVE, at, move || visit.discard(id)))}
                </div>
            </div>
        </li>
    }
}

/// The state of a photo in words.
#[component]
fn UploadWords(upload: RwSignal<Upload>) -> impl IntoView {
    let class = move || {
        upload.with(|upload| match upload {
            Upload::Sent => "badge ok",
            Upload::Stopped { .. } => "badge bad",
            Upload::Paused { .. } | Upload::Retrying { .. } => "badge warn",
            _ => "badge busy",
        })
    };
    view! { <span class=class>{move || upload.with(text::upload_state)}</span> }
}

/// Why a photo stopped, and what to do.
#[component]
fn Why(upload: RwSignal<Upload>) -> impl IntoView {
    let advice = Memo::new(move |_| {
        upload.with(|upload| match upload {
            Upload::Stopped { why } => Some(text::explain_stop(why)),
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
