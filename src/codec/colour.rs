//! Colour to sRGB: wide-gamut pictures are converted, not merely relabelled.
//!
//! Phones say what their numbers mean by an ICC profile (iPhones: Display P3) or by code points (`nclx` in HEIC, `cICP`
//! in PNG). A picture that says nothing is sRGB, and so is one whose profile cannot be followed. Profiles built from tables
//! instead of a matrix (printers, some scanners) are followed with the feature `codec`.

use super::conversion::{Conversion, FRACTION, Matrix, STEPS, encoded, linear};
use super::raster::{Order, Raster};
use super::{Unusable, icc};
use wide::i32x4;

/// What a file says about its colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// The bytes of an ICC profile of red, green and blue.
    Icc(Vec<u8>),
    /// The bytes of an ICC profile of grey, which the picture has in all three channels.
    Grey(Vec<u8>),
    /// The bytes of an ICC profile of cyan, magenta, yellow and black, which the picture has in its four channels, 0 without
    /// ink. It is one that `icc::table` follows.
    #[cfg(feature = "codec")]
    Inks(Vec<u8>),
    /// Code points of ITU-T H.273.
    CodePoints {
        /// Colour primaries: 1 BT.709 (as sRGB), 9 BT.2020, 12 Display P3.
        primaries: u16,
        /// Transfer characteristics: 13 sRGB, 16 PQ, 18 HLG.
        transfer: u16,
    },
}

impl Profile {
    /// Refuses what cannot become sRGB without a decision about tones: PQ and HLG pictures, whose white lies elsewhere.
    ///
    /// # Errors
    /// [`Unusable::Unsupported`].
    pub fn admit(&self) -> Result<(), Unusable> {
        match self {
            Self::CodePoints {
                transfer: 16 | 18, ..
            } => Err(Unusable::unsupported("HDR colour")),
            _ => Ok(()),
        }
    }

    /// Whether [`to_srgb`] follows it without tables: all but ICC profiles that lack curves or a matrix.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self {
            Self::Icc(bytes) => icc::conversion(bytes).is_some(),
            _ => true,
        }
    }

    /// The conversion to sRGB by curves and a matrix, where the profile has them or its code points name them.
    fn conversion(&self) -> Option<Conversion> {
        let matrix = match self {
            Self::Icc(bytes) => return icc::conversion(bytes),
            Self::CodePoints { primaries: 12, .. } => DISPLAY_P3,
            Self::CodePoints { primaries: 9, .. } => BT_2020,
            Self::Grey(bytes) => return icc::grey(bytes),
            _ => return None,
        };
        let curve = std::array::from_fn(|value| linear(value as f32 / 255.0));
        Some(Conversion {
            curves: [curve; 3],
            matrix,
        })
    }

    /// The tables to follow, where there are no curves and matrix.
    #[cfg(feature = "codec")]
    fn table(&self) -> Option<icc::table::Table> {
        match self {
            Self::Icc(bytes) => icc::table::Table::of_rgb(bytes),
            Self::Inks(bytes) => icc::table::Table::of_inks(bytes),
            _ => None,
        }
    }
}

const DISPLAY_P3: Matrix = [
    [1.224_940_2, -0.224_940_2, 0.0],
    [-0.042_057, 1.042_057, 0.0],
    [-0.019_637_6, -0.078_636_1, 1.098_273_6],
];
const BT_2020: Matrix = [
    [1.660_491, -0.587_641_1, -0.072_849_9],
    [-0.124_550_5, 1.132_899_9, -0.008_349_4],
    [-0.018_150_8, -0.100_578_9, 1.118_729_7],
];

/// A way to sRGB, made once for all pixels of a picture.
pub struct ToSrgb(Way);

enum Way {
    /// They are sRGB already, or count as such.
    Same,
    Matrix {
        /// What each value of red, green and blue adds (see [`Conversion::shares`]).
        shares: [Vec<[i32; 4]>; 3],
        back: Box<[u8; STEPS]>,
    },
    #[cfg(feature = "codec")]
    Table(icc::table::Table),
}

impl ToSrgb {
    /// The way from what a file says about its colours.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let Some(conversion) = profile.conversion() else {
            #[cfg(feature = "codec")]
            if let Some(table) = profile.table() {
                return Self(Way::Table(table));
            }
            return Self(Way::Same);
        };
        if conversion.changes_nothing() {
            return Self(Way::Same);
        }
        let value = |step| (encoded(step as f32 / (STEPS - 1) as f32) * 255.0 + 0.5) as u8;
        Self(Way::Matrix {
            shares: conversion.shares(),
            back: Box::new(std::array::from_fn(value)),
        })
    }

    /// Converts pixels in this order of colours in place, and says in which order they are then.
    pub fn convert(&self, pixels: &mut [[u8; 4]], order: Order) -> Order {
        let ([red, green, blue], back) = match &self.0 {
            Way::Same => return order,
            #[cfg(feature = "codec")]
            Way::Table(table) => {
                super::raster::put_red_first(pixels, order);
                table.follow(pixels);
                return Order::RedFirst;
            }
            Way::Matrix { shares, back } => (shares, back),
        };
        let (first, third) = match order {
            Order::RedFirst => (red, blue),
            Order::BlueFirst => (blue, red),
        };
        let last = i32x4::splat(STEPS as i32 - 1);
        for pixel in pixels {
            let [a, b, c] = [pixel[0], pixel[1], pixel[2]].map(usize::from);
            let steps = i32x4::new(first[a]) + i32x4::new(green[b]) + i32x4::new(third[c]);
            // Colours outside sRGB go to its edge.
            let steps = (steps >> FRACTION).max(i32x4::ZERO).min(last);
            let steps = steps.to_array().map(|step| step as usize % STEPS);
            *pixel = [back[steps[0]], back[steps[1]], back[steps[2]], 255];
        }
        Order::RedFirst
    }
}

/// Converts the pixels to sRGB in place. Their order may change with it.
///
/// # Errors
/// As [`Profile::admit`].
pub fn to_srgb(raster: &mut Raster, profile: &Profile) -> Result<(), Unusable> {
    profile.admit()?;
    let order = raster.order;
    raster.order = ToSrgb::of(profile).convert(raster.pixels_mut(), order);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const P3: Profile = Profile::CodePoints {
        primaries: 12,
        transfer: 13,
    };

    fn converted(profile: &Profile, rgb: [u8; 3]) -> [u8; 3] {
        let mut raster = Raster {
            width: 1,
            height: 1,
            rgba: vec![rgb[0], rgb[1], rgb[2], 255],
            order: Order::RedFirst,
        };
        let mut other = Raster {
            rgba: vec![rgb[2], rgb[1], rgb[0], 255],
            order: Order::BlueFirst,
            ..raster.clone()
        };
        to_srgb(&mut raster, profile).unwrap();
        to_srgb(&mut other, profile).unwrap();
        other.put_red_first();
        assert_eq!(other, raster);
        [raster.rgba[0], raster.rgba[1], raster.rgba[2]]
    }

    #[test]
    fn display_p3_becomes_the_published_srgb_values() {
        // From CSS Color 4: color(display-p3 …) within the sRGB gamut.
        assert_eq!(converted(&P3, [255, 255, 255]), [255, 255, 255]);
        assert_eq!(converted(&P3, [0, 0, 0]), [0, 0, 0]);
        let skin = converted(&P3, [200, 150, 120]);
        assert!(
            skin[0] > 205 && skin[2] < 118,
            "more saturated in sRGB numbers: {skin:?}"
        );
        assert_eq!(
            converted(&P3, [255, 0, 0]),
            [255, 0, 0],
            "outside sRGB goes to its edge"
        );
    }

    #[test]
    fn greys_stay_greys() {
        for grey in 0..=255 {
            assert_eq!(converted(&P3, [grey; 3]), [grey; 3]);
        }
    }

    #[test]
    fn srgb_by_any_name_is_left_alone_and_hdr_is_refused() {
        let srgb = Profile::CodePoints {
            primaries: 1,
            transfer: 13,
        };
        assert_eq!(converted(&srgb, [12, 200, 3]), [12, 200, 3]);
        for transfer in [16, 18] {
            let hdr = Profile::CodePoints {
                primaries: 9,
                transfer,
            };
            assert!(matches!(hdr.admit(), Err(Unusable::Unsupported { .. })));
        }
    }
}
