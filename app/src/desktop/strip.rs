//! The strip: every photo of the session, and those of this computer that are on their way.

use super::desk::{Desk, is_here};
use super::tile::{ArrivingTile, LocalPhotoTile};
use crate::browser;
use crate::components::{Badge, BadgeTone, tone_of};
use crate::ids;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::picture::{Picture, Source};
use leptos::either::EitherOf3;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Id of the list, which scrolls.
const STRIP: &str = "strip";

/// One place in the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Tile {
    /// A picture that is here.
    Picture(PictureId),
    /// A photo of this computer on its way.
    LocalPhoto(PictureId),
    /// A picture of another device on its way.
    Arriving(PictureId),
}

/// The strip's places: pictures in the session's order, then photos that the session has not heard of.
fn tiles(desk: Desk) -> Vec<Tile> {
    let photos: Vec<PictureId> = desk
        .queue
        .photos
        .with(|photos| photos.iter().map(|photo| photo.id).collect());
    desk.feed.view.with(|view| {
        let known = view.pictures.iter().map(|picture| match picture {
            picture if is_here(picture) => Tile::Picture(picture.id),
            picture if photos.contains(&picture.id) => Tile::LocalPhoto(picture.id),
            picture => Tile::Arriving(picture.id),
        });
        let unheard = photos
            .iter()
            .filter(|id| view.picture(**id).is_none())
            .map(|id| Tile::LocalPhoto(*id));
        known.chain(unheard).collect()
    })
}

/// The sign that goes with the word.
#[component]
fn SourceSign(source: Source) -> impl IntoView {
    let outline = match source {
        Source::Desktop => "M1 2h14v9H1zM5 14h6M8 11v3",
        Source::Phone(_) => "M4 1h8v14H4zM7 13h2",
    };
    view! {
        <svg class="sign" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d=outline fill="none" stroke="currentColor" stroke-width="1.5" />
        </svg>
    }
}

/// The panel.
#[component]
pub(super) fn Strip() -> impl IntoView {
    let desk = Desk::get();
    let places = Memo::new(move |_| tiles(desk));
    let empty = move || places.with(Vec::is_empty);
    view! {
        <section class="desk-strip" aria-label=words::strip()>
            {move || empty().then(|| view! { <p class="small">{words::empty_strip()}</p> })}
            <ul id=STRIP hidden=empty>
                <For each=move || places.get() key=|tile| *tile let:tile>
                    <li>
                        {match tile {
                            Tile::Picture(id) => EitherOf3::A(view! { <Thumb id /> }),
                            Tile::LocalPhoto(id) => EitherOf3::B(view! { <LocalPhotoTile id /> }),
                            Tile::Arriving(id) => EitherOf3::C(view! { <ArrivingTile id /> }),
                        }}
                    </li>
                </For>
            </ul>
        </section>
    }
}

fn key(desk: Desk, id: PictureId, event: &KeyboardEvent) {
    let next = match event.key().as_str() {
        "ArrowLeft" | "ArrowUp" => desk.step(-1),
        "ArrowRight" | "ArrowDown" => desk.step(1),
        "Home" => desk.step(isize::MIN),
        "End" => desk.step(isize::MAX),
        "Enter" => {
            desk.selected.set(Some(id));
            browser::focus(ids::VIEWER);
            browser::reveal(ids::VIEWER);
            None
        }
        "Delete" => {
            desk.selected.set(Some(id));
            desk.ask_to_delete(id);
            None
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        browser::focus(&ids::thumb(next));
    }
}

/// One picture.
#[component]
fn Thumb(id: PictureId) -> impl IntoView {
    let desk = Desk::get();
    let (picture, number, small) = (desk.picture(id), desk.number(id), desk.small(id));
    let selected = Memo::new(move |_| desk.selected.get() == Some(id));
    let of = move |read: fn(&Picture) -> String| {
        picture.with(|it| it.as_ref().map(read).unwrap_or_default())
    };
    let edit = Memo::new(move |_| {
        let is_saving = |it: &Picture| it.revising || desk.revisions.is_saving(id);
        if picture.with(|it| it.as_ref().is_some_and(is_saving)) {
            Some((words::saving_changes(), BadgeTone::Busy))
        } else {
            let stopped = desk.revisions.stopped(id);
            stopped.map(|_| (words::unsaved_changes(), BadgeTone::Bad))
        }
    });
    let state = move || match edit.get() {
        Some((word, _)) => word.to_owned(),
        None => of(|it| text::picture_state(&it.state, it.details.missing()).to_owned()),
    };
    let tone = Memo::new(move |_| {
        if let Some((_, tone)) = edit.get() {
            return tone;
        }
        picture
            .with(|it| {
                it.as_ref()
                    .map(|it| tone_of(&it.state, it.details.missing()))
            })
            .unwrap_or(BadgeTone::Busy)
    });
    let place = move || picture.with(|it| it.as_ref().and_then(|it| text::place(&it.details)));
    let source = picture.with_untracked(|it| it.as_ref().map_or(Source::Desktop, |it| it.source));
    let label = move || {
        words::thumb(
            number.get(),
            place().as_deref(),
            words::source(source),
            &state(),
        )
    };
    let sensitive = move || {
        picture.with(|it| {
            it.as_ref()
                .is_some_and(|it| it.details.site.is_some_and(|site| site.is_sensitive()))
        })
    };
    Effect::new(move |_| {
        if selected.get() {
            browser::reveal_sideways(&ids::thumb(id), STRIP);
        }
    });
    view! {
        <button
            type="button"
            id=ids::thumb(id)
            class="thumb"
            class:sensitive=sensitive
            aria-current=move || selected.get().then_some("true")
            aria-label=label
            tabindex=move || if selected.get() { "0" } else { "-1" }
            on:click=move |_| desk.selected.set(Some(id))
            on:keydown=move |event| key(desk, id, &event)
        >
            <img src=move || small.get() alt="" loading="lazy" decoding="async" draggable="false" />
            <span class="thumb-words">
                <span class="small"><SourceSign source /> " " {words::source(source)}</span>
                // Two words, for those who go by the text and not by how it is laid out.
                " "
                <Badge text=Signal::derive(state) tone />
            </span>
        </button>
    }
}
