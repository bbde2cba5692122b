//! Camera and gallery.

use super::file_button::{FileButton, Opens};
use super::phone_session::PhoneSession;
use super::thumb::Thumb;
use crate::ids;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use leptos::prelude::*;

/// Takes photos in, as many as fit.
#[component]
pub(super) fn Capture() -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let used = Memo::new(move |_| (session.used(), session.most()));
    let full = Memo::new(move |_| used.with(|(used, most)| used >= most));
    let on_files = Callback::new(move |files| session.take(files));
    view! {
        <main class="phone-screen on-capture">
            <div class="phone-body stack">
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{words::capture()}</h1>
                <p class="phone-count">
                    {move || used.with(|(used, most)| words::used(*used, *most))}
                </p>
                {move || full.get().then(|| view! { <p class="phone-warning" role="status">{session_full()}</p> })}
                <Strip session />
                <Onward session />
            </div>
            <div class="phone-actions">
                <FileButton
                    label=words::camera() opens=Opens::Camera class="primary shutter" on_files disabled=full
                />
                <FileButton label=words::gallery() opens=Opens::Gallery on_files disabled=full />
            </div>
        </main>
    }
}

/// The photos of this phone session in a row, the latest last.
#[component]
fn Strip(session: PhoneSession) -> impl IntoView {
    let sent = move || {
        session.arrivals().into_iter().map(|arrival| {
            view! { <li><span class="snap sent"><img src=arrival.url alt=words::sent_photo() /></span></li> }
        }).collect_view()
    };
    let kept = move || {
        let kept = session.kept();
        let count = kept.len();
        kept.into_iter()
            .enumerate()
            .map(|(at, photo)| {
                view! { <li><Thumb photo alt=words::photo_of(at, count) /></li> }
            })
            .collect_view()
    };
    let empty = Memo::new(move |_| {
        let state = session.state();
        state.kept + state.arrived == 0
    });
    view! {
        <ul class="snap-strip" aria-label=words::so_far() hidden=move || empty.get()>
            {sent}
            {kept}
        </ul>
    }
}

/// Ways to the photos that were not sent, that are going, and that arrived.
#[component]
fn Onward(session: PhoneSession) -> impl IntoView {
    let state = Memo::new(move |_| session.state());
    let way = move |count: usize, label: fn(usize) -> String, screen: Screen| {
        (count > 0).then(|| {
            view! {
                <button class="button" type="button" on:click=move |_| session.go(screen)>{label(count)}</button>
            }
        })
    };
    view! {
        <div class="phone-onward">
            {move || way(state.get().kept, words::review, Screen::All)}
            {move || way(state.get().going, words::on_their_way, Screen::Sending)}
            {move || way(state.get().arrived, words::see_sent, Screen::Sent)}
        </div>
    }
}

/// In place of the camera when no more photos fit.
fn session_full() -> String {
    let advice = words::session_full();
    format!("{}. {}", advice.what, advice.next)
}
