//! The selected picture, large, on neutral grey: fitted, at 100 % or anything between, by buttons, wheel, drag and keys.

use super::crop::{self, CropBar, CropStage};
use super::desk::Desk;
use super::edit_bar::{EditBar, EditFailure, rotate};
use super::zoom::{Size, Zoom};
use crate::browser;
use crate::ids;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::prelude::*;

const FRAME: &str = "viewer-frame";
const IMAGE: &str = "viewer-image";
/// One step of a button, and of a wheel.
const STEP: f64 = 1.5;
const NOTCH: f64 = 1.15;

/// How far the image has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Loading,
    Shown,
    Failed,
}

/// What is seen and how. Copies share it.
#[derive(Clone, Copy)]
struct View {
    desk: Desk,
    selected: Memo<Option<PictureId>>,
    /// Nothing while the picture lies fitted.
    zoom: RwSignal<Option<Zoom>>,
    phase: RwSignal<Phase>,
    /// Counts the times that somebody asked to load it again.
    tries: RwSignal<u32>,
    /// Where a drag was last.
    drag: RwSignal<Option<(i32, i32)>>,
}

impl View {
    fn new(desk: Desk) -> Self {
        let view = Self {
            desk,
            selected: Memo::new(move |_| desk.selected.get()),
            zoom: RwSignal::new(None),
            // The server's page brings the image along.
            phase: RwSignal::new(Phase::Shown),
            tries: RwSignal::new(0),
            drag: RwSignal::new(None),
        };
        Effect::new(move |_| {
            view.selected.track();
            view.zoom.set(None);
            desk.cropping.set(None);
        });
        // A crop is chosen on the whole picture.
        Effect::new(move |_| {
            if desk.cropping.with(Option::is_some) {
                view.zoom.set(None);
            }
        });
        crop::watch(desk);
        view
    }

    fn is_cropping(self) -> bool {
        self.desk.cropping.with_untracked(Option::is_some)
    }

    /// Reads from the element how far the image has loaded: events of an image in the server's page may have fired before this
    /// script listened.
    fn sync_phase(self) {
        self.phase.set(match browser::image_loaded(IMAGE) {
            None => Phase::Loading,
            Some(true) => Phase::Shown,
            Some(false) => Phase::Failed,
        });
    }

    fn try_again(self) {
        self.phase.set(Phase::Loading);
        self.tries.update(|tries| *tries += 1);
    }

    /// The picture's and the frame's size.
    fn sizes(self) -> Option<(Size, Size)> {
        let id = self.selected.get_untracked()?;
        let rendition = self
            .desk
            .feed
            .view
            .with_untracked(|view| view.picture(id).map(|it| it.rendition))?;
        let (width, height) = browser::size_of(FRAME)?;
        let picture = Size {
            width: rendition.width.into(),
            height: rendition.height.into(),
        };
        Some((picture, Size { width, height }))
    }

    /// Scales about a point of the frame, or its middle.
    fn scale(self, next: impl Fn(f64) -> f64, at: Option<(f64, f64)>) {
        if self.is_cropping() {
            return;
        }
        let Some((picture, frame)) = self.sizes() else {
            return;
        };
        let now = self
            .zoom
            .get_untracked()
            .unwrap_or_else(|| Zoom::fitted(picture, frame));
        let at = at.unwrap_or((frame.width / 2.0, frame.height / 2.0));
        self.zoom
            .set(now.scaled(next(now.scale), at, picture, frame));
    }

    fn wheel(self, event: &WheelEvent) {
        let closer = event.delta_y() < 0.0;
        if self.is_cropping() {
            return;
        }
        // Away from a fitted picture there is nowhere to go: let the page scroll.
        if !closer && self.zoom.get_untracked().is_none() {
            return;
        }
        event.prevent_default();
        let factor = if closer { NOTCH } else { 1.0 / NOTCH };
        self.scale(
            |scale| scale * factor,
            browser::within(FRAME, event.client_x(), event.client_y()),
        );
    }

    fn grab(self, event: &PointerEvent) {
        if self.zoom.get_untracked().is_some() && event.button() == 0 {
            browser::capture_pointer(event);
            self.drag.set(Some((event.client_x(), event.client_y())));
        }
    }

    fn pull(self, event: &PointerEvent) {
        let (Some(from), Some(zoom)) = (self.drag.get_untracked(), self.zoom.get_untracked())
        else {
            return;
        };
        let Some((picture, frame)) = self.sizes() else {
            return;
        };
        let by = (
            f64::from(event.client_x() - from.0),
            f64::from(event.client_y() - from.1),
        );
        self.drag.set(Some((event.client_x(), event.client_y())));
        self.zoom.set(Some(zoom.moved(by, picture, frame)));
    }

    fn key(self, event: &KeyboardEvent) {
        // The browser's own: copy, reload. And a crop that is being chosen would not know of a turn.
        if self.is_cropping() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "r" => rotate(self.desk, 1),
            "R" => rotate(self.desk, 3),
            "c" | "C" => crop::begin(self.desk),
            "ArrowLeft" => drop(self.desk.step(-1)),
            "ArrowRight" => drop(self.desk.step(1)),
            "+" | "=" => self.scale(|scale| scale * STEP, None),
            "-" => self.scale(|scale| scale / STEP, None),
            "0" => self.zoom.set(None),
            "1" => self.scale(|_| 1.0, None),
            "Delete" => self
                .selected
                .get_untracked()
                .into_iter()
                .for_each(|id| self.desk.ask_to_delete(id)),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The panel.
#[component]
pub(super) fn Viewer() -> impl IntoView {
    let desk = Desk::get();
    let view = View::new(desk);
    let any = move || view.selected.get().is_some();
    let cropping = Memo::new(move |_| desk.cropping.with(Option::is_some));
    view! {
        <section class="desk-viewer" aria-label=words::viewer()>
            <div
                id=ids::VIEWER
                class="viewer-keys"
                role="group"
                aria-label=words::viewer()
                tabindex=move || if any() { "0" } else { "-1" }
                on:keydown=move |event| view.key(&event)
            >
                <div
                    id=FRAME
                    class="viewer-frame"
                    class:zoomed=move || view.zoom.with(Option::is_some)
                    class:held=move || view.drag.with(Option::is_some)
                    on:wheel=move |event| view.wheel(&event)
                    on:pointerdown=move |event| view.grab(&event)
                    on:pointermove=move |event| view.pull(&event)
                    on:pointerup=move |_| view.drag.set(None)
                    on:pointercancel=move |_| view.drag.set(None)
                    on:dblclick=move |_| view.scale(|_| 1.0, None)
                >
                    {move || match view.selected.get() {
                        Some(_) if cropping.get() => view! { <CropStage /> }.into_any(),
                        Some(id) => view! { <Image view id /> }.into_any(),
                        None => view! { <Empty /> }.into_any(),
                    }}
                </div>
            </div>
            <EditFailure />
            <Show when=any>
                {move || if cropping.get() {
                    view! { <CropBar /> }.into_any()
                } else {
                    view! { <Controls view /> }.into_any()
                }}
            </Show>
        </section>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="viewer-empty">
            <h2>{words::empty()}</h2>
            <p>{words::empty_next()}</p>
        </div>
    }
}

#[component]
fn Image(view: View, id: PictureId) -> impl IntoView {
    let (picture, number) = (view.desk.picture(id), view.desk.number(id));
    let alt = move || {
        let place = picture.with(|picture| {
            picture
                .as_ref()
                .and_then(|picture| text::place(&picture.details))
        });
        words::photo_of(number.get(), place.as_deref())
    };
    let scope = view.desk.scope();
    let path = Memo::new(move |_| {
        picture.with(|picture| {
            picture
                .as_ref()
                .map(|picture| crate::api::picture_path(scope, picture))
        })
    });
    let source = move || match view.tries.get() {
        0 => path.get(),
        tries => path.get().map(|path| format!("{path}&try={tries}")),
    };
    let rendition =
        move || picture.with(|picture| picture.as_ref().map(|picture| picture.rendition));
    let size = move |side: fn(&Size) -> f64| {
        let size = rendition().map(|it| Size {
            width: it.width.into(),
            height: it.height.into(),
        })?;
        view.zoom
            .with(Option::is_some)
            .then(|| format!("{}px", side(&size)))
    };
    Effect::new(move |_| view.sync_phase());
    let place = move || {
        view.zoom
            .get()
            .map(|it| format!("translate({}px, {}px) scale({})", it.x, it.y, it.scale))
    };
    view! {
        <img
            id=IMAGE
            src=source
            alt=alt
            draggable="false"
            class:gone=move || view.phase.get() == Phase::Failed
            style:width=move || size(|size| size.width)
            style:height=move || size(|size| size.height)
            style:transform=place
            on:load=move |_| view.phase.set(Phase::Shown)
            on:error=move |_| view.phase.set(Phase::Failed)
        />
        <p class="viewer-note" role="status">
            {move || (view.phase.get() == Phase::Loading).then_some(words::loading_photo())}
        </p>
        <Show when=move || view.phase.get() == Phase::Failed>
            <div class="viewer-empty" role="alert">
                <p>{words::photo_failed()}</p>
                <button class="button" type="button" on:click=move |_| view.try_again()>
                    {words::try_again()}
                </button>
            </div>
        </Show>
    }
}

#[component]
fn Controls(view: View) -> impl IntoView {
    let pressed = move |scale: Option<f64>| {
        let now = view.zoom.get().map(|zoom| zoom.scale);
        (now == scale).to_string()
    };
    let caption = move || {
        let id = view.selected.get()?;
        let pictures = view
            .desk
            .feed
            .view
            .with(|view| view.pictures.iter().position(|it| it.id == id));
        let place = view
            .desk
            .feed
            .view
            .with(|view| view.picture(id).and_then(|it| text::place(&it.details)));
        Some(words::photo_of(pictures? + 1, place.as_deref()))
    };
    let full = move || view.zoom.get().map(|zoom| words::zoomed(zoom.scale));
    view! {
        <div class="viewer-bar">
            <button class="button quiet" type="button" aria-label=words::previous() on:click=move |_| { view.desk.step(-1); }>
                "←"
            </button>
            <p class="viewer-caption">{caption}</p>
            <div class="row" role="group" aria-label=words::zoom()>
                <span class="viewer-scale small" aria-live="polite">{full}</span>
                <button class="button quiet" type="button" aria-label=words::zoom_out()
                    on:click=move |_| view.scale(|scale| scale / STEP, None)>"−"</button>
                <button class="button quiet" type="button" aria-label=words::zoom_in()
                    on:click=move |_| view.scale(|scale| scale * STEP, None)>"+"</button>
                <button class="button quiet" type="button" aria-pressed=move || pressed(None)
                    on:click=move |_| view.zoom.set(None)>{words::fit()}</button>
                <button class="button quiet" type="button" aria-pressed=move || pressed(Some(1.0))
                    on:click=move |_| view.scale(|_| 1.0, None)>{words::full()}</button>
            </div>
            <button class="button quiet" type="button" aria-label=words::next() on:click=move |_| { view.desk.step(1); }>
                "→"
            </button>
            <EditBar />
        </div>
    }
}
