//! A picture as JPEG codes it: luma, and colour differences of half the width and height, or of all where that matters.
//!
//! Made before the picture becomes small where that is possible, since there is less than half as much to make small then.

mod rows;

pub(super) use rows::halved;

use super::planes::Plane;
use super::raster::Raster;
use super::{Unusable, resize};
use rows::rows_coder;

/// Full-range BT.601, as JFIF has it. Halved, each difference is the mean over two by two pixels, and lies between them; an
/// odd last column or row counts twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// Luma, in the picture's own size.
    pub luma: Plane,
    /// Blue difference, half as wide and high, rounded up; or of the picture's own size.
    pub blue: Plane,
    /// Red difference, likewise.
    pub red: Plane,
}

impl Coded {
    /// Codes a picture. Alpha is ignored: the caller has put a ground behind it.
    #[must_use]
    pub fn of(picture: &Raster) -> Self {
        let (width, height) = (picture.width, picture.height);
        let halved = || Plane::filled(width.div_ceil(2), height.div_ceil(2), 0);
        let mut coded = Self {
            luma: Plane::filled(width, height, 0),
            blue: halved(),
            red: halved(),
        };
        let code = rows_coder(picture.order);
        let row = width as usize;
        let halved_row = row.div_ceil(2);
        let rows = picture.pixels().chunks(row * 2);
        let luma = coded.luma.samples.chunks_mut(row * 2);
        let blue = coded.blue.samples.chunks_exact_mut(halved_row);
        let red = coded.red.samples.chunks_exact_mut(halved_row);
        for (((pixels, luma), blue), red) in rows.zip(luma).zip(blue).zip(red) {
            code(pixels, luma, row, blue, red);
        }
        coded
    }

    /// Codes a picture with its colour whole: a difference for every pixel.
    #[must_use]
    pub fn whole(picture: &Raster) -> Self {
        let (width, height) = (picture.width, picture.height);
        let empty = || Plane::filled(width, height, 0);
        let [mut luma, mut blue, mut red] = [empty(), empty(), empty()];
        let code = rows_coder(picture.order);
        let row = width as usize;
        // Of pixels that stand there twice, the mean over two by two is their own.
        let mut doubled = vec![[0; 4]; row * 2];
        let mut luma_doubled = vec![0; row * 2];
        let rows = picture.pixels().chunks_exact(row);
        let luma_rows = luma.samples.chunks_exact_mut(row);
        let blue_rows = blue.samples.chunks_exact_mut(row);
        let red_rows = red.samples.chunks_exact_mut(row);
        for (((pixels, luma), blue), red) in rows.zip(luma_rows).zip(blue_rows).zip(red_rows) {
            for (pair, &pixel) in doubled.as_chunks_mut::<2>().0.iter_mut().zip(pixels) {
                *pair = [pixel, pixel];
            }
            code(&doubled, &mut luma_doubled, row * 2, blue, red);
            for (luma, &[twice, _]) in luma.iter_mut().zip(luma_doubled.as_chunks().0) {
                *luma = twice;
            }
        }
        Self { luma, blue, red }
    }

    /// Whether there is a colour difference for every pixel. Of a single pixel there is one either way.
    #[must_use]
    pub const fn has_whole_colour(&self) -> bool {
        self.blue.width == self.luma.width
            && self.blue.height == self.luma.height
            && self.luma.samples.len() > 1
    }

    /// The picture in another size.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when a plane does not fill the size it claims, which none does.
    pub fn to_size(self, width: u32, height: u32) -> Result<Self, Unusable> {
        if (self.luma.width, self.luma.height) == (width, height) {
            return Ok(self);
        }
        self.copy_of_size(width, height)
    }

    /// A copy in another size.
    ///
    /// # Errors
    /// As [`Self::to_size`].
    pub fn copy_of_size(&self, width: u32, height: u32) -> Result<Self, Unusable> {
        let (from, to) = ((self.luma.width, self.luma.height), (width, height));
        let (covered, chroma) = if self.has_whole_colour() {
            (whole(from), to)
        } else {
            let covered = (covered(from.0, width), covered(from.1, height));
            (covered, (width.div_ceil(2), height.div_ceil(2)))
        };
        Ok(Self {
            luma: resize::area(&self.luma, whole(from), to)?,
            blue: resize::area(&self.blue, covered, chroma)?,
            red: resize::area(&self.red, covered, chroma)?,
        })
    }
}

/// How much of a halved side the halved side of a smaller picture stands for, where the whole sides are these. An odd last
/// column of the small picture reaches as far as two.
pub(super) fn covered(from: u32, to: u32) -> f64 {
    f64::from(to.div_ceil(2)) * f64::from(from) / f64::from(to)
}

fn whole((width, height): (u32, u32)) -> (f64, f64) {
    (f64::from(width), f64::from(height))
}

#[cfg(test)]
mod tests {
    use super::super::raster::Order;
    use super::*;

    fn even(width: u32, height: u32, pixel: [u8; 4]) -> Raster {
        Raster {
            width,
            height,
            rgba: pixel.repeat((width * height) as usize),
            order: Order::RedFirst,
        }
    }

    #[test]
    fn colours_are_coded_as_jfif_says() {
        for (rgb, want) in [
            ([255, 255, 255], [255, 128, 128]),
            ([0, 0, 0], [0, 128, 128]),
            ([255, 0, 0], [76, 85, 255]),
            ([0, 255, 0], [150, 44, 21]),
            ([0, 0, 255], [29, 255, 107]),
        ] {
            for (width, height) in [(1, 1), (17, 3), (32, 2)] {
                let picture = even(width, height, [rgb[0], rgb[1], rgb[2], 9]);
                let coded = Coded::of(&picture);
                let mut backwards = even(width, height, [rgb[2], rgb[1], rgb[0], 9]);
                backwards.order = Order::BlueFirst;
                assert_eq!(Coded::of(&backwards), coded);
                assert_eq!(Coded::whole(&backwards), Coded::whole(&picture));
                let [y, cb, cr] = want;
                assert!(coded.luma.samples.iter().all(|&sample| sample == y));
                assert!(coded.blue.samples.iter().all(|&sample| sample == cb));
                assert!(coded.red.samples.iter().all(|&sample| sample == cr));
                let halved = (width.div_ceil(2) * height.div_ceil(2)) as usize;
                assert_eq!(coded.luma.samples.len(), (width * height) as usize);
                assert_eq!(
                    (coded.blue.samples.len(), coded.red.samples.len()),
                    (halved, halved)
                );
            }
        }
    }

    #[test]
    fn whole_colour_is_that_of_every_pixel() {
        for (width, height) in [(2, 1), (1, 3), (17, 3), (40, 5)] {
            let mut raster = even(width, height, [255, 255, 255, 255]);
            raster.pixels_mut()[1] = [255, 0, 0, 255];
            let coded = Coded::whole(&raster);
            assert!(coded.has_whole_colour() && !Coded::of(&raster).has_whole_colour());
            let planes = [&coded.luma, &coded.blue, &coded.red];
            let at = |place: usize| planes.map(|plane| plane.samples[place]);
            assert_eq!((at(0), at(1)), ([255, 128, 128], [76, 85, 255]));
            let rest = 2..(width * height) as usize;
            assert!(rest.map(at).all(|pixel| pixel == [255, 128, 128]));
        }
    }

    #[test]
    fn an_odd_last_column_and_row_count_twice() {
        let mut raster = even(3, 3, [0, 0, 0, 255]);
        raster.pixels_mut()[2] = [0, 0, 200, 255];
        raster.pixels_mut()[8] = [200, 0, 0, 255];
        let coded = Coded::of(&raster);
        assert_eq!(coded.blue.samples, [128, 178, 128, 94]);
        assert_eq!(coded.red.samples, [128, 120, 128, 228]);
    }

    #[test]
    fn a_smaller_picture_keeps_colour_beside_light() {
        // Left half blue, right half black; odd sizes on both sides.
        let mut raster = even(101, 41, [0, 0, 0, 255]);
        for row in raster.pixels_mut().chunks_mut(101) {
            row[..50].fill([0, 0, 200, 255]);
        }
        let small = Coded::of(&raster).to_size(51, 21).unwrap();
        let coded_small = Coded::of(&resize::to_size(raster, 51, 21).unwrap());
        for (plane, want) in [
            (&small.luma, &coded_small.luma),
            (&small.blue, &coded_small.blue),
            (&small.red, &coded_small.red),
        ] {
            assert_eq!((plane.width, plane.height), (want.width, want.height));
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 12;
            assert!(plane.samples.iter().zip(&want.samples).all(near));
        }
    }
}
