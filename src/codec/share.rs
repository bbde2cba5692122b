//! A picture that becomes small in shares: several workers take the same frame of the browser's decoder, each makes some rows of
//! the small picture, and the shares are put one below the other.
//!
//! A share is fed a few rows at a time, which stay in the cache while they are coded and filtered; no worker holds the
//! pixels of full size. What comes out does not depend on how many shares there were: each is given the rows above and below
//! that the filter reaches over.

use super::Unusable;
use super::coded::{self, Coded};
use super::fine::{self, Lines};
use super::planes::Plane;
use super::raster::{Order, Raster};
use super::resize::{self, Rows};
use std::ops::Range;

/// What all shares of a picture agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Width and height of the frame, in pixels.
    pub full: (u32, u32),
    /// Width and height of the small picture, in pixels.
    pub small: (u32, u32),
    /// How many shares there are.
    pub parts: u32,
    /// Whether some pixels of the frame may not be opaque: then white is put behind them.
    pub transparent: bool,
}

impl Cut {
    /// How many rows of halved colour the small picture has.
    const fn colour_rows(&self) -> u32 {
        self.small.1.div_ceil(2)
    }

    /// The row of halved colour with which a share begins.
    const fn border(&self, part: u32) -> u32 {
        (self.colour_rows() as u64 * part as u64 / self.parts as u64) as u32
    }

    /// The row of the frame that lies there.
    const fn border_in_frame(&self, part: u32) -> u32 {
        (self.full.1 as u64 * self.border(part) as u64 / self.colour_rows() as u64) as u32
    }
}

/// Rows that a share takes at a time: few enough for the cache, many beside those that two filterings share. Half and twice
/// as many were measured, and take as long.
const BAND: u32 = 32;

/// Some rows of a small picture, as they are made.
pub struct Share {
    cut: Cut,
    luma: Rows,
    blue: Rows,
    red: Rows,
    /// The rows of the frame that it needs; an even one first.
    rows: Range<u32>,
    /// Those which no other share looks at for fine colour.
    own: Range<u32>,
    lines: Lines,
    /// The next rows.
    band: Raster,
    ends_in_missing_grey: bool,
}

/// A share that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Rows of the small picture, their colour halved.
    pub coded: Coded,
    /// Pixels of thin lines in it (see [`fine`]).
    pub thin: u32,
    /// Whether the frame ends in this share, and does as [`Raster::ends_in_missing_grey`] says.
    pub ends_in_missing_grey: bool,
}

impl Share {
    /// The share that is number `part`, counted from zero, of a picture that has at least as many rows of halved colour as
    /// shares when it is small.
    #[must_use]
    pub fn new(cut: Cut, part: u32) -> Self {
        let (width, height) = cut.full;
        let colour = cut.border(part)..cut.border(part + 1);
        let light = colour.start * 2..(colour.end * 2).min(cut.small.1);
        let halved = (width.div_ceil(2), height.div_ceil(2));
        let covered = coded::covered(height, cut.small.1);
        let channel = || Rows::share(halved, covered, cut.colour_rows(), colour.clone());
        let (blue, red) = (channel(), channel());
        let luma = Rows::share(cut.full, f64::from(height), cut.small.1, light);
        let first = luma.first().min(blue.first() * 2) / 2;
        let last = luma.last().div_ceil(2).max(blue.last()) * 2;
        Self {
            cut,
            luma: luma.beginning(first * 2),
            blue: blue.beginning(first),
            red: red.beginning(first),
            rows: first * 2..last.min(height),
            own: cut.border_in_frame(part)..cut.border_in_frame(part + 1),
            lines: Lines::new(width, cut.small.0),
            band: Raster::black(width, 0),
            ends_in_missing_grey: false,
        }
    }

    /// The rows of the frame that are to be taken next; none when there are enough.
    #[must_use]
    pub const fn next(&self) -> Range<u32> {
        let Range { start, end } = self.rows;
        // The last rows are not left to themselves: they tell whether the frame is whole.
        start..if end - start < 2 * BAND {
            end
        } else {
            start + BAND
        }
    }

    /// Room for the pixels of those rows.
    pub fn room(&mut self, order: Order) -> &mut [u8] {
        let rows = self.next();
        self.band.height = rows.end - rows.start;
        self.band.order = order;
        let length = self.band.width as usize * self.band.height as usize * 4;
        self.band.rgba.resize(length, 0);
        &mut self.band.rgba
    }

    /// Takes the rows whose pixels have been written into the room.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when there was no room made for them.
    pub fn take(&mut self) -> Result<(), Unusable> {
        let rows = self.next();
        if self.cut.transparent {
            self.band.flatten_on_white();
        }
        let coded = Coded::of(&self.band);
        for (channel, plane) in [
            (&mut self.luma, coded.luma),
            (&mut self.blue, coded.blue),
            (&mut self.red, coded.red),
        ] {
            channel.take(std::iter::once(plane.samples.as_slice()))?;
        }
        let own = rows.start.max(self.own.start)..rows.end.min(self.own.end);
        if !own.is_empty() {
            let at = |row: u32| (row - rows.start) as usize * self.band.width as usize;
            let pixels = &self.band.pixels()[at(own.start)..at(own.end)];
            self.lines.look(own.start as usize, pixels);
        }
        let ends = rows.end == self.cut.full.1;
        self.ends_in_missing_grey = ends && self.band.ends_in_missing_grey();
        self.rows.start = rows.end;
        Ok(())
    }

    /// The share, once it has taken all its rows.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when rows are missing.
    pub fn finish(mut self) -> Result<Made, Unusable> {
        let ((full, _), (small, _)) = (self.cut.full, self.cut.small);
        self.band = Raster::black(full, 0);
        let narrow = |rows: &mut Rows, covered: f64, width: u32| {
            let plane = rows.rest()?;
            let size = (width, plane.height);
            resize::area(&plane, (covered, f64::from(size.1)), size)
        };
        let (covered, halved) = (coded::covered(full, small), small.div_ceil(2));
        Ok(Made {
            coded: Coded {
                luma: narrow(&mut self.luma, f64::from(full), small)?,
                blue: narrow(&mut self.blue, covered, halved)?,
                red: narrow(&mut self.red, covered, halved)?,
            },
            thin: self.lines.thin,
            ends_in_missing_grey: self.ends_in_missing_grey,
        })
    }
}

/// Puts shares together, from the top one on. `None` when the picture must be made in one piece: it has colour so fine that
/// it must not be halved, or ends as if coded data were missing.
#[must_use]
pub fn joined(shares: Vec<Made>) -> Option<Coded> {
    let suspect = shares.iter().any(|share| share.ends_in_missing_grey);
    if suspect || fine::are_lost(shares.iter().map(|share| share.thin).sum()) {
        return None;
    }
    let parts = shares.into_iter().map(|share| share.coded);
    parts.reduce(|mut above, below| {
        append(&mut above.luma, &below.luma);
        append(&mut above.blue, &below.blue);
        append(&mut above.red, &below.red);
        above
    })
}

fn append(above: &mut Plane, below: &Plane) {
    above.samples.extend_from_slice(&below.samples);
    above.height += below.height;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours that change slowly, and noise upon them.
    fn photo(width: u32, height: u32) -> Raster {
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            let noise = at.wrapping_mul(2_654_435_761) >> 29;
            let colour = |value: u32| (value * 200 / (width + height) + noise) as u8;
            // Some are transparent.
            let alpha = if (x / 7 + y / 5) % 9 == 0 {
                noise * 30
            } else {
                255
            };
            [colour(x + y), colour(x), colour(y), alpha as u8]
        };
        Raster {
            width,
            height,
            rgba: (0..width * height).flat_map(pixel).collect(),
            order: Order::BlueFirst,
        }
    }

    fn shares(picture: &Raster, small: (u32, u32), parts: u32) -> Vec<Made> {
        let full = (picture.width, picture.height);
        let cut = Cut {
            full,
            small,
            parts,
            transparent: true,
        };
        let made = |part| {
            let mut share = Share::new(cut, part);
            while !share.next().is_empty() {
                let at = |row: u32| row as usize * picture.width as usize * 4;
                let rows = share.next();
                let pixels = &picture.rgba[at(rows.start)..at(rows.end)];
                share.room(picture.order).copy_from_slice(pixels);
                share.take().unwrap();
            }
            share.finish().unwrap()
        };
        (0..parts).map(made).collect()
    }

    #[test]
    fn shares_are_together_what_the_picture_is_in_one_piece() {
        for (full, small) in [
            ((400, 300), (192, 144)),
            ((300, 400), (144, 192)),
            ((403, 301), (191, 143)),
            ((401, 300), (192, 143)),
            ((230, 301), (191, 250)),
            ((900, 700), (18, 14)),
        ] {
            let picture = photo(full.0, full.1);
            let mut flat = picture.clone();
            flat.flatten_on_white();
            let whole = Coded::of(&flat).to_size(small.0, small.1).unwrap();
            for parts in 1..=4 {
                let joined = joined(shares(&picture, small, parts)).unwrap();
                assert!(joined == whole, "{full:?} to {small:?} in {parts}");
            }
        }
    }

    #[test]
    fn shares_find_the_lines_that_the_whole_picture_has() {
        let mut picture = photo(640, 480);
        for (place, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            if (place % 640 + place / 640) % 90 < 2 {
                *pixel = [20, 20, 250, 255];
            }
        }
        picture.flatten_on_white();
        let thin = |parts| -> u32 {
            let shares = shares(&picture, (320, 240), parts);
            shares.iter().map(|share| share.thin).sum()
        };
        assert!(fine::is_lost_halved(&picture, 320));
        assert!(fine::are_lost(thin(1)));
        assert_eq!((thin(2), thin(3)), (thin(1), thin(1)));
        assert_eq!(joined(shares(&picture, (320, 240), 2)), None);
    }

    #[test]
    fn a_picture_that_ends_in_missing_grey_is_not_put_together() {
        let mut picture = photo(400, 300);
        let from = 200 * 400;
        picture.pixels_mut()[from..].fill([128, 128, 128, 255]);
        assert_eq!(joined(shares(&picture, (192, 144), 2)), None);
    }

    #[test]
    fn a_share_that_lacks_rows_is_none() {
        let cut = Cut {
            full: (400, 300),
            small: (192, 144),
            parts: 2,
            transparent: false,
        };
        let mut share = Share::new(cut, 1);
        share.room(Order::RedFirst);
        share.take().unwrap();
        assert_eq!(share.finish(), Err(Unusable::Truncated));
    }
}
