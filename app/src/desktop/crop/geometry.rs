//! What a pointer or a key does to the frame of a crop: plain geometry, in pixels of the picture that is cropped.

use clinical_images::picture::{Area, Crop};

/// What of a frame is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grip {
    /// All of it.
    Whole,
    /// Edges: -1 is the left or upper one, 1 the right or lower one, 0 none of the two.
    Edges(i8, i8),
}

/// The handles: four corners, and the middle of each side.
pub(super) const HANDLES: [(i8, i8); 8] = [
    (-1, -1),
    (0, -1),
    (1, -1),
    (1, 0),
    (1, 1),
    (0, 1),
    (-1, 1),
    (-1, 0),
];

/// Where a handle lies.
pub(super) fn handle_at(area: Area, (across, down): (i8, i8)) -> (f64, f64) {
    let place = |start: u32, length: u32, side: i8| {
        f64::from(start) + f64::from(length) * f64::from(side + 1) / 2.0
    };
    (
        place(area.x, area.width, across),
        place(area.y, area.height, down),
    )
}

/// What lies under a point. A handle may be missed by `reach`.
pub(super) fn grip_at(area: Area, (x, y): (f64, f64), reach: f64) -> Option<Grip> {
    let near = HANDLES.into_iter().find(|handle| {
        let (at_x, at_y) = handle_at(area, *handle);
        (x - at_x).abs() <= reach && (y - at_y).abs() <= reach
    });
    if let Some((across, down)) = near {
        return Some(Grip::Edges(across, down));
    }
    let within = |at: f64, start: u32, length: u32| {
        (f64::from(start)..=f64::from(start) + f64::from(length)).contains(&at)
    };
    (within(x, area.x, area.width) && within(y, area.y, area.height)).then_some(Grip::Whole)
}

/// The frame after what is held of it was moved by so many pixels. It stays in the picture and does not become too small.
pub(super) fn dragged(area: Area, grip: Grip, by: (i64, i64), picture: (u32, u32)) -> Area {
    let (across, down) = match grip {
        Grip::Whole => (None, None),
        Grip::Edges(across, down) => (Some(across), Some(down)),
    };
    let (x, width) = side((area.x, area.width), across, by.0, picture.0);
    let (y, height) = side((area.y, area.height), down, by.1, picture.1);
    Area {
        x,
        y,
        width,
        height,
    }
}

/// One dimension of it: start and length.
fn side((start, length): (u32, u32), edge: Option<i8>, by: i64, whole: u32) -> (u32, u32) {
    let (first, last, whole) = (
        i64::from(start),
        i64::from(start) + i64::from(length),
        i64::from(whole),
    );
    let least = i64::from(Crop::LEAST_SIDE).min(whole);
    let (first, last) = match edge {
        None => {
            let moved = (first + by).clamp(0, whole - (last - first));
            (moved, moved + last - first)
        }
        Some(-1) => ((first + by).clamp(0, last - least), last),
        Some(1) => (first, (last + by).clamp(first + least, whole)),
        Some(_) => (first, last),
    };
    let pixels = |count: i64| u32::try_from(count).unwrap_or_default();
    (pixels(first), pixels(last - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: (u32, u32) = (640, 480);
    const FRAME: Area = Area {
        x: 100,
        y: 50,
        width: 200,
        height: 100,
    };

    fn numbers(area: Area) -> [u32; 4] {
        [area.x, area.y, area.width, area.height]
    }

    #[test]
    fn handles_are_found_with_some_slack_and_the_rest_moves_the_frame() {
        assert_eq!(
            grip_at(FRAME, (105.0, 45.0), 8.0),
            Some(Grip::Edges(-1, -1))
        );
        assert_eq!(grip_at(FRAME, (300.0, 100.0), 8.0), Some(Grip::Edges(1, 0)));
        assert_eq!(grip_at(FRAME, (200.0, 152.0), 8.0), Some(Grip::Edges(0, 1)));
        assert_eq!(grip_at(FRAME, (150.0, 100.0), 8.0), Some(Grip::Whole));
        assert_eq!(grip_at(FRAME, (400.0, 100.0), 8.0), None);
    }

    #[test]
    fn an_edge_follows_the_pointer_and_the_others_stay() {
        let by = |edges: (i8, i8), by| {
            numbers(dragged(FRAME, Grip::Edges(edges.0, edges.1), by, PICTURE))
        };
        assert_eq!(by((-1, -1), (-10, 5)), [90, 55, 210, 95]);
        assert_eq!(by((1, 0), (30, 99)), [100, 50, 230, 100]);
        assert_eq!(by((0, 1), (99, -20)), [100, 50, 200, 80]);
    }

    #[test]
    fn a_frame_stays_in_its_picture_and_large_enough() {
        let far = 10_000;
        assert_eq!(
            numbers(dragged(FRAME, Grip::Whole, (far, -far), PICTURE)),
            [440, 0, 200, 100]
        );
        for (across, down) in HANDLES {
            for by in [(far, far), (-far, -far), (far, -far)] {
                let area = dragged(FRAME, Grip::Edges(across, down), by, PICTURE);
                assert!(
                    Crop::new(area, PICTURE).is_ok(),
                    "{across} {down} {by:?}: {area:?}"
                );
            }
        }
    }
}
