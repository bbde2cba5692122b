//! Turning samples upright. Done on the small picture, where it costs a fifth.

use super::exif::Orientation;
use super::raster::Raster;

/// Squares of this side are turned at a time, so that both pictures stay in the cache.
const TILE: usize = 16;

/// The picture as it is meant to be seen.
#[must_use]
pub fn upright(stored: Raster, orientation: Orientation) -> Raster {
    if orientation == Orientation::UPRIGHT {
        return stored;
    }
    let size = (stored.width, stored.height);
    let (width, height) = orientation.upright_size(stored.width, stored.height);
    let mut out = Raster::black(width, height);
    out.order = stored.order;
    let stride = width as usize;
    for (strip, target) in out.pixels_mut().chunks_mut(stride * TILE).enumerate() {
        rows(
            stored.pixels(),
            size,
            orientation,
            strip * TILE,
            target,
            stride,
        );
    }
    out
}

/// Fills `target` with rows of the upright picture from `top` on, `stride` samples apart, as many as it holds. What lies
/// right of the picture is left as it is. `size` is the stored picture's.
///
/// # Panics
/// When there are not so many rows.
pub fn rows<S: Copy>(
    stored: &[S],
    (w, h): (u32, u32),
    orientation: Orientation,
    top: usize,
    target: &mut [S],
    stride: usize,
) {
    let (w, h) = (w as usize, h as usize);
    let (right_first, bottom_first) = orientation.ends_first();
    if orientation.code() >= 5 {
        let columns = Columns {
            stored,
            width: w,
            right_first,
            bottom_first,
        };
        return columns.rows(h, top, target, stride);
    }
    for (row, target) in target.chunks_mut(stride).enumerate() {
        let y = if bottom_first {
            h - 1 - top - row
        } else {
            top + row
        };
        let line = &stored[y * w..][..w];
        let target = &mut target[..w];
        if right_first {
            let pairs = target.iter_mut().zip(line.iter().rev());
            pairs.for_each(|(pixel, &from)| *pixel = from);
        } else {
            target.copy_from_slice(line);
        }
    }
}

/// A picture whose columns are to be rows.
struct Columns<'s, S> {
    stored: &'s [S],
    width: usize,
    right_first: bool,
    bottom_first: bool,
}

impl<S: Copy> Columns<'_, S> {
    /// As [`rows`], of a picture `height` high.
    fn rows(&self, height: usize, top: usize, target: &mut [S], stride: usize) {
        let count = target.len().div_ceil(stride);
        let first = if self.right_first {
            self.width - top - count
        } else {
            top
        };
        for left in (0..height).step_by(TILE) {
            let columns = TILE.min(height - left);
            // As many samples of each line as there are rows; a tile cut off by the edge has its last line more than once.
            let lines: [&[S]; TILE] = std::array::from_fn(|column| {
                let x = left + column.min(columns - 1);
                let y = if self.bottom_first { height - 1 - x } else { x };
                &self.stored[y * self.width + first..][..count]
            });
            for (row, target) in target.chunks_mut(stride).enumerate() {
                let from = if self.right_first {
                    count - 1 - row
                } else {
                    row
                };
                let samples: [S; TILE] = lines.map(|line| line[from]);
                target[left..left + columns].copy_from_slice(&samples[..columns]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::raster::Order;
    use super::*;

    #[test]
    fn a_turn_by_hand_is_a_turn_of_what_is_seen() {
        let stored = Raster {
            width: 3,
            height: 2,
            rgba: (0..24).collect(),
            order: Order::RedFirst,
        };
        for code in 1..=8 {
            let orientation = Orientation::from_code(code).unwrap();
            let mut seen = upright(stored.clone(), orientation);
            for quarters in 0..8 {
                assert_eq!(
                    upright(stored.clone(), orientation.turned(quarters)),
                    seen,
                    "{code}, {quarters}"
                );
                seen = upright(seen, Orientation::UPRIGHT.turned(1));
            }
        }
    }

    #[test]
    fn each_code_puts_row_0_and_column_0_where_exif_says() {
        // Stored:  a b c
        //          d e f
        let stored = Raster {
            width: 3,
            height: 2,
            rgba: b"abcdef".iter().flat_map(|&letter| [letter; 4]).collect(),
            order: Order::RedFirst,
        };
        let seen = [
            "abc/def", "cba/fed", "fed/cba", "def/abc", "ad/be/cf", "da/eb/fc", "fc/eb/da",
            "cf/be/ad",
        ];
        for (code, want) in (1..).zip(seen) {
            let out = upright(stored.clone(), Orientation::from_code(code).unwrap());
            let rows: Vec<String> = out
                .pixels()
                .chunks(out.width as usize)
                .map(|row| row.iter().map(|pixel| char::from(pixel[0])).collect())
                .collect();
            assert_eq!(rows.join("/"), want, "orientation {code}");
        }
    }
}
