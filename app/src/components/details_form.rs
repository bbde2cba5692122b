//! Site, side, view and note of one picture, or of several at once. Shows what it is given and says what changed.

use super::site_field::SiteField;
use crate::browser;
use crate::text;
use clinical_images::picture::{Details, DetailsChange, Laterality, Note, Side, View};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after the last key a note is passed on.
const PAUSE: Duration = Duration::from_millis(700);
/// Id of the note, and of what tells its length; one form is shown at a time.
const NOTE: &str = "note-input";
const NOTE_COUNT: &str = "note-count";

/// The form. `on_change` hears each change by itself; a note is passed on when the person pauses or leaves the field.
#[component]
pub fn DetailsForm(
    /// What is to be shown.
    #[prop(into)]
    details: Signal<Details>,
    /// Hears changes.
    on_change: Callback<DetailsChange>,
    /// Characters that a note may have.
    longest_note: usize,
    /// Whether nothing may be changed any more.
    #[prop(into, optional)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let site = Signal::derive(move || details.with(|details| details.site));
    let pick_site = Callback::new(move |site| {
        on_change.run(DetailsChange {
            site: Some(site),
            ..DetailsChange::default()
        });
    });
    view! {
        <div class="details-form stack">
            <SiteField site on_pick=pick_site disabled />
            <SideChoice details on_change disabled />
            <ViewChoice details on_change disabled />
            <NoteField details on_change longest=longest_note disabled />
        </div>
    }
}

/// Left, right, both; "no side" only where the site has none.
#[component]
fn SideChoice(
    details: Signal<Details>,
    on_change: Callback<DetailsChange>,
    disabled: Signal<bool>,
) -> impl IntoView {
    let pick = move |side: Laterality| {
        let now = details.with_untracked(|details| details.laterality);
        let laterality = if now == Some(side) { None } else { Some(side) };
        on_change.run(DetailsChange {
            laterality: Some(laterality),
            ..DetailsChange::default()
        });
    };
    let paired = Memo::new(move |_| {
        details.with(|details| details.site.is_some_and(|site| site.side() == Side::Paired))
    });
    let button = move |side: Laterality| {
        let pressed = move || details.with(|details| details.laterality == Some(side));
        let useless = move || side == Laterality::NotApplicable && paired.get();
        view! {
            <button
                type="button"
                class="choice"
                aria-pressed=move || pressed().to_string()
                disabled=move || disabled.get() || useless()
                on:click=move |_| pick(side)
            >
                {text::laterality(side)}
            </button>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{text::side()}{move || paired.get().then(|| format!(" {}", text::side_needed()))}</legend>
            <div class="choices">{Laterality::ALL.map(button).collect_view()}</div>
        </fieldset>
    }
}

#[component]
fn ViewChoice(
    details: Signal<Details>,
    on_change: Callback<DetailsChange>,
    disabled: Signal<bool>,
) -> impl IntoView {
    let pick = move |kind: View| {
        let now = details.with_untracked(|details| details.view);
        let view = if now == Some(kind) { None } else { Some(kind) };
        on_change.run(DetailsChange {
            view: Some(view),
            ..DetailsChange::default()
        });
    };
    let button = move |kind: View| {
        let pressed = move || details.with(|details| details.view == Some(kind));
        view! {
            <button
                type="button"
                class="choice"
                aria-pressed=move || pressed().to_string()
                disabled=move || disabled.get()
                on:click=move |_| pick(kind)
            >
                {text::view(kind)}
            </button>
        }
    };
    view! {
        <fieldset class="field">
            <legend>{text::view_label()}</legend>
            <div class="choices">{View::ALL.map(button).collect_view()}</div>
        </fieldset>
    }
}

/// The note. What is being typed belongs to the person: an answer from the server never overwrites it.
#[component]
fn NoteField(
    details: Signal<Details>,
    on_change: Callback<DetailsChange>,
    longest: usize,
    disabled: Signal<bool>,
) -> impl IntoView {
    let shown = Memo::new(move |_| details.with(|details| details.note.as_str().to_owned()));
    let draft = RwSignal::new(None::<String>);
    let keys = StoredValue::new(0u32);
    let pass_on = move || {
        let Some(text) = draft.try_get_untracked().flatten() else {
            return;
        };
        if let Ok(note) = Note::new(text) {
            on_change.run(DetailsChange {
                note: Some(note),
                ..DetailsChange::default()
            });
        }
    };
    let typed = move |event| {
        draft.set(Some(event_target_value(&event)));
        let key = keys.get_value() + 1;
        keys.set_value(key);
        spawn_local(async move {
            browser::sleep(PAUSE).await;
            if keys.try_get_value() == Some(key) {
                pass_on();
            }
        });
    };
    let left = move |_| {
        keys.set_value(keys.get_value() + 1);
        pass_on();
        draft.set(None);
    };
    // Going back takes the field away without a blur.
    on_cleanup(pass_on);
    let value = move || draft.get().unwrap_or_else(|| shown.get());
    let count = move || value().chars().count();
    view! {
        <div class="field">
            <label class="label" for=NOTE>{text::note()}</label>
            <textarea
                id=NOTE
                aria-describedby=NOTE_COUNT
                rows="3"
                maxlength=longest.to_string()
                disabled=move || disabled.get()
                prop:value=value
                on:input=typed
                on:blur=left
            ></textarea>
            <p id=NOTE_COUNT class="hint">{move || text::note_length(count(), longest)}</p>
        </div>
    }
}
