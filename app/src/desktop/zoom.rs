//! How a picture lies in its frame: plain geometry, in CSS pixels.

/// Width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

/// A picture that does not lie fitted: its scale, and where its top left corner is in the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zoom {
    /// CSS pixels a picture's pixel.
    pub scale: f64,
    /// From the frame's left edge.
    pub x: f64,
    /// From the frame's top edge.
    pub y: f64,
}

/// The largest scale.
const MOST: f64 = 8.0;

impl Zoom {
    /// The whole picture, as large as the frame allows, in the middle.
    pub fn fitted(picture: Size, frame: Size) -> Self {
        let scale = (frame.width / picture.width).min(frame.height / picture.height);
        Self {
            scale,
            x: 0.0,
            y: 0.0,
        }
        .kept_in(picture, frame)
    }

    /// Scaled so that the point `at` of the frame stays where it is. Nothing when the picture then fits the frame.
    pub fn scaled(self, scale: f64, at: (f64, f64), picture: Size, frame: Size) -> Option<Self> {
        let least = Self::fitted(picture, frame).scale;
        let scale = scale.min(MOST.max(least));
        if scale <= least * 1.001 {
            return None;
        }
        let ratio = scale / self.scale;
        let moved = Self {
            scale,
            x: at.0 - (at.0 - self.x) * ratio,
            y: at.1 - (at.1 - self.y) * ratio,
        };
        Some(moved.kept_in(picture, frame))
    }

    /// Moved.
    pub fn moved(self, by: (f64, f64), picture: Size, frame: Size) -> Self {
        Self {
            x: self.x + by.0,
            y: self.y + by.1,
            ..self
        }
        .kept_in(picture, frame)
    }

    /// A picture smaller than the frame lies in the middle, a larger one leaves no gap.
    fn kept_in(self, picture: Size, frame: Size) -> Self {
        let keep = |at: f64, room: f64, length: f64| {
            let spare = room - length;
            if spare >= 0.0 {
                spare / 2.0
            } else {
                at.clamp(spare, 0.0)
            }
        };
        Self {
            scale: self.scale,
            x: keep(self.x, frame.width, picture.width * self.scale),
            y: keep(self.y, frame.height, picture.height * self.scale),
        }
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

    #[test]
    fn a_fitted_picture_lies_in_the_middle() {
        assert_eq!(
            Zoom::fitted(PICTURE, FRAME),
            Zoom {
                scale: 0.5,
                x: 0.0,
                y: 50.0
            }
        );
    }

    #[test]
    fn the_point_under_the_cursor_stays() {
        let at = (400.0, 350.0);
        let zoom = Zoom::fitted(PICTURE, FRAME)
            .scaled(1.0, at, PICTURE, FRAME)
            .unwrap();
        assert_eq!(
            zoom,
            Zoom {
                scale: 1.0,
                x: -400.0,
                y: -250.0
            }
        );
    }

    #[test]
    fn a_picture_cannot_be_dragged_out_of_its_frame() {
        let zoom = Zoom {
            scale: 1.0,
            x: -400.0,
            y: -250.0,
        };
        assert_eq!(
            zoom.moved((9999.0, -9999.0), PICTURE, FRAME),
            Zoom {
                scale: 1.0,
                x: 0.0,
                y: -500.0
            }
        );
    }

    #[test]
    fn zooming_out_ends_at_fitted_and_zooming_in_at_eight() {
        let fitted = Zoom::fitted(PICTURE, FRAME);
        assert_eq!(fitted.scaled(0.1, (0.0, 0.0), PICTURE, FRAME), None);
        assert_eq!(
            fitted
                .scaled(99.0, (0.0, 0.0), PICTURE, FRAME)
                .unwrap()
                .scale,
            MOST
        );
    }
}
