//! What the viewer shows and how: the zoom, how far the image has come, and what wheel, pointer and keys do to them.

use crate::browser;
use crate::components::zoom::{Framing, Gesture, Size, Zoom};
use crate::desktop::crop;
use crate::desktop::desk::Desk;
use crate::desktop::edit_bar::rotate;
use clinical_images::id::PictureId;
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::prelude::*;

/// The element that the picture lies in.
pub(super) const FRAME: &str = "viewer-frame";
/// The picture itself.
pub(super) const IMAGE: &str = "viewer-image";
/// The largest scale, in CSS pixels a picture's pixel.
const MOST: f64 = 8.0;
/// One step of a button.
pub(super) const STEP: f64 = 1.5;
/// One step of a wheel.
const NOTCH: f64 = 1.15;

/// How far the image has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is being fetched.
    Loading,
    /// It is on the screen.
    Shown,
    /// It could not be fetched.
    Failed,
}

/// What is seen and how. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub desk: Desk,
    pub selected: Memo<Option<PictureId>>,
    /// Nothing while the picture lies fitted.
    pub zoom: RwSignal<Option<Zoom>>,
    pub phase: RwSignal<Phase>,
    /// Counts the times that somebody asked to load it again.
    pub tries: RwSignal<u32>,
    /// The mouse or the fingers that hold the picture.
    pub gesture: RwSignal<Gesture>,
}

impl View {
    pub fn new(desk: Desk) -> Self {
        let view = Self {
            desk,
            selected: Memo::new(move |_| desk.selected.get()),
            zoom: RwSignal::new(None),
            // The server's page brings the image along.
            phase: RwSignal::new(Phase::Shown),
            tries: RwSignal::new(0),
            gesture: RwSignal::new(Gesture::default()),
        };
        Effect::new(move |_| {
            view.selected.track();
            view.zoom.set(None);
            desk.cropping.set(None);
        });
        // A crop is chosen on the whole picture.
        Effect::new(move |_| {
            if desk.cropping.with(Option::is_some) {
                view.zoom.set(None);
            }
        });
        crop::watch(desk);
        view
    }

    fn is_cropping(self) -> bool {
        self.desk.cropping.with_untracked(Option::is_some)
    }

    /// Reads from the element how far the image has loaded: events of an image in the server's page may have fired before this
    /// script listened.
    pub fn sync_phase(self) {
        self.phase.set(match browser::image_loaded(IMAGE) {
            None => Phase::Loading,
            Some(true) => Phase::Shown,
            Some(false) => Phase::Failed,
        });
    }

    pub fn try_again(self) {
        self.phase.set(Phase::Loading);
        self.tries.update(|tries| *tries += 1);
    }

    /// The selected picture in the frame as large as it is now.
    fn framing(self) -> Option<Framing> {
        let id = self.selected.get_untracked()?;
        let rendition = self
            .desk
            .feed
            .view
            .with_untracked(|view| view.picture(id).map(|it| it.rendition))?;
        let (width, height) = browser::size_of(FRAME)?;
        let picture = (rendition.width, rendition.height).into();
        Some(Framing::up_to(MOST, picture, Size { width, height }))
    }

    /// A pixel of the picture for a pixel of the screen, or all of it again: what a double click asks for.
    pub fn toggle(self) {
        if self.zoom.with_untracked(Option::is_some) {
            self.zoom.set(None);
        } else {
            self.scale(|_| 1.0, None);
        }
    }

    /// Scales about a point of the frame, or its middle.
    pub fn scale(self, next: impl Fn(f64) -> f64, at: Option<(f64, f64)>) {
        if self.is_cropping() {
            return;
        }
        let Some(framing) = self.framing() else {
            return;
        };
        let now = self.zoom.get_untracked();
        let now = now.unwrap_or_else(|| framing.fitted());
        let at = at.unwrap_or_else(|| framing.centre());
        self.zoom.set(framing.scaled(now, next(now.scale), at));
    }

    pub fn wheel(self, event: &WheelEvent) {
        let closer = event.delta_y() < 0.0;
        if self.is_cropping() {
            return;
        }
        // Away from a fitted picture there is nowhere to go: let the page scroll.
        if !closer && self.zoom.get_untracked().is_none() {
            return;
        }
        event.prevent_default();
        let factor = if closer { NOTCH } else { 1.0 / NOTCH };
        self.scale(
            |scale| scale * factor,
            browser::within(FRAME, event.client_x(), event.client_y()),
        );
    }

    pub fn grab(self, event: &PointerEvent) {
        if self.zoom.get_untracked().is_some() && event.button() == 0 {
            browser::capture_pointer(event);
            if let Some(at) = browser::within(FRAME, event.client_x(), event.client_y()) {
                self.gesture
                    .update(|it| it.down(event.pointer_id(), at, event.time_stamp()));
            }
        }
    }

    pub fn pull(self, event: &PointerEvent) {
        if !self.gesture.with_untracked(Gesture::is_held) {
            return;
        }
        let at = browser::within(FRAME, event.client_x(), event.client_y());
        let (Some(at), Some(framing)) = (at, self.framing()) else {
            return;
        };
        let now = self.zoom.get_untracked();
        let next = |gesture: &mut Gesture| gesture.moved(event.pointer_id(), at, now, framing);
        self.zoom
            .set(self.gesture.try_update_untracked(next).flatten());
    }

    pub fn release(self, event: &PointerEvent) {
        self.gesture.update(|it| it.lost(event.pointer_id()));
    }

    pub fn key(self, event: &KeyboardEvent) {
        // The browser's own: copy, reload. And a crop that is being chosen would not know of a turn.
        if self.is_cropping() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "r" => rotate(self.desk, 1),
            "R" => rotate(self.desk, 3),
            "c" | "C" => crop::begin(self.desk),
            "ArrowLeft" => drop(self.desk.step(-1)),
            "ArrowRight" => drop(self.desk.step(1)),
            "+" | "=" => self.scale(|scale| scale * STEP, None),
            "-" => self.scale(|scale| scale / STEP, None),
            "0" => self.zoom.set(None),
            "1" => self.scale(|_| 1.0, None),
            "Delete" => self
                .selected
                .get_untracked()
                .into_iter()
                .for_each(|id| self.desk.ask_to_delete(id)),
            _ => return,
        }
        event.prevent_default();
    }
}
