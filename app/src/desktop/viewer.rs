//! The selected picture, large, on neutral grey: fitted, at 100 % or anything between, by buttons, wheel, drag and keys.

mod state;

use super::crop::{CropBar, CropStage};
use super::desk::Desk;
use super::edit_bar::{EditBar, EditFailure};
use crate::components::zoom::{Gesture, Size};
use crate::ids;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use leptos::prelude::*;
use state::{FRAME, IMAGE, Phase, STEP, View};

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
                    class:held=move || view.gesture.with(Gesture::is_held)
                    on:wheel=move |event| view.wheel(&event)
                    on:pointerdown=move |event| view.grab(&event)
                    on:pointermove=move |event| view.pull(&event)
                    on:pointerup=move |event| view.release(&event)
                    on:pointercancel=move |event| view.release(&event)
                    on:dblclick=move |_| view.toggle()
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
        let size = rendition().map(|it| Size::from((it.width, it.height)))?;
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
