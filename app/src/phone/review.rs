//! One photo, as large as the phone: keep, retake, rotate, describe.

use super::file_button::{FileButton, Opens};
use super::header::PatientLine;
use super::phone_session::PhoneSession;
use super::photos::is_unusable;
use super::zoom::{Gesture, Touched, Zoom};
use crate::browser;
use crate::components::DemoMark;
use crate::ids;
use crate::state::LocalPhoto;
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::upload::UploadState;
use leptos::ev::PointerEvent;
use leptos::prelude::*;

/// The element that fingers move the photo in.
const FRAME: &str = "photo-frame";

/// The photo at this place among those not sent, counted from 0.
#[component]
pub(super) fn Review(at: usize) -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let id = Memo::new(move |_| session.kept().get(at).map(|photo| photo.id));
    view! {
        <main class="phone-screen on-review">
            {move || id.get().and_then(|id| session.queue.photo(id)).map(|photo| view! { <One session photo at /> })}
        </main>
    }
}

#[component]
fn One(session: PhoneSession, photo: LocalPhoto, at: usize) -> impl IntoView {
    let gesture = RwSignal::new(Gesture::default());
    let (preview, upload) = (photo.preview, photo.upload);
    // Another picture, as after a turn, is looked at from the beginning.
    Effect::new(move |_| {
        preview.track();
        gesture.set(Gesture::default());
    });
    let stopped =
        Memo::new(move |_| upload.with(|upload| matches!(upload, UploadState::Stopped { .. })));
    let (below, actions) = (photo.clone(), photo.clone());
    view! {
        <TopBar session at gesture stopped />
        {move || if stopped.get() {
            view! { <CannotBeUsed session photo=below.clone() /> }.into_any()
        } else {
            view! { <Frame session photo=below.clone() at gesture /> }.into_any()
        }}
        {move || (!stopped.get()).then(|| view! { <Actions session photo=actions.clone() at /> })}
    }
}

#[component]
fn TopBar(
    session: PhoneSession,
    at: usize,
    gesture: RwSignal<Gesture>,
    stopped: Memo<bool>,
) -> impl IntoView {
    let count = Memo::new(move |_| session.kept().len());
    let near = Memo::new(move |_| gesture.with(|gesture| gesture.zoom.is_near()));
    let toggle = move |_| {
        gesture.update(|gesture| {
            let size = browser::size_of(FRAME).unwrap_or_default();
            gesture.zoom = gesture.zoom.toggled(Touched::centre(size));
        });
    };
    view! {
        <div class="review-bar">
            <button class="button quiet" type="button" on:click=|_| browser::back()>{words::back()}</button>
            <div class="review-title">
                <div class="review-count">
                    <h1 id=ids::SCREEN_TITLE tabindex="-1">{move || words::photo_of(at, count.get())}</h1>
                    <DemoMark text=words::demo_short() />
                </div>
                <p class="review-patient"><PatientLine /></p>
            </div>
            // Where there is no photo, there is nothing to look at closely.
            <button class="button quiet" type="button" hidden=move || stopped.get() on:click=toggle>
                {move || if near.get() { words::zoom_out() } else { words::zoom_in() }}
            </button>
        </div>
    }
}

/// The photo, moved by fingers.
#[component]
fn Frame(
    session: PhoneSession,
    photo: LocalPhoto,
    at: usize,
    gesture: RwSignal<Gesture>,
) -> impl IntoView {
    let (preview, upload, details) = (photo.preview, photo.upload, photo.details);
    let busy = Memo::new(move |_| {
        upload.with(|upload| matches!(upload, UploadState::Waiting | UploadState::Preparing))
    });
    let transform = move || gesture.with(|gesture| gesture.zoom.css());
    let alt = move || {
        let place = details.with(text::place);
        words::photo_alt(at, session.kept().len(), place.as_deref())
    };
    let follow = move |event: &PointerEvent, then: fn(&mut Gesture, i32, Touched, f64)| {
        let place = browser::within(FRAME, event.client_x(), event.client_y());
        if let Some((place, size)) = place.zip(browser::size_of(FRAME)) {
            let place = Touched::new(place, size);
            gesture.update(|gesture| then(gesture, event.pointer_id(), place, event.time_stamp()));
        }
    };
    let down = move |event: PointerEvent| {
        browser::capture_pointer(&event);
        follow(&event, Gesture::down);
    };
    let moved = move |event: PointerEvent| {
        follow(&event, |gesture, id, place, _| gesture.moved(id, place));
    };
    let up = move |event: PointerEvent| follow(&event, Gesture::up);
    let lost =
        move |event: PointerEvent| gesture.update(|gesture| gesture.lost(event.pointer_id()));
    view! {
        <div
            id=FRAME
            class="photo-frame"
            class:near=move || gesture.with(|gesture| gesture.zoom != Zoom::WHOLE)
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=lost
        >
            {move || preview.get().map(|url| view! {
                <img src=url alt=alt draggable="false" style:transform=transform />
            })}
            <p class="preparing" role="status">
                {move || busy.get().then(|| view! {
                    <span class="spinner" aria-hidden="true"></span>
                    {words::preparing()}
                })}
            </p>
        </div>
    }
}

#[component]
fn Actions(session: PhoneSession, photo: LocalPhoto, at: usize) -> impl IntoView {
    let id = photo.id;
    let retake = Callback::new(move |files| session.replace(id, files));
    view! {
        <div class="phone-actions">
            <div class="review-tools">
                <FileButton label=words::retake() opens=Opens::Camera on_files=retake />
                <button class="button" type="button" on:click=move |_| session.queue.turn(id)>{words::rotate()}</button>
                <button class="button" type="button" on:click=move |_| session.go(Screen::Describe(Some(at)))>
                    {words::details()}
                </button>
            </div>
            <button class="button primary" type="button" on:click=move |_| session.keep(id)>{words::keep()}</button>
        </div>
    }
}

/// Why there is no photo, and what can be done.
#[component]
fn CannotBeUsed(session: PhoneSession, photo: LocalPhoto) -> impl IntoView {
    let (id, upload) = (photo.id, photo.upload);
    let advice = move || {
        upload.with(|upload| match upload {
            UploadState::Stopped { why } => Some(text::explain_upload_failure(why)),
            _ => None,
        })
    };
    let retry = move || upload.with(|upload| upload.can_retry() && !is_unusable(upload));
    let another = Callback::new(move |files| session.replace(id, files));
    view! {
        <div class="photo-frame">
            <div class="photo-problem stack" role="alert">
                <p><strong>{move || advice().map(|advice| advice.what)}</strong></p>
                <p>{move || advice().map(|advice| advice.next)}</p>
            </div>
        </div>
        <div class="phone-actions">
            <div class="review-tools">
                <button class="button" type="button" on:click=move |_| session.discard(id)>{words::remove()}</button>
                {move || retry().then(|| view! {
                    <button class="button" type="button" on:click=move |_| session.queue.retry(id)>
                        {words::try_again()}
                    </button>
                })}
            </div>
            <FileButton label=words::choose_another() opens=Opens::GalleryForOne class="primary" on_files=another />
        </div>
    }
}
