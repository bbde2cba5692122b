//! Turning pixels upright. Done on the small picture, where it costs a fifth.

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
    let (width, height) = orientation.upright_size(stored.width, stored.height);
    let mut out = Raster::black(width, height);
    let stride = width as usize;
    for (strip, target) in out.pixels_mut().chunks_mut(stride * TILE).enumerate() {
        rows(&stored, orientation, strip * TILE, target, stride);
    }
    out
}

/// Fills `target` with rows of the upright picture from `top` on, `stride` pixels apart, as many as it holds. What lies
/// right of the picture is left as it is.
///
/// # Panics
/// When there are not so many rows.
pub fn rows(
    stored: &Raster,
    orientation: Orientation,
    top: usize,
    target: &mut [[u8; 4]],
    stride: usize,
) {
    let (w, h) = (stored.width as usize, stored.height as usize);
    let mut fill = |origin: &dyn Fn(usize, usize) -> (usize, usize), step: isize| {
        let (width, _) = orientation.upright_size(stored.width, stored.height);
        for left in (0..width as usize).step_by(TILE) {
            let columns = TILE.min(width as usize - left);
            for (row, target) in target.chunks_mut(stride).enumerate() {
                let (x, y) = origin(left, top + row);
                let mut place = (y * w + x) as isize;
                for pixel in &mut target[left..left + columns] {
                    *pixel = stored.pixels()[place as usize];
                    place += step;
                }
            }
        }
    };
    let row = w as isize;
    match orientation.code() {
        2 => fill(&|x, y| (w - 1 - x, y), -1),
        3 => fill(&|x, y| (w - 1 - x, h - 1 - y), -1),
        4 => fill(&|x, y| (x, h - 1 - y), 1),
        5 => fill(&|x, y| (y, x), row),
        6 => fill(&|x, y| (y, h - 1 - x), -row),
        7 => fill(&|x, y| (w - 1 - y, h - 1 - x), -row),
        8 => fill(&|x, y| (w - 1 - y, x), row),
        _ => {
            for (row, target) in target.chunks_mut(stride).enumerate() {
                let from = (top + row) * w;
                target[..w].copy_from_slice(&stored.pixels()[from..from + w]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_by_hand_is_a_turn_of_what_is_seen() {
        let stored = Raster {
            width: 3,
            height: 2,
            rgba: (0..24).collect(),
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
