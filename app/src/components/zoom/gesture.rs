//! What fingers or a mouse make of a zoom: one moves the picture, two enlarge it, two quick taps are told to the caller.

use super::{Framing, Point, Zoom};

/// How far two taps enlarge a fitted picture.
const TAPPED: f64 = 2.5;
/// Milliseconds within which two taps belong together.
const TAP_SPAN: f64 = 300.0;
/// Pixels that a finger may wander in a tap.
const TAP_REACH: f64 = 24.0;

/// A finger or a mouse button that is down.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    at: Point,
}

/// The fingers that are on a picture. A zoom of `None` is a fitted picture.
#[derive(Clone, Debug, Default)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    began: Option<(f64, Point)>,
    tapped: Option<(f64, Point)>,
}

impl Gesture {
    /// Whether any finger is down.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.pointers.is_empty()
    }

    /// A finger touches. Times are in milliseconds.
    pub fn down(&mut self, id: i32, at: Point, time: f64) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.pointers.push(Pointer { id, at });
        self.began = (self.pointers.len() == 1).then_some((time, at));
    }

    /// A finger moves. One moves the picture; two enlarge it and move it with the point between them. Returns the zoom
    /// after that; `None` when the picture is fitted.
    #[must_use]
    pub fn moved(
        &mut self,
        id: i32,
        at: Point,
        zoom: Option<Zoom>,
        framing: Framing,
    ) -> Option<Zoom> {
        let Some(place) = self.pointers.iter().position(|pointer| pointer.id == id) else {
            return zoom;
        };
        let before = self.pointers[place].at;
        self.pointers[place].at = at;
        let (x, y) = (at.0 - before.0, at.1 - before.1);
        let other = self.pointers.iter().find(|pointer| pointer.id != id);
        let Some(other) = other.map(|pointer| pointer.at) else {
            return zoom.map(|zoom| framing.moved(zoom, (x, y)));
        };
        let (from, to) = (distance(before, other), distance(at, other));
        let by = if from > 1.0 { to / from } else { 1.0 };
        let middle = ((at.0 + other.0) / 2.0, (at.1 + other.1) / 2.0);
        let now = zoom.unwrap_or_else(|| framing.fitted());
        let next = framing.scaled(now, now.scale * by, middle)?;
        Some(framing.moved(next, (x / 2.0, y / 2.0)))
    }

    /// A finger lets go. `true` for the second of two quick taps at one place.
    pub fn up(&mut self, id: i32, at: Point, time: f64) -> bool {
        self.lost(id);
        let near = |(since, place): (f64, Point)| {
            time - since < TAP_SPAN && distance(place, at) < TAP_REACH
        };
        let is_tap = self.began.take().is_some_and(near);
        let is_second = self.tapped.take().is_some_and(near);
        if is_tap && !is_second {
            self.tapped = Some((time, at));
        }
        is_tap && is_second
    }

    /// A finger is gone without letting go, as when the system takes over.
    pub fn lost(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
    }
}

impl Framing {
    /// Near if the picture was fitted, fitted if it was near.
    #[must_use]
    pub fn toggled(self, zoom: Option<Zoom>, at: Point) -> Option<Zoom> {
        match zoom {
            Some(_) => None,
            None => self.scaled(self.fitted(), self.fitted().scale * TAPPED, at),
        }
    }
}

fn distance(one: Point, other: Point) -> f64 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture that fits its frame exactly, at scale 1.
    fn framing() -> Framing {
        Framing::up_to(6.0, (400, 600).into(), (400, 600).into())
    }

    #[test]
    fn a_fitted_picture_cannot_be_moved() {
        let mut gesture = Gesture::default();
        gesture.down(1, (200.0, 300.0), 0.0);
        assert_eq!(gesture.moved(1, (250.0, 380.0), None, framing()), None);
    }

    #[test]
    fn spreading_two_fingers_enlarges_and_closing_them_shows_the_whole_picture() {
        let mut gesture = Gesture::default();
        gesture.down(1, (150.0, 300.0), 0.0);
        gesture.down(2, (250.0, 300.0), 5.0);
        let zoom = gesture.moved(2, (350.0, 300.0), None, framing());
        assert!((zoom.unwrap().scale - 2.0).abs() < 1e-9);
        assert_eq!(gesture.moved(2, (160.0, 300.0), zoom, framing()), None);
        gesture.lost(1);
        gesture.lost(2);
        assert!(!gesture.is_held());
    }

    #[test]
    fn one_finger_moves_an_enlarged_picture_to_its_edge_and_no_further() {
        let mut gesture = Gesture::default();
        let near = framing().scaled(framing().fitted(), 2.0, (200.0, 300.0));
        gesture.down(1, (200.0, 300.0), 0.0);
        let zoom = gesture
            .moved(1, (5200.0, -4700.0), near, framing())
            .unwrap();
        assert_eq!((zoom.x, zoom.y), (0.0, -600.0));
    }

    #[test]
    fn two_quick_taps_at_one_place_are_told_and_two_slow_ones_are_not() {
        let mut gesture = Gesture::default();
        let mut tap = |at: Point, time: f64| {
            gesture.down(1, at, time);
            gesture.up(1, (at.0 + 1.0, at.1), time + 60.0)
        };
        assert!(!tap((280.0, 390.0), 0.0));
        assert!(tap((280.0, 390.0), 150.0));
        assert!(!tap((280.0, 390.0), 300.0));
        assert!(!tap((280.0, 390.0), 1200.0));
        assert!(!tap((80.0, 90.0), 1350.0));
    }

    #[test]
    fn a_toggle_enlarges_what_lies_under_the_finger_and_the_next_takes_it_back() {
        let near = framing().toggled(None, (280.0, 390.0)).unwrap();
        assert_eq!(near.scale, TAPPED);

        assert!((280.0 - (280.0 - near.x) / TAPPED).abs() < 280.0);
        assert!((near.x - (280.0 - 280.0 * TAPPED)).abs() < 1e-9);
        assert_eq!(framing().toggled(Some(near), (0.0, 0.0)), None);
    }
}
