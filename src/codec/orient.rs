//! Turning pixels upright. Done on the small picture, where it costs a fifth.

use super::exif::Orientation;
use super::raster::Raster;

/// Squares of this side are turned at a time, so that both pictures stay in the cache.
const TILE: usize = 32;

/// The picture as it is meant to be seen.
#[must_use]
pub fn upright(stored: Raster, orientation: Orientation) -> Raster {
    let (w, h) = (stored.width as usize, stored.height as usize);
    match orientation.code() {
        2 => turned(&stored, orientation, |x, y| (w - 1 - x, y)),
        3 => turned(&stored, orientation, |x, y| (w - 1 - x, h - 1 - y)),
        4 => turned(&stored, orientation, |x, y| (x, h - 1 - y)),
        5 => turned(&stored, orientation, |x, y| (y, x)),
        6 => turned(&stored, orientation, |x, y| (y, h - 1 - x)),
        7 => turned(&stored, orientation, |x, y| (w - 1 - y, h - 1 - x)),
        8 => turned(&stored, orientation, |x, y| (w - 1 - y, x)),
        _ => stored,
    }
}

/// Fills the upright picture; `origin` names the stored place of an upright one.
fn turned(
    stored: &Raster,
    orientation: Orientation,
    origin: impl Fn(usize, usize) -> (usize, usize),
) -> Raster {
    let (width, height) = orientation.upright_size(stored.width, stored.height);
    let mut out = Raster::black(width, height);
    let (source, stride) = (stored.pixels(), stored.width as usize);
    let (width, height) = (width as usize, height as usize);
    let target = out.pixels_mut();
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for y in top..(top + TILE).min(height) {
                for x in left..(left + TILE).min(width) {
                    let (sx, sy) = origin(x, y);
                    target[y * width + x] = source[sy * stride + sx];
                }
            }
        }
    }
    out
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
