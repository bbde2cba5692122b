//! All photos that were not sent yet, as a grid: look, delete, describe, send.

use super::closed::focus_title;
use super::stock::{is_unprepared, is_unusable};
use super::thumb::Thumb;
use super::visit::Visit;
use crate::part::{Badge, BadgeTone};
use crate::state::{Shot, Tone};
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::picture::Details;
use clinical_images::upload::Upload;
use leptos::prelude::*;

/// The grid.
#[component]
pub(super) fn All() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let tiles = move || {
        visit
            .kept()
            .into_iter()
            .enumerate()
            .map(|(at, shot)| view! { <Tile visit shot at /> })
            .collect_view()
    };
    let sendable = Memo::new(move |_| {
        visit
            .kept()
            .iter()
            .filter(|shot| !shot.upload.with(is_unusable))
            .count()
    });
    view! {
        <main class="phone-screen on-all">
            <div class="phone-body stack">
                <h1 id="screen-title" tabindex="-1">{words::ALL}</h1>
                <p class="phone-warning">{words::NOT_SENT_YET}</p>
                <ul class="snap-grid">{tiles}</ul>
                <div class="phone-onward">
                    <button class="button" type="button" on:click=move |_| visit.go(Screen::Describe(None))>
                        {words::DESCRIBE_ALL}
                    </button>
                </div>
            </div>
            <div class="phone-actions">
                <button
                    class="button primary"
                    type="button"
                    disabled=move || sendable.get() == 0
                    on:click=move |_| visit.send()
                >
                    {move || words::send(sendable.get())}
                </button>
                <button class="button" type="button" on:click=move |_| visit.go(Screen::Capture)>
                    {words::ADD_MORE}
                </button>
            </div>
        </main>
    }
}

#[component]
fn Tile(visit: Visit, shot: Shot, at: usize) -> impl IntoView {
    let (id, details, upload) = (shot.id, shot.details, shot.upload);
    let delete = move |_| {
        visit.discard(id);
        visit.notices.say(Tone::Polite, words::DELETED);
        focus_title();
    };
    let look_at = move || {
        if upload.with(is_unusable) {
            words::look_at(at, Some(words::UNUSABLE))
        } else {
            words::look_at(at, details.with(Details::place).as_deref())
        }
    };
    // Where nothing came of the file, why.
    let about = move || {
        upload.with(|upload| match upload {
            Upload::Stopped { why } if is_unprepared(upload) => {
                Some(text::explain_stop(why).what.to_owned())
            }
            _ => details.with(Details::place),
        })
    };
    let missing = move || {
        let usable = !upload.with(is_unusable);
        details
            .with(Details::missing)
            .filter(|_| usable)
            .map(|missing| {
                view! { <Badge text=text::missing(missing).to_owned() tone=BadgeTone::Warn /> }
            })
    };
    view! {
        <li class="snap-tile">
            <button
                class="snap-photo"
                type="button"
                aria-label=look_at
                on:click=move |_| visit.go(Screen::Review(at))
            >
                <Thumb shot alt=String::new() />
            </button>
            <div class="snap-about">
                <span class="small">{about}</span>
                {missing}
            </div>
            <button class="button quiet danger" type="button" aria-label=words::delete(at) on:click=delete>
                {words::DELETE}
            </button>
        </li>
    }
}
