//! Making the picture small enough, with a Lanczos filter. Never larger.

use super::Unusable;
use super::raster::Raster;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

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
    if (width, height) == (raster.width, raster.height) {
        return Ok(raster);
    }
    let mut small = Raster::black(width, height);
    // The typed interface keeps the code for the other pixel types out of the WASM module.
    let source = TypedImageRef::<U8x4>::from_buffer(raster.width, raster.height, &raster.rgba)
        .map_err(Unusable::damaged)?;
    let mut target = TypedImage::<U8x4>::from_buffer(width, height, &mut small.rgba)
        .map_err(Unusable::damaged)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(false);
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .map_err(Unusable::damaged)?;
    Ok(small)
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
