//! Whether a picture has colour so fine that it would pale if it were halved: red letters, thin coloured lines. Photographs
//! have not, so they are spared a third of their bytes.
//!
//! A line of one or two pixels differs from what is two pixels to its left and from what is two to its right, and in the
//! same sense; an edge between two grounds does not, and keeps its colour when that is halved. Nor does a camera's colour that
//! was halved already and is shown in its own size. When such a picture becomes smaller it has more colour than half of
//! that, and is judged as any other.

use super::raster::Raster;

/// By how much the distance of red and green, or of blue and green, must differ, of 255. On real photos of skin and clothes
/// not one pixel of those looked at did by 80, and two at most by 64; a red line on skin does by more than 100.
const STRONG: i16 = 72;
/// So many pixels are no accident: a word of ten thin letters has thirty among those looked at.
const ENOUGH: u32 = 16;
/// Only every so many rows are looked at, which no letter fits between. An odd number: patterns repeat in even ones.
const EVERY: usize = 7;

/// Whether colour of this picture, made `width` pixels wide, would be lost if it were halved.
#[must_use]
pub fn is_lost_halved(picture: &Raster, width: u32) -> bool {
    let mut lines = Lines::new(picture.width, width);
    lines.look(0, picture.pixels());
    are_lost(lines.thin)
}

/// Whether so many thin pixels are fine colour, and no accident.
#[must_use]
pub const fn are_lost(thin: u32) -> bool {
    thin >= ENOUGH
}

/// What is found of thin lines while a picture's rows pass by.
pub struct Lines {
    /// How many pixels a pixel of the picture to come covers.
    step: usize,
    red: Vec<i16>,
    blue: Vec<i16>,
    /// Pixels that belong to thin lines, among those looked at.
    pub thin: u32,
}

impl Lines {
    /// For a picture of so many columns that is to become `width` pixels wide.
    #[must_use]
    pub fn new(columns: u32, width: u32) -> Self {
        let step = (f64::from(columns) / f64::from(width.max(1))).round() as usize;
        Self {
            step: step.max(1),
            red: vec![0; columns as usize],
            blue: vec![0; columns as usize],
            thin: 0,
        }
    }

    /// Looks at some rows, the first of which is the picture's row `top`.
    pub fn look(&mut self, top: usize, pixels: &[[u8; 4]]) {
        let columns = self.red.len();
        let (every, reach) = (EVERY * self.step, 2 * self.step);
        if columns <= 2 * reach {
            return;
        }
        let skipped = top.next_multiple_of(every) - top;
        let rows = pixels.chunks_exact(columns).skip(skipped).step_by(every);
        for row in rows {
            differences(row, 0, &mut self.red);
            differences(row, 16, &mut self.blue);
            self.thin += thin_pixels(&self.red, &self.blue, reach);
        }
    }
}

/// How far the channel at these bits is from green. Plain arithmetic on whole pixels, which the compiler makes vectors of.
fn differences(row: &[[u8; 4]], bits: u32, out: &mut [i16]) {
    for (out, &pixel) in out.iter_mut().zip(row) {
        let pixel = u32::from_le_bytes(pixel);
        *out = (pixel >> bits & 255) as i16 - (pixel >> 8 & 255) as i16;
    }
}

/// The pixels of a row that stand out from both sides.
fn thin_pixels(red: &[i16], blue: &[i16], reach: usize) -> u32 {
    let red = with_sides(red, reach).map(standing_out);
    let blue = with_sides(blue, reach).map(standing_out);
    red.zip(blue)
        .map(|(red, blue)| u32::from(red.max(blue) >= STRONG))
        .sum()
}

/// Each value with that so far to its left, and so far to its right.
fn with_sides(row: &[i16], reach: usize) -> impl Iterator<Item = [i16; 3]> {
    let sides = row.iter().zip(&row[2 * reach..]);
    let values = row[reach..].iter().zip(sides);
    values.map(|(&value, (&left, &right))| [value, left, right])
}

/// By how much a value is above both others, or below both.
#[inline]
fn standing_out([value, left, right]: [i16; 3]) -> i16 {
    let (left, right) = (value - left, value - right);
    left.min(right).max(-left.max(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::raster::Order;

    const SKIN: [u8; 4] = [224, 172, 138, 255];
    const RED: [u8; 4] = [200, 20, 20, 255];

    /// A ground with slanting lines of so many pixels.
    fn lined(ground: [u8; 4], line: [u8; 4], thickness: u32) -> Raster {
        let (width, height) = (640, 480);
        let mut picture = Raster {
            width,
            height,
            rgba: ground.repeat((width * height) as usize),
            order: Order::RedFirst,
        };
        for (place, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            let (x, y) = (place % width, place / width);
            if (x + y) % 90 < thickness {
                *pixel = line;
            }
        }
        picture
    }

    #[test]
    fn thin_red_lines_would_be_lost() {
        for ground in [SKIN, [255; 4]] {
            for thickness in [1, 2] {
                assert!(is_lost_halved(&lined(ground, RED, thickness), 640));
            }
        }
    }

    #[test]
    fn grounds_that_meet_lose_nothing() {
        let fields = lined(SKIN, RED, 24);
        assert!(!is_lost_halved(&fields, 640));
    }

    #[test]
    fn lines_are_judged_in_the_size_to_come() {
        assert!(is_lost_halved(&lined(SKIN, RED, 4), 320));
        assert!(!is_lost_halved(&lined(SKIN, RED, 4), 640));
    }

    #[test]
    fn black_lines_and_plain_grounds_have_no_colour_to_lose() {
        let black = lined([255; 4], [0, 0, 0, 255], 1);
        assert!(!is_lost_halved(&black, 640));
        assert!(!is_lost_halved(&lined(SKIN, SKIN, 1), 640));
    }

    #[test]
    fn what_is_narrower_than_a_line_and_its_sides_has_no_lines() {
        assert!(!is_lost_halved(&Raster::black(1, 1), 1));
        assert!(!is_lost_halved(&Raster::black(4, 900), 4));
    }
}
