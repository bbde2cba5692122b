//! One photo, as large as the phone: keep, retake, rotate, describe.

use super::file_button::{FileButton, Opens};
use super::header::PatientLine;
use super::stock::is_unusable;
use super::visit::Visit;
use super::zoom::{Gesture, Touched, Zoom};
use crate::browser;
use crate::part::DemoMark;
use crate::state::Shot;
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::picture::Details;
use clinical_images::upload::Upload;
use leptos::ev::PointerEvent;
use leptos::prelude::*;

/// The element that fingers move the photo in.
const FRAME: &str = "photo-frame";

/// The photo at this place among those not sent, counted from 0.
#[component]
pub(super) fn Review(at: usize) -> impl IntoView {
    let visit = expect_context::<Visit>();
    let id = Memo::new(move |_| visit.kept().get(at).map(|shot| shot.id));
    view! {
        <main class="phone-screen on-review">
            {move || id.get().and_then(|id| visit.queue.shot(id)).map(|shot| view! { <One visit shot at /> })}
        </main>
    }
}

#[component]
fn One(visit: Visit, shot: Shot, at: usize) -> impl IntoView {
    let gesture = RwSignal::new(Gesture::default());
    let (preview, upload) = (shot.preview, shot.upload);
    // Another picture, as after a turn, is looked at from the beginning.
    Effect::new(move |_| {
        preview.track();
        gesture.set(Gesture::default());
    });
    let stopped =
        Memo::new(move |_| upload.with(|upload| matches!(upload, Upload::Stopped { .. })));
    let (below, actions) = (shot.clone(), shot.clone());
    view! {
        <TopBar visit at gesture stopped />
        {move || if stopped.get() {
            view! { <CannotBeUsed visit shot=below.clone() /> }.into_any()
        } else {
            view! { <Frame visit shot=below.clone() at gesture /> }.into_any()
        }}
        {move || (!stopped.get()).then(|| view! { <Actions visit shot=actions.clone() at /> })}
    }
}

#[component]
fn TopBar(
    visit: Visit,
    at: usize,
    gesture: RwSignal<Gesture>,
    stopped: Memo<bool>,
) -> impl IntoView {
    let count = Memo::new(move |_| visit.kept().len());
    let near = Memo::new(move |_| gesture.with(|gesture| gesture.zoom.is_near()));
    let toggle = move |_| {
        gesture.update(|gesture| {
            let size = browser::size_of(FRAME).unwrap_or_default();
            gesture.zoom = gesture.zoom.toggled(Touched::centre(size));
        });
    };
    view! {
        <div class="review-bar">
            <button class="button quiet" type="button" on:click=|_| browser::back()>{words::BACK}</button>
            <div class="review-title">
                <div class="review-count">
                    <h1 id="screen-title" tabindex="-1">{move || words::photo_of(at, count.get())}</h1>
                    <DemoMark text=words::DEMO_SHORT />
                </div>
                <p class="review-patient"><PatientLine /></p>
            </div>
            // Where there is no photo, there is nothing to look at closely.
            <button class="button quiet" type="button" hidden=move || stopped.get() on:click=toggle>
                {move || if near.get() { words::ZOOM_OUT } else { words::ZOOM_IN }}
            </button>
        </div>
    }
}

/// The photo, moved by fingers.
#[component]
fn Frame(visit: Visit, shot: Shot, at: usize, gesture: RwSignal<Gesture>) -> impl IntoView {
    let (preview, upload, details) = (shot.preview, shot.upload, shot.details);
    let busy = Memo::new(move |_| {
        upload.with(|upload| matches!(upload, Upload::Waiting | Upload::Preparing))
    });
    let transform = move || gesture.with(|gesture| gesture.zoom.css());
    let alt = move || {
        let place = details.with(Details::place);
        words::photo_alt(at, visit.kept().len(), place.as_deref())
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
                    {words::PREPARING}
                })}
            </p>
        </div>
    }
}

#[component]
fn Actions(visit: Visit, shot: Shot, at: usize) -> impl IntoView {
    let id = shot.id;
    let retake = Callback::new(move |files| visit.replace(id, files));
    view! {
        <div class="phone-actions">
            <div class="review-tools">
                <FileButton label=words::RETAKE opens=Opens::Camera on_files=retake />
                <button class="button" type="button" on:click=move |_| visit.queue.turn(id)>{words::ROTATE}</button>
                <button class="button" type="button" on:click=move |_| visit.go(Screen::Describe(Some(at)))>
                    {words::DETAILS}
                </button>
            </div>
            <button class="button primary" type="button" on:click=move |_| visit.keep(id)>{words::KEEP}</button>
        </div>
    }
}

/// Why there is no photo, and what can be done.
#[component]
fn CannotBeUsed(visit: Visit, shot: Shot) -> impl IntoView {
    let (id, upload) = (shot.id, shot.upload);
    let advice = move || {
        upload.with(|upload| match upload {
            Upload::Stopped { why } => Some(text::explain_stop(why)),
            _ => None,
        })
    };
    let retry = move || upload.with(|upload| upload.can_retry() && !is_unusable(upload));
    let another = Callback::new(move |files| visit.replace(id, files));
    view! {
        <div class="photo-frame">
            <div class="photo-problem stack" role="alert">
                <p><strong>{move || advice().map(|advice| advice.what)}</strong></p>
                <p>{move || advice().map(|advice| advice.next)}</p>
            </div>
        </div>
        <div class="phone-actions">
            <div class="review-tools">
                <button class="button" type="button" on:click=move |_| visit.discard(id)>{words::REMOVE}</button>
                {move || retry().then(|| view! {
                    <button class="button" type="button" on:click=move |_| visit.queue.retry(id)>
                        {words::TRY_AGAIN}
                    </button>
                })}
            </div>
            <FileButton label=words::CHOOSE_ANOTHER opens=Opens::GalleryForOne class="primary" on_files=another />
        </div>
    }
}
