//! What is said about the selected picture.

use super::desk::Desk;
use super::time::DayAndTime;
use crate::components::DetailsForm;
use crate::state::Tone;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::moment::Moment;
use clinical_images::picture::{Details, DetailsChange, Picture, PictureState, Rendition, Source};
use clinical_images::record::Record;
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn DetailsPanel() -> impl IntoView {
    let desk = Desk::get();
    let selected = Memo::new(move |_| desk.selected.get());
    view! {
        <section class="desk-details card" aria-labelledby="details-title" tabindex="0">
            <h2 id="details-title">{words::details()}</h2>
            // A form a picture: what is being typed can never end up at another one.
            {move || match selected.get() {
                Some(id) => view! { <DetailsOf id /> }.into_any(),
                None => view! { <p class="small">{words::no_selection()}</p> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn DetailsOf(id: PictureId) -> impl IntoView {
    let desk = Desk::get();
    let picture = desk.picture(id);
    let details = Memo::new(move |_| {
        let details =
            picture.with(|it| it.as_ref().map(|it| it.details.clone()).unwrap_or_default());
        desk.details_sync.overlay(id, &details)
    });
    let open =
        Memo::new(move |_| picture.with(|it| it.as_ref().is_some_and(|it| it.state.is_open())));
    let on_change = Callback::new(move |change: DetailsChange| desk.describe(vec![id], change));
    let facts = Memo::new(move |_| picture.with(|it| it.as_ref().map(Facts::of)));
    let feed = desk.feed;
    let longest_note = feed
        .view
        .with_untracked(|view| view.picture_limits.note_chars);
    let unsaved = move || desk.details_sync.retrying.get().then_some(words::unsaved());
    view! {
        <p class="small warning" role="status">{unsaved}</p>
        <p class="small" hidden=move || open.get()>{words::fixed()}</p>
        <DetailsForm details on_change longest_note disabled=Signal::derive(move || !open.get()) />
        <ApplyToAll id details />
        {move || facts.get().map(|facts| view! { <FactList facts /> })}
        <button
            class="button danger"
            type="button"
            hidden=move || !open.get()
            on:click=move |_| desk.ask_to_delete(id)
        >
            {words::delete()}
        </button>
    }
}

/// Site and side go to every picture that can still change.
#[component]
fn ApplyToAll(id: PictureId, details: Memo<Details>) -> impl IntoView {
    let desk = Desk::get();
    let others = Memo::new(move |_| {
        desk.feed.view.with(|view| {
            let open = view
                .pictures
                .iter()
                .filter(|it| it.id != id && it.state.is_open());
            open.map(|it| it.id).collect::<Vec<_>>()
        })
    });
    let apply = move |_| {
        let others = others.get_untracked();
        let change = details.with_untracked(|details| DetailsChange {
            site: Some(details.site),
            laterality: Some(details.laterality),
            ..DetailsChange::default()
        });
        desk.notices
            .announce(Tone::Polite, words::applied(others.len()));
        desk.describe(others, change);
    };
    view! {
        <button
            class="button"
            type="button"
            hidden=move || others.with(Vec::is_empty)
            disabled=move || details.with(|details| details.site.is_none())
            on:click=apply
        >
            {words::apply_to_all()}
        </button>
    }
}

/// What nobody types.
#[derive(Clone, PartialEq)]
struct Facts {
    rendition: Rendition,
    taken_at: Moment,
    source: Source,
    records: Vec<Record>,
}

impl Facts {
    fn of(picture: &Picture) -> Self {
        let records = match &picture.state {
            PictureState::Filed { records, .. } => records.clone(),
            _ => Vec::new(),
        };
        Self {
            rendition: picture.rendition,
            taken_at: picture.taken_at,
            source: picture.source,
            records,
        }
    }
}

#[component]
fn FactList(facts: Facts) -> impl IntoView {
    let Facts {
        rendition,
        taken_at,
        source,
        records,
    } = facts;
    let records: Vec<_> = records
        .iter()
        .map(|record| {
            let shown = record.id().unwrap_or(words::seen()).to_owned();
            view! { <dt>{words::record()}</dt> <dd>{shown}</dd> }
        })
        .collect();
    view! {
        <dl class="desk-facts small">
            <dt>{words::taken()}</dt>
            <dd><DayAndTime at=taken_at /></dd>
            <dt>{words::from()}</dt>
            <dd>{words::source(source)}</dd>
            <dt>{words::size()}</dt>
            <dd>{words::extent(rendition.width, rendition.height, &text::kilobytes(rendition.length))}</dd>
            {records}
        </dl>
    }
}
