//! Cropping: a frame over the original, with handles, keys and number fields. Nothing is changed before Apply.

mod cropping;
mod geometry;

pub(super) use cropping::Cropping;

use super::desk::Desk;
use crate::browser;
use crate::components::zoom::{Framing, Size};
use crate::ids;
use crate::state::Tone;
use crate::text::desk as words;
use clinical_images::picture::{Area, Crop};
use geometry::{Grip, HANDLES, dragged, grip_at, handle_at};
use leptos::ev::{Event, KeyboardEvent, PointerEvent};
use leptos::prelude::*;

/// Id of the element that takes the keys.
const STAGE: &str = "crop-stage";
/// Pixels of the picture for one press of an arrow key.
const PACE: i64 = 10;
/// How far a pointer may miss a handle, in CSS pixels.
const REACH: f64 = 22.0;

/// Closes a crop whose picture can no longer be edited, or was edited by somebody else: what was chosen would undo that unseen.
pub(super) fn watch(desk: Desk) {
    Effect::new(move |_| {
        desk.feed.view.track();
        let is_over = |cropping: &Cropping| {
            desk.editable().is_none_or(|picture| {
                let own = picture.revising || untrack(|| desk.revisions.is_saving(picture.id));
                picture.id != cropping.picture || (picture.edit() != cropping.edit && !own)
            })
        };
        if desk.cropping.with(|it| it.as_ref().is_some_and(is_over)) {
            desk.cropping.set(None);
            desk.notices.announce(Tone::Assertive, words::crop_closed());
        }
    });
}

/// Begins to crop the selected picture.
pub(super) fn begin(desk: Desk) {
    let Some(picture) = desk.editable() else {
        return;
    };
    let edit = untrack(|| desk.revisions.wanted(&picture));
    let path = crate::api::original_path(desk.scope(), &picture);
    desk.cropping.set(Cropping::of(&picture, edit, path));
}

fn cancel(desk: Desk) {
    desk.cropping.set(None);
    browser::focus(ids::VIEWER);
}

fn apply(desk: Desk) {
    let chosen = desk.cropping.get_untracked();
    cancel(desk);
    let (Some(chosen), Some(picture)) = (chosen, desk.editable()) else {
        return;
    };
    let edit = chosen.chosen();
    if picture.id == chosen.picture && edit != untrack(|| desk.revisions.wanted(&picture)) {
        desk.revisions.save(&picture, edit);
    }
}

fn change(desk: Desk, grip: Grip, by: (i64, i64)) {
    desk.cropping.update(|cropping| {
        if let Some(cropping) = cropping {
            cropping.change(grip, by);
        }
    });
}

fn key(desk: Desk, event: &KeyboardEvent) {
    // Whatever is pressed here is not meant for the viewer around it.
    event.stop_propagation();
    let step = match event.key().as_str() {
        "Enter" => return take(event, || apply(desk)),
        "Escape" => return take(event, || cancel(desk)),
        _ if browser::is_typing(event) || event.ctrl_key() || event.meta_key() => return,
        "ArrowLeft" => (-PACE, 0),
        "ArrowRight" => (PACE, 0),
        "ArrowUp" => (0, -PACE),
        "ArrowDown" => (0, PACE),
        _ => return,
    };
    let grip = if event.shift_key() {
        Grip::Edges(1, 1)
    } else {
        Grip::Whole
    };
    take(event, || change(desk, grip, step));
}

fn take(event: &KeyboardEvent, act: impl FnOnce()) {
    if event.key() == "Enter" {
        // A button does its own act.
        if browser::is_on_button(event) {
            return;
        }
        // A field that is left takes what was typed.
        if browser::is_typing(event) {
            browser::focus(STAGE);
        }
    }
    event.prevent_default();
    act();
}

/// A drag under way.
#[derive(Clone, Copy)]
struct Drag {
    grip: Grip,
    /// Where it began, in CSS pixels of the window.
    from: (i32, i32),
    /// The frame at that moment.
    area: Area,
    /// CSS pixels a picture's pixel.
    scale: f64,
}

fn grab(desk: Desk, event: &PointerEvent) -> Option<Drag> {
    let cropping = desk.cropping.get_untracked()?;
    let (width, height) = browser::size_of(STAGE)?;
    // The drawing lies as a fitted picture does, and stays so.
    let zoom = Framing::up_to(0.0, cropping.size().into(), Size { width, height }).fitted();
    let (x, y) = browser::within(STAGE, event.client_x(), event.client_y())?;
    let point = ((x - zoom.x) / zoom.scale, (y - zoom.y) / zoom.scale);
    Some(Drag {
        grip: grip_at(cropping.area, point, REACH / zoom.scale)?,
        from: (event.client_x(), event.client_y()),
        area: cropping.area,
        scale: zoom.scale,
    })
}

fn pull(desk: Desk, drag: Drag, event: &PointerEvent) {
    let pixels = |to: i32, from: i32| (f64::from(to - from) / drag.scale).round() as i64;
    let by = (
        pixels(event.client_x(), drag.from.0),
        pixels(event.client_y(), drag.from.1),
    );
    desk.cropping.update(|cropping| {
        if let Some(cropping) = cropping {
            cropping.area = dragged(drag.area, drag.grip, by, cropping.size());
        }
    });
}

/// The original with the frame over it.
#[component]
pub(super) fn CropStage() -> impl IntoView {
    let desk = Desk::get();
    let drag = RwSignal::new(None::<Drag>);
    Effect::new(move |_| browser::focus(STAGE));
    let on_down = move |event: PointerEvent| {
        if event.button() == 0
            && let Some(held) = grab(desk, &event)
        {
            event.prevent_default();
            browser::focus(STAGE);
            browser::capture_pointer(&event);
            drag.set(Some(held));
        }
    };
    let on_move = move |event: PointerEvent| {
        if let Some(held) = drag.get_untracked() {
            pull(desk, held, &event);
        }
    };
    view! {
        <div
            id=STAGE
            class="crop-stage"
            role="application"
            tabindex="0"
            aria-label=words::crop_stage()
            aria-describedby="crop-hint"
            on:keydown=move |event| key(desk, &event)
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| drag.set(None)
            on:pointercancel=move |_| drag.set(None)
        >
            {desk.cropping.get_untracked().map(|cropping| view! { <Drawing cropping /> })}
        </div>
    }
}

/// The picture, what is left out darkened, and the frame. Picture and turns stay while a crop is chosen.
#[component]
fn Drawing(cropping: Cropping) -> impl IntoView {
    let desk = Desk::get();
    let (width, height) = cropping.size();
    let (across, down) = cropping.original;
    let first = cropping.area;
    let area = Memo::new(move |_| {
        desk.cropping
            .with(|it| it.as_ref().map_or(first, |it| it.area))
    });
    let left_out = move || {
        let Area {
            x,
            y,
            width: wide,
            height: high,
        } = area.get();
        format!("M0 0H{width}V{height}H0zM{x} {y}h{wide}v{high}h-{wide}z")
    };
    // A hundredth of the picture: handles must be found on a small screen too.
    let unit = f64::from(width.max(height)) / 100.0;
    let handles = HANDLES.map(|handle| {
        let at = move || handle_at(area.get(), handle);
        view! {
            <rect
                class="crop-handle"
                x=move || at().0 - 1.3 * unit
                y=move || at().1 - 1.3 * unit
                width=2.6 * unit
                height=2.6 * unit
            />
        }
    });
    view! {
        <svg viewBox=format!("0 0 {width} {height}") aria-hidden="true">
            <image href=cropping.path.clone() width=across height=down transform=cropping.transform() />
            <path class="crop-left-out" d=left_out fill-rule="evenodd" />
            <rect
                class="crop-frame"
                x=move || area.get().x
                y=move || area.get().y
                width=move || area.get().width
                height=move || area.get().height
            />
            {handles.collect_view()}
        </svg>
    }
}

/// A number of the frame that can be typed.
#[derive(Clone, Copy)]
struct Number {
    label: fn() -> &'static str,
    /// What moves with it: the left or upper edge with all of the frame, the right or lower one alone.
    grip: Grip,
    is_across: bool,
    of: fn(Area) -> u32,
    least: u32,
}

const NUMBERS: [Number; 4] = [
    Number {
        label: words::crop_x,
        grip: Grip::Whole,
        is_across: true,
        of: |area| area.x,
        least: 0,
    },
    Number {
        label: words::crop_y,
        grip: Grip::Whole,
        is_across: false,
        of: |area| area.y,
        least: 0,
    },
    Number {
        label: words::crop_width,
        grip: Grip::Edges(1, 0),
        is_across: true,
        of: |area| area.width,
        least: Crop::LEAST_SIDE,
    },
    Number {
        label: words::crop_height,
        grip: Grip::Edges(0, 1),
        is_across: false,
        of: |area| area.height,
        least: Crop::LEAST_SIDE,
    },
];

/// Number fields, Apply and Cancel, in place of the viewer's bar.
#[component]
pub(super) fn CropBar() -> impl IntoView {
    let desk = Desk::get();
    let area = Memo::new(move |_| desk.cropping.with(|it| it.as_ref().map(|it| it.area)));
    let set = move |number: Number| {
        move |event: Event| {
            let typed = event_target_value(&event).trim().parse::<i64>().ok();
            let held = area.get_untracked().map(number.of);
            if let (Some(typed), Some(held)) = (typed, held) {
                let by = typed - i64::from(held);
                let by = if number.is_across { (by, 0) } else { (0, by) };
                change(desk, number.grip, by);
            }
            // What was typed may not fit: then the field shows what does.
            if let Some(area) = area.get_untracked() {
                browser::show_value(&event, &(number.of)(area).to_string());
            }
        }
    };
    let shown = move |number: Number| {
        let shown = area.get().map(number.of);
        shown.map_or_else(String::new, |pixels| pixels.to_string())
    };
    let field = |number: Number| {
        view! {
            <label class="crop-field">
                <span class="small">{(number.label)()}</span>
                <input
                    type="number"
                    inputmode="numeric"
                    min=number.least
                    prop:value=move || shown(number)
                    on:change=set(number)
                />
            </label>
        }
    };
    view! {
        <div class="viewer-bar crop-bar" role="group" aria-label=words::crop() on:keydown=move |event| key(desk, &event)>
            <div class="crop-fields">{NUMBERS.map(field).collect_view()}</div>
            <p id="crop-hint" class="small">{words::crop_hint()}</p>
            <div class="row">
                <button class="button" type="button" on:click=move |_| cancel(desk)>{words::cancel()}</button>
                <button class="button primary" type="button" on:click=move |_| apply(desk)>{words::apply_crop()}</button>
            </div>
        </div>
    }
}
