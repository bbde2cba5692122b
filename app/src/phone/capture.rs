//! Camera and gallery.

use super::file_button::{FileButton, Opens};
use super::thumb::Thumb;
use super::visit::Visit;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use leptos::prelude::*;

/// Takes photos in, as many as fit.
#[component]
pub(super) fn Capture() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let used = Memo::new(move |_| (visit.used(), visit.most()));
    let full = Memo::new(move |_| used.with(|(used, most)| used >= most));
    let on_files = Callback::new(move |files| visit.take(files));
    view! {
        <main class="phone-screen on-capture">
            <div class="phone-body stack">
                <h1 id="screen-title" tabindex="-1">{words::CAPTURE}</h1>
                <p class="phone-count">
                    {move || used.with(|(used, most)| words::used(*used, *most))}
                </p>
                {move || full.get().then(|| view! { <p class="phone-warning" role="status">{words::FULL}</p> })}
                <Strip visit />
                <Onward visit />
            </div>
            <div class="phone-actions">
                <FileButton
                    label=words::CAMERA opens=Opens::Camera class="primary shutter" on_files disabled=full
                />
                <FileButton label=words::GALLERY opens=Opens::Gallery on_files disabled=full />
            </div>
        </main>
    }
}

/// The photos of this visit in one line, the latest last.
#[component]
fn Strip(visit: Visit) -> impl IntoView {
    let sent = move || {
        visit.arrivals().into_iter().map(|arrival| {
            view! { <li><span class="snap sent"><img src=arrival.url alt=words::SENT_PHOTO /></span></li> }
        }).collect_view()
    };
    let kept = move || {
        let kept = visit.kept();
        let count = kept.len();
        kept.into_iter()
            .enumerate()
            .map(|(at, shot)| {
                view! { <li><Thumb shot alt=words::photo_of(at, count) /></li> }
            })
            .collect_view()
    };
    let empty = Memo::new(move |_| {
        let holding = visit.holding();
        holding.kept + holding.arrived == 0
    });
    view! {
        <ul class="snap-strip" aria-label=words::SO_FAR hidden=move || empty.get()>
            {sent}
            {kept}
        </ul>
    }
}

/// Ways to the photos that were not sent, that are going, and that arrived.
#[component]
fn Onward(visit: Visit) -> impl IntoView {
    let holding = Memo::new(move |_| visit.holding());
    let way = move |count: usize, label: fn(usize) -> String, screen: Screen| {
        (count > 0).then(|| {
            view! {
                <button class="button" type="button" on:click=move |_| visit.go(screen)>{label(count)}</button>
            }
        })
    };
    view! {
        <div class="phone-onward">
            {move || way(holding.get().kept, words::review, Screen::All)}
            {move || way(holding.get().going, words::on_their_way, Screen::Sending)}
            {move || way(holding.get().arrived, words::see_sent, Screen::Sent)}
        </div>
    }
}
