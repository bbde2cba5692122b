//! The best quality that is small enough.
//!
//! The length of a JPEG grows with quality in a smooth way, so the search jumps to where the limit should be instead of
//! halving: most pictures need one encoding, the rest three or four. The limit is never exceeded, and the picture is made
//! smaller only when the least quality is still too long.

use super::coded::Coded;
use super::exif::Orientation;
use super::{Limits, Unusable, encode, resize};

/// A JPEG within the limits.
#[derive(Debug)]
pub struct Fitted {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its quality, 1 to 100.
    pub quality: u8,
}

impl Fitted {
    fn of(picture: &Coded, orientation: Orientation, (quality, jpeg): (u8, Vec<u8>)) -> Self {
        let (width, height) = orientation.upright_size(picture.luma.width, picture.luma.height);
        Self {
            jpeg,
            width,
            height,
            quality,
        }
    }
}

/// Aim a little below the limit: a miss above it costs another encoding.
const AIM: f64 = 0.985;
/// How the length shrinks with the coarseness of quantisation, where no two lengths are known yet.
const USUAL_SLOPE: f64 = 0.7;

/// Encodes the picture, turned upright, at the best quality; nothing when that is too long.
#[must_use]
pub fn at_best(picture: &Coded, orientation: Orientation, limits: &Limits) -> Option<Fitted> {
    let quality = limits.best_quality.clamp(1, 100);
    let jpeg = encode::upright(picture, orientation, quality);
    let fits = jpeg.len() <= limits.output_bytes;
    fits.then(|| Fitted::of(picture, orientation, (quality, jpeg)))
}

/// Encodes the picture, turned upright, at the highest quality that fits.
///
/// # Errors
/// [`Unusable::Unsupported`] when `limits.output_bytes` is too short for any JPEG; never with the default limits.
pub fn fit(
    mut picture: Coded,
    orientation: Orientation,
    limits: &Limits,
) -> Result<Fitted, Unusable> {
    loop {
        let (width, height) = (picture.luma.width, picture.luma.height);
        let length = match search(&picture, orientation, limits) {
            Ok(found) => return Ok(Fitted::of(&picture, orientation, found)),
            Err(length) => length,
        };
        let longest = width.max(height);
        let share = (limits.output_bytes as f64 / length as f64).sqrt() * 0.95;
        let next = ((f64::from(longest) * share) as u32).clamp(1, longest);
        if next == longest {
            return Err(Unusable::unsupported("an output limit this small"));
        }
        let (width, height) = resize::size_within(width, height, next);
        picture = picture.to_size(width, height)?;
    }
}

/// The highest quality that fits, with its file; or the length at the least quality.
fn search(
    picture: &Coded,
    orientation: Orientation,
    limits: &Limits,
) -> Result<(u8, Vec<u8>), usize> {
    let best = limits.best_quality.clamp(1, 100);
    let least = limits.least_quality.clamp(1, best);
    let first = encode::upright(picture, orientation, best);
    if first.len() <= limits.output_bytes {
        return Ok((best, first));
    }
    // `too_good` is the lowest quality known to be too long; `fits` the highest known to be short enough.
    let mut too_good = (best, first.len());
    let mut fits: Option<(u8, Vec<u8>)> = None;
    loop {
        let floor = fits.as_ref().map_or(least, |(quality, _)| quality + 1);
        if floor >= too_good.0 {
            return fits.ok_or(too_good.1);
        }
        let guess =
            guess(too_good, fits.as_ref(), limits.output_bytes).clamp(floor, too_good.0 - 1);
        let jpeg = encode::upright(picture, orientation, guess);
        if jpeg.len() <= limits.output_bytes {
            fits = Some((guess, jpeg));
        } else {
            too_good = (guess, jpeg.len());
        }
    }
}

/// The quality at which the length should meet the limit.
fn guess(too_good: (u8, usize), fits: Option<&(u8, Vec<u8>)>, limit: usize) -> u8 {
    let coarse = coarseness(too_good.0);
    let over = (too_good.1 as f64 / limit as f64).ln();
    let slope = fits.map_or(USUAL_SLOPE, |(quality, jpeg)| {
        let lengths = (too_good.1 as f64 / jpeg.len() as f64).ln();
        (lengths / (coarseness(*quality) / coarse).ln()).clamp(0.2, 2.0)
    });
    let wanted = coarse * ((over - AIM.ln()) / slope).exp();
    let quality = if wanted <= 100.0 {
        (200.0 - wanted) / 2.0
    } else {
        5000.0 / wanted
    };
    quality as u8
}

/// The factor on the quantisation tables, in per cent.
fn coarseness(quality: u8) -> f64 {
    f64::from(encode::table_percent(quality)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::raster::{Order, Raster};
    use super::*;

    fn noise(width: u32, height: u32) -> Coded {
        let mut seed = 7_u32;
        let rgba = (0..width * height)
            .flat_map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let [a, b, c, _] = (seed >> 4).to_le_bytes();
                [a, b, c, 255]
            })
            .collect();
        Coded::of(&Raster {
            width,
            height,
            rgba,
            order: Order::RedFirst,
        })
    }

    #[test]
    fn the_next_better_quality_would_be_too_long() {
        for output_bytes in [20_000, 24_000, 30_000, 45_000] {
            let limits = Limits {
                output_bytes,
                ..Limits::default()
            };
            let picture = noise(256, 192);
            let fitted = fit(picture.clone(), Orientation::UPRIGHT, &limits).unwrap();
            assert!(fitted.jpeg.len() <= output_bytes);
            assert_eq!((fitted.width, fitted.height), (256, 192));
            let better = encode::upright(&picture, Orientation::UPRIGHT, fitted.quality + 1);
            assert!(better.len() > output_bytes || fitted.quality == limits.best_quality);
        }
    }

    #[test]
    fn only_below_the_least_quality_does_the_picture_shrink() {
        let limits = Limits {
            output_bytes: 6_000,
            ..Limits::default()
        };
        let fitted = fit(noise(256, 192), Orientation::UPRIGHT, &limits).unwrap();
        assert!(fitted.jpeg.len() <= 6_000 && fitted.width < 256);
        let none = Limits {
            output_bytes: 300,
            ..Limits::default()
        };
        assert!(fit(noise(64, 64), Orientation::UPRIGHT, &none).is_err());
    }
}
