//! A picture as cameras code it: luma, and colour differences of lower resolution. Red, green and blue are made of it only
//! when it is small, so that a picture of 12 megapixels costs 18 MB and not 49.

use super::raster::Raster;
use super::resize;
use super::{Unusable, resize::Place};

/// One channel: eight bits a sample, row by row without padding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plane {
    /// Width in samples.
    pub width: u32,
    /// Height in samples.
    pub height: u32,
    /// `width · height` bytes.
    pub samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    #[must_use]
    pub fn filled(width: u32, height: u32, value: u8) -> Self {
        Self {
            width,
            height,
            samples: vec![value; width as usize * height as usize],
        }
    }

    /// Copies as much of `tile` as lies within, its upper left corner at (`left`, `top`).
    pub fn place(&mut self, tile: &Self, left: usize, top: usize) {
        let (width, tile_width) = (self.width as usize, tile.width as usize);
        let Some(columns) = width.checked_sub(left).map(|room| room.min(tile_width)) else {
            return;
        };
        if columns == 0 {
            return;
        }
        let rows = self.samples.chunks_exact_mut(width).skip(top);
        for (row, source) in rows.zip(tile.samples.chunks_exact(tile_width)) {
            row[left..left + columns].copy_from_slice(&source[..columns]);
        }
    }
}

/// How the samples of a picture give red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    /// Matrix coefficients of ITU-T H.273: 1 BT.709, 5 and 6 BT.601, 9 BT.2020; anything else counts as BT.601.
    pub coefficients: u16,
    /// Whether 0 is black and 255 white; otherwise 16 and 235.
    pub full_range: bool,
}

/// Luma and two colour differences (blue, red). The latter are empty in a grey picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    /// Luma, blue difference, red difference.
    pub channels: [Plane; 3],
}

impl Planes {
    /// The picture with no side longer than `long_side`, as red, green and blue.
    ///
    /// The colour differences of a coarser plane belong to the even columns and rows of the luma, as HEIC writers have it.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when a plane does not fill the size it claims.
    pub fn small(self, long_side: u32, matrix: Matrix) -> Result<Raster, Unusable> {
        let [luma, blue, red] = self.channels;
        let (full_width, full_height) = (luma.width, luma.height);
        let (width, height) = resize::size_within(full_width, full_height, long_side);
        let y = resize::plane(&luma, width, height, Place::default())?;
        drop(luma);
        if blue.samples.is_empty() {
            return Ok(grey(&y, matrix));
        }
        let place = |chroma: &Plane| Place {
            across: shift(full_width, chroma.width),
            down: shift(full_height, chroma.height),
        };
        let cb = resize::plane(&blue, width, height, place(&blue))?;
        drop(blue);
        let cr = resize::plane(&red, width, height, place(&red))?;
        Ok(coloured(&y, &cb, &cr, matrix))
    }
}

/// How far the samples of a halved plane lie before the middle of the two pixels they belong to, in samples.
fn shift(full: u32, chroma: u32) -> f64 {
    if chroma < full { 0.25 } else { 0.0 }
}

/// Bits behind the point.
const FRACTION: u32 = 14;

/// The whole numbers of a conversion: `out = (y - black) · luma + difference · factor`.
struct Factors {
    black: i32,
    luma: i32,
    red: i32,
    green: [i32; 2],
    blue: i32,
}

impl Factors {
    fn of(matrix: Matrix) -> Self {
        let (kr, kb) = match matrix.coefficients {
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            7 => (0.212, 0.087),
            9 | 10 => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let kg = 1.0 - kr - kb;
        let (black, luma, chroma) = if matrix.full_range {
            (0, 1.0, 1.0)
        } else {
            (16, 255.0 / 219.0, 255.0 / 224.0)
        };
        let fixed = |factor: f64| (factor * f64::from(1 << FRACTION)).round() as i32;
        let (to_red, to_blue) = (2.0 * (1.0 - kr) * chroma, 2.0 * (1.0 - kb) * chroma);
        Self {
            black,
            luma: fixed(luma),
            red: fixed(to_red),
            green: [fixed(-to_blue * kb / kg), fixed(-to_red * kr / kg)],
            blue: fixed(to_blue),
        }
    }
}

fn coloured(y: &Plane, cb: &Plane, cr: &Plane, matrix: Matrix) -> Raster {
    let factors = Factors::of(matrix);
    let mut out = Raster::black(y.width, y.height);
    let samples = y.samples.iter().zip(&cb.samples).zip(&cr.samples);
    for (pixel, ((&y, &cb), &cr)) in out.pixels_mut().iter_mut().zip(samples) {
        let light = (i32::from(y) - factors.black) * factors.luma + (1 << (FRACTION - 1));
        let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
        let channel = |sum: i32| ((light + sum) >> FRACTION).clamp(0, 255) as u8;
        *pixel = [
            channel(cr * factors.red),
            channel(cb * factors.green[0] + cr * factors.green[1]),
            channel(cb * factors.blue),
            255,
        ];
    }
    out
}

fn grey(y: &Plane, matrix: Matrix) -> Raster {
    let factors = Factors::of(matrix);
    let mut out = Raster::black(y.width, y.height);
    for (pixel, &y) in out.pixels_mut().iter_mut().zip(&y.samples) {
        let light = (i32::from(y) - factors.black) * factors.luma + (1 << (FRACTION - 1));
        let value = (light >> FRACTION).clamp(0, 255) as u8;
        *pixel = [value, value, value, 255];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(samples: [u8; 3], matrix: Matrix) -> [u8; 4] {
        let channels = samples.map(|sample| Plane::filled(1, 1, sample));
        Planes { channels }.small(1920, matrix).unwrap().pixels()[0]
    }

    #[test]
    fn black_white_grey_and_red_are_what_they_are_in_both_ranges() {
        let full = Matrix {
            coefficients: 6,
            full_range: true,
        };
        let limited = Matrix {
            coefficients: 1,
            full_range: false,
        };
        assert_eq!(one([128, 128, 128], full), [128, 128, 128, 255]);
        assert_eq!(one([16, 128, 128], limited), [0, 0, 0, 255]);
        assert_eq!(one([235, 128, 128], limited), [255, 255, 255, 255]);
        // Pure red in BT.601 is Y 76, Cb 85, Cr 255; in BT.709 of limited range 63, 102, 240.
        for (samples, matrix) in [([76, 85, 255], full), ([63, 102, 240], limited)] {
            let [r, g, b, _] = one(samples, matrix);
            assert!(r >= 253 && g <= 2 && b <= 2, "{r} {g} {b}");
        }
    }

    #[test]
    fn a_tile_at_the_edge_leaves_nothing_outside() {
        let mut plane = Plane::filled(5, 3, 0);
        plane.place(&Plane::filled(4, 4, 7), 3, 2);
        plane.place(&Plane::filled(4, 4, 9), 5, 0);
        plane.place(&Plane::filled(4, 4, 9), 0, 3);
        assert_eq!(plane.samples, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7]);
    }

    #[test]
    fn a_halved_plane_keeps_its_place_beside_the_luma() {
        // A step between columns 31 and 32 of the luma, and between 15 and 16 of the chroma, which belong to 30 and 32.
        let step = |width: u32, edge: u32| Plane {
            width,
            height: 8,
            samples: (0..8 * width)
                .map(|at| if at % width < edge { 60 } else { 200 })
                .collect(),
        };
        let planes = Planes {
            channels: [
                Plane::filled(64, 8, 128),
                step(32, 16),
                Plane {
                    height: 4,
                    ..step(32, 16)
                },
            ],
        };
        let mut planes = planes;
        planes.channels[1] = Plane {
            width: 32,
            height: 4,
            samples: planes.channels[1].samples[..128].to_vec(),
        };
        planes.channels[2].samples.truncate(128);
        let matrix = Matrix {
            coefficients: 6,
            full_range: true,
        };
        let small = planes.small(64, matrix).unwrap();
        let blue = |x: usize| small.pixels()[64 * 4 + x][2];
        assert!(blue(30) < 60 && blue(32) > 200, "{} {}", blue(30), blue(32));
        assert!(
            (80..180).contains(&blue(31)),
            "half way between: {}",
            blue(31)
        );
    }
}
