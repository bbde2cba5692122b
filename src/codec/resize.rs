//! Making the picture small enough, with a Lanczos filter. Never larger.
//!
//! On the coded values, not in linear light. Measured in WASM on a photo of 12 megapixels, of which the browser gives 2016
//! by 1512 (each the least of 13, in one process): to code it and make its planes small takes 32 ms; to make red, green and
//! blue small in linear light of 16 bits, and to code that, 177. The tables into linear light and back take 12 alone, a
//! tenth of what the whole photo takes, without any filter between them. It would bring little after a decoder that has
//! already halved the coded values: the mean difference from a reference in linear light stays 0.42 ΔE00, the hundredth part
//! that differs most does so by 1.8 instead of 2.2, and SSIM is 0.992 instead of 0.991. It would bring more for a WebP,
//! which browsers decode whole (0.07 instead of 0.44), and cost four times as much there. The planes of a HEIC picture have
//! no linear light before they are red, green and blue.
//!
//! A filter of our own on planes, with `wide`, was tried and was not clearly faster.

mod columns;
mod rows;

pub use columns::Columns;
pub use rows::Rows;

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
    small.order = raster.order;
    let from = (raster.width, raster.height);
    let into = (width, height);
    let options = lanczos();
    resample::<U8x4>(&raster.rgba, from, &mut small.rgba, into, &options)?;
    Ok(small)
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
    use super::super::raster::Order;
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
    fn an_even_colour_stays_what_it_is() {
        let raster = Raster {
            width: 90,
            height: 70,
            rgba: [200, 150, 120, 255].repeat(90 * 70),
            order: Order::BlueFirst,
        };
        let small = within(raster, 33).unwrap();
        assert_eq!((small.width, small.height), (33, 26));
        assert_eq!(small.order, Order::BlueFirst);
        assert!(
            small
                .pixels()
                .iter()
                .all(|pixel| *pixel == [200, 150, 120, 255])
        );
    }
}
