//! Site, side, view and note of one photo, or of all that were not sent yet.

use super::phone_session::PhoneSession;
use super::thumb::Thumb;
use crate::browser;
use crate::components::DetailsForm;
use crate::ids;
use crate::state::LocalPhoto;
use crate::text::phone as words;
use clinical_images::picture::{Details, DetailsChange, Note};
use leptos::prelude::*;

/// The form for the photo at this place among those not sent, counted from 0; for all without one.
#[component]
pub(super) fn Describe(at: Option<usize>) -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let photos = move || match at {
        Some(at) => session
            .kept()
            .into_iter()
            .skip(at)
            .take(1)
            .collect::<Vec<_>>(),
        None => session.kept(),
    };
    let details = Memo::new(move |_| common(&photos()));
    let on_change =
        Callback::new(move |change: DetailsChange| session.describe(&untrack(photos), &change));
    let feed = session.feed;
    let longest_note = feed
        .view
        .with_untracked(|view| view.picture_limits.note_chars);
    let heading = move || match at {
        Some(at) => words::describe_one(at),
        None => words::describe_all(session.kept().len()),
    };
    let thumbs = move || {
        let photos = photos();
        let (first, count) = (at.unwrap_or(0), untrack(|| session.kept().len()));
        photos
            .into_iter()
            .enumerate()
            .map(|(place, photo)| {
                view! { <li><Thumb photo alt=words::photo_of(first + place, count) /></li> }
            })
            .collect_view()
    };
    let mixed = move || at.is_none() && differ(&photos());
    view! {
        <main class="phone-screen on-describe">
            <div class="phone-body stack">
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{heading}</h1>
                <ul class="snap-strip">{thumbs}</ul>
                <p class="small">{words::optional()}</p>
                {move || mixed().then(|| view! { <p class="small">{words::mixed()}</p> })}
                <DetailsForm details on_change longest_note />
            </div>
            <div class="phone-actions">
                <button class="button primary" type="button" on:click=|_| browser::back()>{words::done()}</button>
            </div>
        </main>
    }
}

/// What is said about every one of these photos alike.
fn common(photos: &[LocalPhoto]) -> Details {
    let mut all = photos.iter().map(|photo| photo.details.get());
    let Some(first) = all.next() else {
        return Details::default();
    };
    all.fold(first, |common, next| Details {
        site: common.site.filter(|site| next.site == Some(*site)),
        laterality: common
            .laterality
            .filter(|side| next.laterality == Some(*side)),
        view: common.view.filter(|view| next.view == Some(*view)),
        note: if common.note == next.note {
            common.note
        } else {
            Note::default()
        },
    })
}

fn differ(photos: &[LocalPhoto]) -> bool {
    let mut all = photos.iter().map(|photo| photo.details.get());
    let first = all.next();
    all.any(|details| Some(details) != first)
}
