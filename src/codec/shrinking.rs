//! A coded picture that becomes small while its rows arrive. Red, green and blue are made of it only when it is small, and its
//! rows become few as they come, so that a picture of 12 megapixels costs 18 MB with everything that is done to it, where its
//! pixels alone would be 49.

use super::Unusable;
use super::colour::ToSrgb;
use super::planes::{Matrix, Plane, Planes};
use super::raster::{Order, Raster};
use super::resize::{self, Columns, Rows};

/// A row of tiles is taken in so many parts, so that what lies between two filters is little, and stays in the cache.
const BANDS: usize = 8;

/// A picture that becomes small, red, green and blue, and sRGB while its rows arrive.
///
/// The colour differences of a coarser plane belong to the even columns and rows of the luma, as HEIC writers have it.
pub struct Shrinking {
    /// Luma, blue difference, red difference; the latter two are missing in a grey picture.
    channels: Vec<Channel>,
    factors: Factors,
    to_srgb: Option<ToSrgb>,
    small: Raster,
    /// Rows of the small picture that are made.
    made: u32,
}

struct Channel {
    width: u32,
    rows: Rows,
    columns: Columns,
}

impl Shrinking {
    /// A picture whose channels have these sizes (none for those that are empty), which is to have no side longer than
    /// `long_side`. Without `to_srgb` its colours stay what they are.
    #[must_use]
    pub fn new(
        sizes: [(u32, u32); 3],
        long_side: u32,
        matrix: Matrix,
        to_srgb: Option<ToSrgb>,
    ) -> Self {
        let (full_width, full_height) = sizes[0];
        let (small_width, small_height) = resize::size_within(full_width, full_height, long_side);
        let channel = |&(width, height): &(u32, u32)| Channel {
            width,
            rows: Rows::new(width, height, small_height, shift(full_height, height)),
            columns: Columns::new(width, small_width, shift(full_width, width)),
        };
        let there = sizes
            .iter()
            .take_while(|&&(width, height)| width > 0 && height > 0);
        Self {
            channels: there.map(channel).collect(),
            factors: Factors::of(matrix),
            to_srgb,
            small: Raster::black(small_width, small_height),
            made: 0,
        }
    }

    /// Takes the next rows of each channel from planes that lie side by side. What reaches over the edge of the picture
    /// is left out.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when the planes do not make whole rows.
    pub fn take(&mut self, tiles: &[Planes]) -> Result<(), Unusable> {
        for band in 0..BANDS {
            for (at, channel) in self.channels.iter_mut().enumerate() {
                let planes = tiles.iter().map(|tile| &tile.channels[at]);
                let height = planes.clone().map(|plane| plane.height).min().unwrap_or(0) as usize;
                let across = channel.width as usize;
                let pieces = (height * band / BANDS..height * (band + 1) / BANDS).flat_map(|row| {
                    planes.clone().scan(0, move |left, plane| {
                        let width = plane.width as usize;
                        let within = width.min(across - *left);
                        *left += within;
                        plane.samples.get(row * width..row * width + within)
                    })
                });
                channel.rows.take(pieces)?;
            }
            self.colour()?;
        }
        Ok(())
    }

    /// Makes pixels of the rows that are done in all channels.
    fn colour(&mut self) -> Result<(), Unusable> {
        let done = self
            .channels
            .iter()
            .map(|channel| channel.rows.done())
            .min();
        let (width, rows) = (self.small.width, done.unwrap_or(0));
        let fetch =
            |channel: &mut Channel| Ok(channel.columns.narrowed(&channel.rows.fetch(rows)?));
        let mut channels = self.channels.iter_mut().map(fetch);
        let luma = channels.next().ok_or(Unusable::Truncated)??;
        let differences = (channels.next().transpose()?, channels.next().transpose()?);
        let (from, to) = (self.made * width, (self.made + rows) * width);
        let pixels = &mut self.small.pixels_mut()[from as usize..to as usize];
        match differences {
            (Some(blue), Some(red)) => self.factors.coloured(&luma, &blue, &red, pixels),
            _ => self.factors.grey(&luma, pixels),
        }
        if let Some(to_srgb) = &self.to_srgb {
            to_srgb.convert(pixels, Order::RedFirst);
        }
        self.made += rows;
        Ok(())
    }

    /// The small picture.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when rows are missing.
    pub fn finish(self) -> Result<Raster, Unusable> {
        if self.made < self.small.height {
            return Err(Unusable::Truncated);
        }
        Ok(self.small)
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

    fn coloured(&self, y: &Plane, cb: &Plane, cr: &Plane, out: &mut [[u8; 4]]) {
        let samples = y.samples.iter().zip(&cb.samples).zip(&cr.samples);
        for (pixel, ((&y, &cb), &cr)) in out.iter_mut().zip(samples) {
            let light = self.light(y);
            let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
            let channel = |sum: i32| ((light + sum) >> FRACTION).clamp(0, 255);
            let red = channel(cr * self.red);
            let green = channel(cb * self.green[0] + cr * self.green[1]);
            let blue = channel(cb * self.blue);
            // In one number, so that several pixels fit a vector.
            *pixel = (red | green << 8 | blue << 16 | 255 << 24).to_le_bytes();
        }
    }

    fn grey(&self, y: &Plane, out: &mut [[u8; 4]]) {
        for (pixel, &y) in out.iter_mut().zip(&y.samples) {
            let value = (self.light(y) >> FRACTION).clamp(0, 255) as u8;
            *pixel = [value, value, value, 255];
        }
    }

    /// The share of the luma, and half a step for the rounding.
    #[inline]
    fn light(&self, y: u8) -> i32 {
        (i32::from(y) - self.black) * self.luma + (1 << (FRACTION - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(samples: [u8; 3], matrix: Matrix) -> [u8; 4] {
        let channels = samples.map(|sample| Plane::filled(1, 1, sample));
        small(Planes { channels }, 1920, matrix).pixels()[0]
    }

    fn small(planes: Planes, long_side: u32, matrix: Matrix) -> Raster {
        let sizes = planes
            .channels
            .each_ref()
            .map(|plane| (plane.width, plane.height));
        let mut picture = Shrinking::new(sizes, long_side, matrix, None);
        picture.take(&[planes]).unwrap();
        picture.finish().unwrap()
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
    fn tiles_that_reach_over_the_edge_leave_nothing_outside() {
        let matrix = Matrix {
            coefficients: 6,
            full_range: true,
        };
        let tile = |value| Planes {
            channels: [
                Plane::filled(4, 4, value),
                Plane::default(),
                Plane::default(),
            ],
        };
        let mut picture = Shrinking::new([(5, 6), (0, 0), (0, 0)], 1920, matrix, None);
        picture.take(&[tile(10), tile(20)]).unwrap();
        picture.take(&[tile(30), tile(40)]).unwrap();
        let raster = picture.finish().unwrap();
        let greys: Vec<u8> = raster.pixels().iter().map(|pixel| pixel[0]).collect();
        assert_eq!(greys[..5], [10, 10, 10, 10, 20]);
        assert_eq!(greys[25..], [30, 30, 30, 30, 40]);
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
        let small = small(planes, 64, matrix);
        let blue = |x: usize| small.pixels()[64 * 4 + x][2];
        assert!(blue(30) < 60 && blue(32) > 200, "{} {}", blue(30), blue(32));
        assert!(
            (80..180).contains(&blue(31)),
            "half way between: {}",
            blue(31)
        );
    }
}
