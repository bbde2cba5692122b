//! From decoded pixels to the finished JPEG: the same for every format and every decoder.

use super::coded::Coded;
use super::colour::Profile;
use super::exif::Orientation;
use super::fit::Fitted;
use super::raster::Raster;
use super::{Format, Limits, Prepared, Unusable, colour, encode, fine, fit, orient, resize};
use crate::picture::{Crop, Edit};

/// A picture as it lies in its file, and what it still needs.
pub struct Decoded {
    /// The pixels, in the order and the colour space of the file. A decoder may have made them smaller, though not smaller
    /// than the output.
    pub raster: Raster,
    /// Width and height by the file.
    pub full: (u32, u32),
    /// How they must be turned.
    pub orientation: Orientation,
    /// Whether some of them may not be opaque.
    pub transparent: bool,
    /// What their colours mean; `None` is sRGB.
    pub profile: Option<Profile>,
}

impl Decoded {
    /// Takes the part that a person wants, puts white behind what is transparent, makes the picture small, upright and sRGB,
    /// and encodes it.
    ///
    /// # Errors
    /// [`Unusable`] for colours that cannot become sRGB, a limit too small for any JPEG, or a crop that does not lie in the
    /// picture or meets a raster that was made smaller ([`Limits::for_decoding`]).
    pub fn finish(
        mut self,
        source: Format,
        edit: Edit,
        limits: &Limits,
    ) -> Result<Prepared, Unusable> {
        let orientation = self.orientation.turned(edit.turns());
        let (full_width, full_height) = self.full;
        let (source_width, source_height) = orientation.upright_size(full_width, full_height);
        if let Some(crop) = edit.crop() {
            self.crop(crop, orientation)?;
        }
        if self.transparent {
            self.raster.flatten_on_white();
        }
        let (full_width, full_height) = self.full;
        let mut size = resize::size_within(full_width, full_height, limits.long_side);
        let mut to_turn = orientation;
        if orientation.begins_oddly(size.0, size.1) {
            let small = resize::to_size(self.raster, size.0, size.1)?;
            self.raster = orient::upright(small, orientation);
            size = orientation.upright_size(size.0, size.1);
            to_turn = Orientation::UPRIGHT;
        }
        let encoded = self.encoded(size, to_turn, limits)?;
        Ok(prepared(encoded, source, (source_width, source_height)))
    }

    /// Leaves only the pixels of the crop, which is told in the upright picture.
    fn crop(&mut self, crop: Crop, orientation: Orientation) -> Result<(), Unusable> {
        let (width, height) = (self.raster.width, self.raster.height);
        let area = crop.area();
        if self.full != (width, height) || !area.fits(orientation.upright_size(width, height)) {
            return Err(Unusable::damaged("a crop that does not lie in the picture"));
        }
        self.raster = self
            .raster
            .part(orientation.stored_area(area, (width, height)));
        self.full = (self.raster.width, self.raster.height);
        Ok(())
    }

    /// The picture in this size and in sRGB, encoded, and its thumbnail. Its colour is halved unless that would show, and
    /// there is room for all of it.
    fn encoded(
        mut self,
        (width, height): (u32, u32),
        to_turn: Orientation,
        limits: &Limits,
    ) -> Result<Encoded, Unusable> {
        if let Some(profile) = &self.profile {
            // Colours are converted where there are fewer of them, unless that is nearly the same: then it is cheaper to
            // make the coded picture small.
            if self.raster.pixels().len() > 2 * width as usize * height as usize {
                self.raster = resize::to_size(self.raster, width, height)?;
            }
            colour::to_srgb(&mut self.raster, profile)?;
        }
        if fine::is_lost_halved(&self.raster, width) {
            let whole = Coded::whole(&self.raster).to_size(width, height)?;
            if let Some(fitted) = fit::at_best(&whole, to_turn, limits) {
                return Ok((fitted, thumbnail(&whole, to_turn, limits)?));
            }
        }
        let coded = Coded::of(&self.raster);
        drop(self.raster);
        halved(coded.to_size(width, height)?, to_turn, limits)
    }
}

/// A picture that was coded and made small already, in shares.
pub struct Small {
    /// In the size of the output, and sRGB.
    pub coded: Coded,
    /// Width and height by the file.
    pub full: (u32, u32),
    /// How it must be turned: as a picture of this size may be while it is encoded.
    pub orientation: Orientation,
}

impl Small {
    /// Encodes the picture, turned by a person's turns too, and a thumbnail.
    ///
    /// # Errors
    /// [`Unusable`] for a limit too small for any JPEG, or a crop: a small picture has not the pixels for one.
    pub fn finish(self, source: Format, edit: Edit, limits: &Limits) -> Result<Prepared, Unusable> {
        if edit.crop().is_some() {
            return Err(Unusable::damaged(
                "a crop of a picture that is small already",
            ));
        }
        let to_turn = self.orientation.turned(edit.turns());
        let encoded = halved(self.coded, to_turn, limits)?;
        let size = to_turn.upright_size(self.full.0, self.full.1);
        Ok(prepared(encoded, source, size))
    }
}

/// A JPEG, and its thumbnail if there is to be one.
type Encoded = (Fitted, Option<Vec<u8>>);

fn halved(coded: Coded, to_turn: Orientation, limits: &Limits) -> Result<Encoded, Unusable> {
    let thumbnail = thumbnail(&coded, to_turn, limits)?;
    Ok((fit::fit(coded, to_turn, limits)?, thumbnail))
}

fn prepared(
    (fitted, thumbnail): Encoded,
    source: Format,
    (source_width, source_height): (u32, u32),
) -> Prepared {
    Prepared {
        jpeg: fitted.jpeg,
        width: fitted.width,
        height: fitted.height,
        quality: fitted.quality,
        source,
        source_width,
        source_height,
        thumbnail,
    }
}

/// Shown a finger's breadth wide: a few kilobytes.
const THUMBNAIL_QUALITY: u8 = 75;

/// The small copy of a picture, if there is to be one.
fn thumbnail(
    picture: &Coded,
    to_turn: Orientation,
    limits: &Limits,
) -> Result<Option<Vec<u8>>, Unusable> {
    let Some(long_side) = limits.thumbnail_side else {
        return Ok(None);
    };
    let from = (picture.luma.width, picture.luma.height);
    let mut size = resize::size_within(from.0, from.1, long_side);
    if size != from {
        // Even sides may be turned while they are encoded.
        size = (size.0.next_multiple_of(2), size.1.next_multiple_of(2));
    }
    let small = picture.copy_of_size(size.0, size.1)?;
    Ok(Some(encode::upright(&small, to_turn, THUMBNAIL_QUALITY)))
}

#[cfg(test)]
mod tests {
    use super::super::raster::Order;
    use super::*;

    /// No two corners alike, and no two columns.
    fn raster(width: u32, height: u32) -> Raster {
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            [
                (x * 255 / width) as u8,
                (y * 255 / height) as u8,
                (x * 89 % 64) as u8,
                255,
            ]
        };
        Raster {
            width,
            height,
            rgba: (0..width * height).flat_map(pixel).collect(),
            order: Order::RedFirst,
        }
    }

    #[test]
    fn a_thumbnail_is_the_picture_turned_as_it_is_and_small() {
        let limits = Limits {
            thumbnail_side: Some(32),
            ..Limits::default()
        };
        for (width, height, small) in [(90, 45, (32, 16)), (31, 9, (31, 9)), (400, 1, (32, 2))] {
            for code in [1, 6] {
                let orientation = Orientation::from_code(code).unwrap();
                let decoded = Decoded {
                    raster: raster(width, height),
                    full: (width, height),
                    orientation,
                    transparent: false,
                    profile: None,
                };
                let prepared = decoded
                    .finish(Format::Png, Edit::default(), &limits)
                    .unwrap();
                let frame = |jpeg: &[u8]| {
                    let at = jpeg
                        .windows(2)
                        .position(|pair| pair == [0xFF, 0xC0])
                        .unwrap();
                    let side = |at: usize| u32::from(u16::from_be_bytes([jpeg[at], jpeg[at + 1]]));
                    (side(at + 7), side(at + 5))
                };
                let thumbnail = prepared.thumbnail.unwrap();
                let upright = orientation.upright_size(small.0, small.1);
                assert_eq!(frame(&thumbnail), upright, "{width}×{height}");
                assert!(thumbnail.len() <= prepared.jpeg.len());
            }
        }
    }

    #[test]
    fn turning_while_encoding_is_turning_before() {
        for (width, height) in [(34, 18), (33, 17), (34, 17), (40, 1)] {
            for code in 1..=8 {
                let orientation = Orientation::from_code(code).unwrap();
                let prepared = |raster: Raster, orientation| {
                    let decoded = Decoded {
                        full: (raster.width, raster.height),
                        raster,
                        orientation,
                        transparent: false,
                        profile: None,
                    };
                    let limits = Limits::default();
                    decoded
                        .finish(Format::Png, Edit::default(), &limits)
                        .unwrap()
                };
                let stored = raster(width, height);
                let turned = orient::upright(stored.clone(), orientation);
                let before = prepared(turned, Orientation::UPRIGHT);
                let during = prepared(stored, orientation);
                assert!(
                    before.jpeg == during.jpeg,
                    "{width}×{height}, orientation {code}"
                );
            }
        }
    }
}
