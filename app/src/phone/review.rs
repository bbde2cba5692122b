//! One photo, as large as the phone: keep, retake, rotate, describe.

use super::file_button::{FileButton, Opens};
use super::header::PatientLine;
use super::phone_session::PhoneSession;
use super::photos::is_unusable;
use crate::browser;
use crate::components::DemoMark;
use crate::components::zoom::{Framing, Gesture, Size, Zoom};
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
/// How far a photo can be enlarged beyond its fitted size.
const MOST: f64 = 6.0;

/// A photo looked at closely. Copies share it.
#[derive(Clone, Copy)]
struct Look {
    photo: StoredValue<LocalPhoto>,
    /// `None` while all of the photo is seen.
    zoom: RwSignal<Option<Zoom>>,
    fingers: RwSignal<Gesture>,
}

impl Look {
    fn new(photo: &LocalPhoto) -> Self {
        let preview = photo.preview;
        let look = Self {
            photo: StoredValue::new(photo.clone()),
            zoom: RwSignal::new(None),
            fingers: RwSignal::new(Gesture::default()),
        };
        // Another picture, as after a turn, is looked at from the beginning.
        Effect::new(move |_| {
            preview.track();
            look.zoom.set(None);
            look.fingers.set(Gesture::default());
        });
        look
    }

    /// `None` before the photo is prepared.
    fn framing(self) -> Option<Framing> {
        let picture = self.photo.with_value(LocalPhoto::size)?;
        let (width, height) = browser::size_of(FRAME)?;
        let frame = Size { width, height };
        Some(Framing::up_to_times_fitted(MOST, picture.into(), frame))
    }

    fn toggle(self) {
        if let Some(framing) = self.framing() {
            let next = |zoom: &mut Option<Zoom>| *zoom = framing.toggled(*zoom, framing.centre());
            self.zoom.update(next);
        }
    }

    fn transform(self) -> Option<String> {
        let zoom = self.zoom.get()?;
        Some(self.framing()?.over_fitted(zoom))
    }

    fn down(self, event: &PointerEvent) {
        browser::capture_pointer(event);
        if let Some(at) = place_of(event) {
            self.fingers
                .update(|fingers| fingers.down(event.pointer_id(), at, event.time_stamp()));
        }
    }

    fn moved(self, event: &PointerEvent) {
        let (Some(at), Some(framing)) = (place_of(event), self.framing()) else {
            return;
        };
        let now = self.zoom.get_untracked();
        let next = |fingers: &mut Gesture| fingers.moved(event.pointer_id(), at, now, framing);
        self.zoom.set(self.fingers.try_update(next).flatten());
    }

    /// Two taps change between whole and near.
    fn up(self, event: &PointerEvent) {
        let (Some(at), Some(framing)) = (place_of(event), self.framing()) else {
            return self.lost(event);
        };
        let up = |fingers: &mut Gesture| fingers.up(event.pointer_id(), at, event.time_stamp());
        if self.fingers.try_update(up) == Some(true) {
            self.zoom.update(|zoom| *zoom = framing.toggled(*zoom, at));
        }
    }

    fn lost(self, event: &PointerEvent) {
        self.fingers
            .update(|fingers| fingers.lost(event.pointer_id()));
    }
}

fn place_of(event: &PointerEvent) -> Option<(f64, f64)> {
    browser::within(FRAME, event.client_x(), event.client_y())
}

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
    let look = Look::new(&photo);
    let upload = photo.upload;
    let stopped =
        Memo::new(move |_| upload.with(|upload| matches!(upload, UploadState::Stopped { .. })));
    let (below, actions) = (photo.clone(), photo.clone());
    view! {
        <TopBar session at look stopped />
        {move || if stopped.get() {
            view! { <CannotBeUsed session photo=below.clone() /> }.into_any()
        } else {
            view! { <Frame session photo=below.clone() at look /> }.into_any()
        }}
        {move || (!stopped.get()).then(|| view! { <Actions session photo=actions.clone() at /> })}
    }
}

#[component]
fn TopBar(session: PhoneSession, at: usize, look: Look, stopped: Memo<bool>) -> impl IntoView {
    let count = Memo::new(move |_| session.kept().len());
    let near = Memo::new(move |_| look.zoom.with(Option::is_some));
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
            <button class="button quiet" type="button" hidden=move || stopped.get() on:click=move |_| look.toggle()>
                {move || if near.get() { words::zoom_out() } else { words::zoom_in() }}
            </button>
        </div>
    }
}

/// The photo, moved by fingers.
#[component]
fn Frame(session: PhoneSession, photo: LocalPhoto, at: usize, look: Look) -> impl IntoView {
    let (preview, upload, details) = (photo.preview, photo.upload, photo.details);
    let busy = Memo::new(move |_| {
        upload.with(|upload| matches!(upload, UploadState::Waiting | UploadState::Preparing))
    });
    let alt = move || {
        let place = details.with(text::place);
        words::photo_alt(at, session.kept().len(), place.as_deref())
    };
    view! {
        <div
            id=FRAME
            class="photo-frame"
            class:near=move || look.zoom.with(Option::is_some)
            on:pointerdown=move |event| look.down(&event)
            on:pointermove=move |event| look.moved(&event)
            on:pointerup=move |event| look.up(&event)
            on:pointercancel=move |event| look.lost(&event)
        >
            {move || preview.get().map(|url| view! {
                <img src=url alt=alt draggable="false" style:transform=move || look.transform() />
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
