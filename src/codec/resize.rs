//! Making the picture small enough, with a Lanczos filter. Never larger.

use super::Unusable;
use super::planes::Plane;
use super::raster::Raster;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

/// The size that fits a square of `long_side`, in the same proportion; the same size when it fits already.
#[must_use]
pub fn size_within(width: u32, height: u32, long_side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= long_side {
        return (width, height);
    }
    let scaled = |side: u32| {
        let rounded =
            (u64::from(side) * u64::from(long_side) + u64::from(longest) / 2) / u64::from(longest);
        (rounded as u32).clamp(1, long_side)
    };
    (scaled(width), scaled(height))
}

/// The picture with no side longer than `long_side`. Alpha is carried along as one more channel: the picture is opaque.
///
/// # Errors
/// [`Unusable::Damaged`] when the pixels do not fill the size they claim, which no decoder leaves behind.
pub fn within(raster: Raster, long_side: u32) -> Result<Raster, Unusable> {
    let (width, height) = size_within(raster.width, raster.height, long_side);
    to_size(raster, width, height)
}

/// The picture in exactly this size.
///
/// # Errors
/// As [`within`].
pub fn to_size(raster: Raster, width: u32, height: u32) -> Result<Raster, Unusable> {
    if (width, height) == (raster.width, raster.height) {
        return Ok(raster);
    }
    let mut small = Raster::black(width, height);
    let from = (raster.width, raster.height);
    let into = (width, height);
    let options = lanczos();
    resample::<U8x4>(&raster.rgba, from, &mut small.rgba, into, &options)?;
    Ok(small)
}

/// One channel on its way to fewer rows, or more: made while its rows arrive, so that there is never a whole plane of
/// full size.
pub struct Rows {
    width: u32,
    height: u32,
    target: u32,
    /// How far the samples lie above the middle of the area they stand for, in samples: 0 or a fraction.
    above: f64,
    /// Rows that have arrived and are still needed, the first of them being row `first`.
    waiting: Plane,
    first: u32,
    done: Plane,
}

impl Rows {
    /// A channel of `width` by `height` samples that is to have `target` rows.
    #[must_use]
    pub fn new(width: u32, height: u32, target: u32, above: f64) -> Self {
        let empty = |rows: u32| Plane {
            width,
            height: 0,
            samples: Vec::with_capacity(width as usize * rows as usize),
        };
        Self {
            width,
            height,
            target,
            above,
            waiting: empty(0),
            first: 0,
            done: empty(target),
        }
    }

    /// Takes the next rows, in pieces from left to right, and filters those that have all their neighbours. Rows beyond
    /// the height are left out.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when the pieces are not whole rows.
    pub fn take<'a>(&mut self, pieces: impl Iterator<Item = &'a [u8]>) -> Result<(), Unusable> {
        if self.done.height == self.target {
            return Ok(());
        }
        for piece in pieces {
            self.waiting.samples.extend_from_slice(piece);
        }
        let width = self.width as usize;
        if !self.waiting.samples.len().is_multiple_of(width) {
            return Err(Unusable::damaged("rows that are not whole"));
        }
        self.waiting.height = (self.waiting.samples.len() / width) as u32;
        let whole = self.first + self.waiting.height >= self.height;
        if whole {
            self.waiting.height = self.height - self.first;
            let rest = self.waiting.height as usize * width;
            self.waiting.samples.truncate(rest);
            if self.above > 0.0 && rest > 0 {
                // The last row once more, so that the shifted area is covered.
                self.waiting.samples.extend_from_within(rest - width..);
                self.waiting.height += 1;
            }
        }
        let ready = if whole { self.target } else { self.ready() };
        if ready > self.done.height {
            self.filter(ready)?;
        }
        Ok(())
    }

    /// Rows of the source for one of the target.
    fn scale(&self) -> f64 {
        f64::from(self.height) / f64::from(self.target)
    }

    /// How far the filter reaches from the middle of a row, in rows of the source.
    fn reach(&self) -> f64 {
        FILTER_REACH * self.scale().max(1.0)
    }

    /// How many rows of the target can be made of what has arrived.
    fn ready(&self) -> u32 {
        let end = f64::from(self.first + self.waiting.height);
        let row = (end - 1.0 - self.reach() - self.above) / self.scale() - 0.5;
        (row.floor().max(-1.0) + 1.0) as u32
    }

    /// Makes the rows up to `ready`, and forgets what no later row needs.
    fn filter(&mut self, ready: u32) -> Result<(), Unusable> {
        let rows = ready - self.done.height;
        let top = self.above + f64::from(self.done.height) * self.scale() - f64::from(self.first);
        let span = (f64::from(rows) * self.scale()).min(f64::from(self.waiting.height) - top);
        let options = lanczos().crop(0.0, top, f64::from(self.width), span);
        let before = self.done.samples.len();
        self.done
            .samples
            .resize(before + rows as usize * self.width as usize, 0);
        resample::<U8>(
            &self.waiting.samples,
            (self.width, self.waiting.height),
            &mut self.done.samples[before..],
            (self.width, rows),
            &options,
        )?;
        self.done.height = ready;
        let next = self.above + (f64::from(ready) + 0.5) * self.scale() - self.reach() - 1.0;
        let spent = (next.max(0.0) as u32)
            .saturating_sub(self.first)
            .min(self.waiting.height);
        self.waiting
            .samples
            .drain(..spent as usize * self.width as usize);
        self.waiting.height -= spent;
        self.first += spent;
        Ok(())
    }

    /// The channel with all its rows in so many columns. `before` is how far the samples lie to the left of the middle
    /// of the area they stand for, in samples.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when rows are missing.
    pub fn columns(self, target: u32, before: f64) -> Result<Plane, Unusable> {
        if self.done.height != self.target {
            return Err(Unusable::Truncated);
        }
        let mut plane = self.done;
        let (width, height) = (f64::from(plane.width), f64::from(plane.height));
        if target == plane.width && before == 0.0 {
            return Ok(plane);
        }
        if before > 0.0 {
            plane = widened(&plane, plane.width + 1, plane.height);
        }
        let mut narrow = Plane::filled(target, plane.height, 0);
        resample::<U8>(
            &plane.samples,
            (plane.width, plane.height),
            &mut narrow.samples,
            (target, plane.height),
            &lanczos().crop(before, 0.0, width, height),
        )?;
        Ok(narrow)
    }
}

/// A part of one channel, from its upper left corner, in another size. It may reach beyond the right and the lower edge,
/// where the last samples are repeated.
///
/// # Errors
/// As [`within`].
pub fn area(plane: &Plane, covered: (f64, f64), size: (u32, u32)) -> Result<Plane, Unusable> {
    let whole = covered == (f64::from(plane.width), f64::from(plane.height));
    if whole && size == (plane.width, plane.height) {
        return Ok(plane.clone());
    }
    let (across, down) = (covered.0.ceil() as u32, covered.1.ceil() as u32);
    let wider;
    let source = if across > plane.width || down > plane.height {
        wider = widened(plane, across.max(plane.width), down.max(plane.height));
        &wider
    } else {
        plane
    };
    let options = if whole {
        lanczos()
    } else {
        lanczos().crop(0.0, 0.0, covered.0, covered.1)
    };
    let mut small = Plane::filled(size.0, size.1, 0);
    let from = (source.width, source.height);
    resample::<U8>(&source.samples, from, &mut small.samples, size, &options)?;
    Ok(small)
}

/// The plane with its last column and row repeated.
fn widened(plane: &Plane, width: u32, height: u32) -> Plane {
    let (row, wider) = (plane.width as usize, width as usize);
    let mut samples = Vec::with_capacity(wider * height as usize);
    for line in plane.samples.chunks_exact(row) {
        samples.extend_from_slice(line);
        samples.resize(samples.len() + wider - row, line[row - 1]);
    }
    for _ in plane.height..height {
        samples.extend_from_within(samples.len() - wider..);
    }
    Plane {
        width,
        height,
        samples,
    }
}

/// How far the Lanczos filter reaches, in rows or columns of the coarser of both pictures.
const FILTER_REACH: f64 = 3.0;

fn lanczos() -> ResizeOptions {
    ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(false)
}

/// The typed interface keeps the code for the other pixel types out of the WASM module.
fn resample<P: PixelTrait>(
    source: &[u8],
    (from_width, from_height): (u32, u32),
    target: &mut [u8],
    (width, height): (u32, u32),
    options: &ResizeOptions,
) -> Result<(), Unusable> {
    let source = TypedImageRef::<P>::from_buffer(from_width, from_height, source);
    let mut target =
        TypedImage::<P>::from_buffer(width, height, target).map_err(Unusable::damaged)?;
    Resizer::new()
        .resize_typed(&source.map_err(Unusable::damaged)?, &mut target, options)
        .map_err(Unusable::damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_side_is_the_limit_and_nothing_grows() {
        assert_eq!(size_within(4032, 3024, 1920), (1920, 1440));
        assert_eq!(size_within(3024, 4032, 1920), (1440, 1920));
        assert_eq!(size_within(1920, 1080, 1920), (1920, 1080));
        assert_eq!(size_within(1921, 1080, 1920), (1920, 1079));
        assert_eq!(size_within(640, 480, 1920), (640, 480));
        assert_eq!(size_within(60_000, 2, 1920), (1920, 1));
    }

    #[test]
    fn rows_that_arrive_piecemeal_become_what_they_become_at_once() {
        let (width, height) = (7, 301);
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        let samples: Vec<u8> = (0..width * height).map(noise).collect();
        for (target, above) in [(143, 0.0), (143, 0.25), (301, 0.0), (602, 0.25), (3, 0.0)] {
            let resized = |rows: usize| {
                let mut channel = Rows::new(width, height, target, above);
                for piece in samples.chunks(rows * width as usize) {
                    channel.take(std::iter::once(piece)).unwrap();
                }
                channel.columns(4, 0.0).unwrap().samples
            };
            let whole = resized(height as usize);
            for rows in [1, 16, 64, 300] {
                let parts = resized(rows);
                let widest = parts.iter().zip(&whole).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(
                    widest <= Some(1),
                    "{target} rows of {rows} at a time: {widest:?}"
                );
            }
        }
        let mut cut = Rows::new(width, height, 143, 0.0);
        cut.take(samples.chunks(width as usize).take(300)).unwrap();
        assert_eq!(cut.columns(4, 0.0).unwrap_err(), Unusable::Truncated);
    }

    #[test]
    fn an_even_colour_stays_what_it_is() {
        let raster = Raster {
            width: 90,
            height: 70,
            rgba: [200, 150, 120, 255].repeat(90 * 70),
        };
        let small = within(raster, 33).unwrap();
        assert_eq!((small.width, small.height), (33, 26));
        assert!(
            small
                .pixels()
                .iter()
                .all(|pixel| *pixel == [200, 150, 120, 255])
        );
    }
}
