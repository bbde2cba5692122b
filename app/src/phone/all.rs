//! All photos that were not sent yet, as a grid: look, delete, describe, send.

use super::focus::focus_title;
use super::phone_session::PhoneSession;
use super::photos::{is_unprepared, is_unusable};
use super::thumb::Thumb;
use crate::components::{Badge, BadgeTone};
use crate::ids;
use crate::state::{LocalPhoto, Tone};
use crate::text;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::picture::Details;
use clinical_images::upload::UploadState;
use leptos::prelude::*;

/// The grid.
#[component]
pub(super) fn All() -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let tiles = move || {
        session
            .kept()
            .into_iter()
            .enumerate()
            .map(|(at, photo)| view! { <Tile session photo at /> })
            .collect_view()
    };
    let sendable = Memo::new(move |_| {
        session
            .kept()
            .iter()
            .filter(|photo| !photo.upload.with(is_unusable))
            .count()
    });
    view! {
        <main class="phone-screen on-all">
            <div class="phone-body stack">
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{words::all()}</h1>
                <p class="phone-warning">{words::not_sent_yet()}</p>
                <ul class="snap-grid">{tiles}</ul>
                <div class="phone-onward">
                    <button class="button" type="button" on:click=move |_| session.go(Screen::Describe(None))>
                        {words::describe_all_photos()}
                    </button>
                </div>
            </div>
            <div class="phone-actions">
                <button
                    class="button primary"
                    type="button"
                    disabled=move || sendable.get() == 0
                    on:click=move |_| session.send()
                >
                    {move || words::send(sendable.get())}
                </button>
                <button class="button" type="button" on:click=move |_| session.go(Screen::Capture)>
                    {words::add_more()}
                </button>
            </div>
        </main>
    }
}

#[component]
fn Tile(session: PhoneSession, photo: LocalPhoto, at: usize) -> impl IntoView {
    let (id, details, upload) = (photo.id, photo.details, photo.upload);
    let delete = move |_| {
        session.discard(id);
        session.notices.announce(Tone::Polite, words::deleted());
        focus_title();
    };
    let open_photo = move || {
        if upload.with(is_unusable) {
            words::open_photo(at, Some(words::unusable()))
        } else {
            words::open_photo(at, details.with(text::place).as_deref())
        }
    };
    // Where nothing came of the file, why.
    let about = move || {
        upload.with(|upload| match upload {
            UploadState::Stopped { why } if is_unprepared(upload) => {
                Some(text::explain_upload_failure(why).what.to_owned())
            }
            _ => details.with(text::place),
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
                aria-label=open_photo
                on:click=move |_| session.go(Screen::Review(at))
            >
                <Thumb photo alt=String::new() />
            </button>
            <div class="snap-about">
                <span class="small">{about}</span>
                {missing}
            </div>
            <button class="button quiet danger" type="button" aria-label=words::delete(at) on:click=delete>
                {words::delete_photo()}
            </button>
        </li>
    }
}
