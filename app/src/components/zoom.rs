//! How a picture lies in the frame that it is looked at in: plain geometry, in CSS pixels. The desktop's viewer, the crop and the
//! phone share it; what fingers and a mouse make of it is [`Gesture`]'s. Knows no element and no event.

mod gesture;

pub use gesture::Gesture;

/// A place in a frame: from its left and from its upper edge.
pub type Point = (f64, f64);

/// Width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

impl Size {
    /// The place in the middle.
    #[must_use]
    pub fn centre(self) -> Point {
        (self.width / 2.0, self.height / 2.0)
    }
}

impl From<(u32, u32)> for Size {
    fn from((width, height): (u32, u32)) -> Self {
        Self {
            width: width.into(),
            height: height.into(),
        }
    }
}

/// How a picture lies: its scale, and where its top left corner is in the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// CSS pixels a picture's pixel.
    pub scale: f64,
    /// From the frame's left edge.
    pub x: f64,
    /// From the frame's top edge.
    pub y: f64,
}

/// A picture, its frame, and how far it can be enlarged there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Framing {
    picture: Size,
    frame: Size,
    most: f64,
}

impl Framing {
    /// Up to `most` CSS pixels a picture's pixel.
    #[must_use]
    pub fn up_to(most: f64, picture: Size, frame: Size) -> Self {
        Self {
            picture,
            frame,
            most,
        }
    }

    /// Up to so many times the fitted size.
    #[must_use]
    pub fn up_to_times_fitted(times: f64, picture: Size, frame: Size) -> Self {
        let fitted = Self::up_to(0.0, picture, frame).fitted().scale;
        Self::up_to(fitted * times, picture, frame)
    }

    /// The middle of the frame.
    #[must_use]
    pub fn centre(self) -> Point {
        self.frame.centre()
    }

    /// The whole picture, as large as the frame allows, in the middle.
    #[must_use]
    pub fn fitted(self) -> Zoom {
        let across = self.frame.width / self.picture.width;
        let scale = across.min(self.frame.height / self.picture.height);
        self.kept_in(Zoom {
            scale,
            x: 0.0,
            y: 0.0,
        })
    }

    /// Scaled so that the point `at` of the frame stays where it is. `None` when the picture then fits the frame.
    #[must_use]
    pub fn scaled(self, zoom: Zoom, scale: f64, at: Point) -> Option<Zoom> {
        let least = self.fitted().scale;
        let scale = scale.min(self.most.max(least));
        if scale <= least * 1.001 {
            return None;
        }
        let ratio = scale / zoom.scale;
        Some(self.kept_in(Zoom {
            scale,
            x: at.0 - (at.0 - zoom.x) * ratio,
            y: at.1 - (at.1 - zoom.y) * ratio,
        }))
    }

    /// Moved, but not out of the frame.
    #[must_use]
    pub fn moved(self, zoom: Zoom, by: Point) -> Zoom {
        self.kept_in(Zoom {
            x: zoom.x + by.0,
            y: zoom.y + by.1,
            ..zoom
        })
    }

    /// A picture smaller than the frame lies in the middle, a larger one leaves no gap.
    fn kept_in(self, zoom: Zoom) -> Zoom {
        let keep = |at: f64, room: f64, length: f64| {
            let spare = room - length;
            if spare >= 0.0 {
                spare / 2.0
            } else {
                at.clamp(spare, 0.0)
            }
        };
        Zoom {
            scale: zoom.scale,
            x: keep(zoom.x, self.frame.width, self.picture.width * zoom.scale),
            y: keep(zoom.y, self.frame.height, self.picture.height * zoom.scale),
        }
    }

    /// The same as a CSS transform about the middle of an element that covers the frame and shows the picture fitted.
    #[must_use]
    pub fn over_fitted(self, zoom: Zoom) -> String {
        let (x, y) = (
            zoom.x + self.picture.width * zoom.scale / 2.0 - self.frame.width / 2.0,
            zoom.y + self.picture.height * zoom.scale / 2.0 - self.frame.height / 2.0,
        );
        let times = zoom.scale / self.fitted().scale;
        format!("translate({x:.1}px, {y:.1}px) scale({times:.3})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Size = Size {
        width: 1600.0,
        height: 1200.0,
    };
    const FRAME: Size = Size {
        width: 800.0,
        height: 700.0,
    };
    const MOST: f64 = 8.0;

    fn framing() -> Framing {
        Framing::up_to(MOST, PICTURE, FRAME)
    }

    #[test]
    fn a_fitted_picture_lies_in_the_middle() {
        let middle = Zoom {
            scale: 0.5,
            x: 0.0,
            y: 50.0,
        };
        assert_eq!(framing().fitted(), middle);
        assert_eq!(
            framing().over_fitted(middle),
            "translate(0.0px, 0.0px) scale(1.000)"
        );
    }

    #[test]
    fn the_point_under_the_cursor_stays() {
        let zoom = framing().scaled(framing().fitted(), 1.0, (400.0, 350.0));
        let expected = Zoom {
            scale: 1.0,
            x: -400.0,
            y: -250.0,
        };
        assert_eq!(zoom, Some(expected));
        assert_eq!(
            framing().over_fitted(expected),
            "translate(0.0px, 0.0px) scale(2.000)"
        );
    }

    #[test]
    fn a_picture_cannot_be_dragged_out_of_its_frame() {
        let zoom = Zoom {
            scale: 1.0,
            x: -400.0,
            y: -250.0,
        };
        let edge = Zoom {
            scale: 1.0,
            x: 0.0,
            y: -500.0,
        };
        assert_eq!(framing().moved(zoom, (9999.0, -9999.0)), edge);
        assert_eq!(
            framing().over_fitted(edge),
            "translate(400.0px, -250.0px) scale(2.000)"
        );
    }

    #[test]
    fn zooming_out_ends_at_fitted_and_zooming_in_at_the_most() {
        let fitted = framing().fitted();
        assert_eq!(framing().scaled(fitted, 0.1, (0.0, 0.0)), None);
        let near = framing().scaled(fitted, 99.0, (0.0, 0.0));
        assert_eq!(near.map(|zoom| zoom.scale), Some(MOST));
        let phone = Framing::up_to_times_fitted(6.0, PICTURE, FRAME);
        let near = phone.scaled(fitted, 99.0, (0.0, 0.0));
        assert_eq!(near.map(|zoom| zoom.scale), Some(3.0));
    }

    #[test]
    fn a_picture_smaller_than_its_frame_is_not_made_larger_than_fitted_at_once() {
        let small = Framing::up_to(1.0, (80, 60).into(), FRAME);
        assert_eq!(small.scaled(small.fitted(), 5.0, (0.0, 0.0)), None);
    }
}
