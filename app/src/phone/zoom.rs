//! Looking closely at a photo with two fingers, one finger, or two taps. Knows numbers only: no element, no event.

/// How far a photo can be enlarged.
const MOST: f64 = 6.0;
/// How far two taps enlarge it.
const TAPPED: f64 = 2.5;
/// Milliseconds within which two taps belong together.
const TAP_SPAN: f64 = 300.0;
/// Pixels that a finger may wander in a tap.
const TAP_REACH: f64 = 24.0;

/// Where a finger is on a frame: its distance from the frame's centre, and the frame's size, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Touched {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Touched {
    /// A point that was measured from the frame's top left.
    pub fn new((left, top): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self {
            x: left - width / 2.0,
            y: top - height / 2.0,
            width,
            height,
        }
    }

    /// The middle of the frame.
    pub fn centre(size: (f64, f64)) -> Self {
        Self::new((size.0 / 2.0, size.1 / 2.0), size)
    }
}

/// How a photo lies in its frame: enlarged about the centre, then moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zoom {
    scale: f64,
    x: f64,
    y: f64,
}

impl Zoom {
    /// All of the photo.
    pub const WHOLE: Self = Self {
        scale: 1.0,
        x: 0.0,
        y: 0.0,
    };

    /// Whether a part of the photo lies outside of the frame.
    pub fn is_near(self) -> bool {
        self.scale > 1.01
    }

    /// As CSS writes it.
    pub fn css(self) -> String {
        format!(
            "translate({:.1}px, {:.1}px) scale({:.3})",
            self.x, self.y, self.scale
        )
    }

    /// Near if the photo was whole, whole if it was near.
    pub fn toggled(self, at: Touched) -> Self {
        if self.is_near() {
            Self::WHOLE
        } else {
            self.enlarged(TAPPED, at)
        }
    }

    /// Enlarged so that what lies under the finger stays there.
    fn enlarged(self, by: f64, at: Touched) -> Self {
        let scale = (self.scale * by).clamp(1.0, MOST);
        let by = scale / self.scale;
        Self {
            scale,
            x: at.x - (at.x - self.x) * by,
            y: at.y - (at.y - self.y) * by,
        }
        .inside(at)
    }

    fn moved(self, x: f64, y: f64, frame: Touched) -> Self {
        Self {
            x: self.x + x,
            y: self.y + y,
            ..self
        }
        .inside(frame)
    }

    /// Never moved so far that the frame shows nothing where the photo could be.
    fn inside(self, frame: Touched) -> Self {
        let reach = |side: f64| side * (self.scale - 1.0) / 2.0;
        let (across, down) = (reach(frame.width), reach(frame.height));
        Self {
            x: self.x.clamp(-across, across),
            y: self.y.clamp(-down, down),
            ..self
        }
    }
}

/// A finger on the photo.
#[derive(Clone, Copy, Debug)]
struct Finger {
    id: i32,
    at: Touched,
}

/// The fingers on a photo, and what they have made of it.
#[derive(Clone, Debug)]
pub(super) struct Gesture {
    /// The present zoom.
    pub zoom: Zoom,
    fingers: Vec<Finger>,
    began: Option<(f64, Touched)>,
    tapped: Option<(f64, Touched)>,
}

impl Default for Gesture {
    fn default() -> Self {
        Self {
            zoom: Zoom::WHOLE,
            fingers: Vec::new(),
            began: None,
            tapped: None,
        }
    }
}

impl Gesture {
    /// A finger touches. Times are in milliseconds.
    pub fn down(&mut self, id: i32, at: Touched, time: f64) {
        self.fingers.retain(|finger| finger.id != id);
        self.fingers.push(Finger { id, at });
        self.began = (self.fingers.len() == 1).then_some((time, at));
    }

    /// A finger moves. One moves the photo; two enlarge it and move it with the point between them.
    pub fn moved(&mut self, id: i32, at: Touched) {
        let Some(place) = self.fingers.iter().position(|finger| finger.id == id) else {
            return;
        };
        let before = self.fingers[place].at;
        self.fingers[place].at = at;
        let other = self
            .fingers
            .iter()
            .find(|finger| finger.id != id)
            .map(|finger| finger.at);
        self.zoom = match other {
            None => self.zoom.moved(at.x - before.x, at.y - before.y, at),
            Some(other) => {
                let (from, to) = (distance(before, other), distance(at, other));
                let by = if from > 1.0 { to / from } else { 1.0 };
                let middle = Touched {
                    x: (at.x + other.x) / 2.0,
                    y: (at.y + other.y) / 2.0,
                    ..at
                };
                let zoom = self.zoom.enlarged(by, middle);
                zoom.moved((at.x - before.x) / 2.0, (at.y - before.y) / 2.0, at)
            }
        };
    }

    /// A finger lets go; two quick taps at one place change between whole and near.
    pub fn up(&mut self, id: i32, at: Touched, time: f64) {
        self.lost(id);
        let began = self.began.take();
        let tap = began.is_some_and(|(since, place)| {
            time - since < TAP_SPAN && distance(place, at) < TAP_REACH
        });
        if !tap {
            self.tapped = None;
            return;
        }
        let second = self.tapped.take();
        if second.is_some_and(|(since, place)| {
            time - since < TAP_SPAN && distance(place, at) < TAP_REACH
        }) {
            self.zoom = self.zoom.toggled(at);
        } else {
            self.tapped = Some((time, at));
        }
    }

    /// A finger is gone without letting go, as when the system takes over.
    pub fn lost(&mut self, id: i32) {
        self.fingers.retain(|finger| finger.id != id);
    }
}

fn distance(one: Touched, other: Touched) -> f64 {
    (one.x - other.x).hypot(one.y - other.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Touched {
        Touched {
            x,
            y,
            width: 400.0,
            height: 600.0,
        }
    }

    #[test]
    fn a_whole_photo_cannot_be_moved() {
        let mut gesture = Gesture::default();
        gesture.down(1, at(0.0, 0.0), 0.0);
        gesture.moved(1, at(50.0, 80.0));
        assert_eq!(gesture.zoom, Zoom::WHOLE);
    }

    #[test]
    fn spreading_two_fingers_enlarges_and_closing_them_shows_the_whole_photo() {
        let mut gesture = Gesture::default();
        gesture.down(1, at(-50.0, 0.0), 0.0);
        gesture.down(2, at(50.0, 0.0), 5.0);
        gesture.moved(2, at(150.0, 0.0));
        assert!((gesture.zoom.scale - 2.0).abs() < 1e-9);
        gesture.moved(2, at(-40.0, 0.0));
        assert_eq!(gesture.zoom, Zoom::WHOLE);
    }

    #[test]
    fn two_taps_enlarge_what_lies_under_them_and_two_more_take_it_back() {
        let mut gesture = Gesture::default();
        let tap = |gesture: &mut Gesture, time: f64| {
            gesture.down(1, at(80.0, 90.0), time);
            gesture.up(1, at(81.0, 90.0), time + 60.0);
        };
        tap(&mut gesture, 0.0);
        assert!(!gesture.zoom.is_near());
        tap(&mut gesture, 150.0);
        assert!(gesture.zoom.is_near());
        // 81 pixels right of the centre showed the point that now lies there, 2.5 times as far out.
        assert!((gesture.zoom.x - (81.0 - 81.0 * TAPPED)).abs() < 1e-9);
        tap(&mut gesture, 1000.0);
        tap(&mut gesture, 1150.0);
        assert_eq!(gesture.zoom, Zoom::WHOLE);
    }

    #[test]
    fn two_slow_taps_are_two_taps() {
        let mut gesture = Gesture::default();
        for time in [0.0, 900.0] {
            gesture.down(1, at(0.0, 0.0), time);
            gesture.up(1, at(0.0, 0.0), time + 60.0);
        }
        assert!(!gesture.zoom.is_near());
    }

    #[test]
    fn an_enlarged_photo_moves_no_further_than_its_edge() {
        let mut gesture = Gesture {
            zoom: Zoom::WHOLE.enlarged(2.0, at(0.0, 0.0)),
            ..Gesture::default()
        };
        gesture.down(1, at(0.0, 0.0), 0.0);
        gesture.moved(1, at(5000.0, -5000.0));
        assert_eq!((gesture.zoom.x, gesture.zoom.y), (200.0, -300.0));
        assert!(Zoom::WHOLE.enlarged(100.0, at(0.0, 0.0)).scale <= MOST);
    }
}
