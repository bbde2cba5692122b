//! A channel that becomes small while its rows arrive.

use super::super::Unusable;
use super::super::planes::Plane;
use super::{FILTER_REACH, lanczos, resample};
use fast_image_resize::pixels::U8;
use std::ops::Range;

/// One channel on its way to fewer rows, or more: made while its rows arrive, so that there is never a whole plane of
/// full size.
pub struct Rows {
    width: u32,
    height: u32,
    /// Rows of the source for one of the target.
    scale: f64,
    /// How many rows of the source the target stands for; those beyond the height are the last one once more.
    covered: f64,
    /// How far the samples lie above the middle of the area they stand for, in samples: 0 or a fraction.
    above: f64,
    /// The row of the target behind the last to be made.
    end: u32,
    /// Rows that have arrived and are still needed, the first of them being row `first`.
    waiting: Plane,
    first: u32,
    /// Rows of the target that have not been fetched; the last of them is row `made`, counted from one.
    done: Plane,
    made: u32,
}

impl Rows {
    /// A channel of `width` by `height` samples that is to have `target` rows.
    #[must_use]
    pub fn new(width: u32, height: u32, target: u32, above: f64) -> Self {
        let covered = f64::from(height);
        Self {
            above,
            ..Self::share((width, height), covered, target, 0..target)
        }
    }

    /// Some rows of the `target` ones that stand for so many of a channel's rows. What arrives begins at row [`Self::first`].
    #[must_use]
    pub fn share((width, height): (u32, u32), covered: f64, target: u32, rows: Range<u32>) -> Self {
        let empty = || Plane::filled(width, 0, 0);
        let mut share = Self {
            width,
            height,
            scale: covered / f64::from(target),
            covered,
            above: 0.0,
            end: rows.end,
            waiting: empty(),
            first: 0,
            done: empty(),
            made: rows.start,
        };
        share.first = share.needed();
        share
    }

    /// The first row of the source that is, or was, still needed.
    #[must_use]
    pub const fn first(&self) -> u32 {
        self.first
    }

    /// The row of the source behind the last that is needed.
    #[must_use]
    pub fn last(&self) -> u32 {
        let middle = self.above + (f64::from(self.end) - 0.5) * self.scale;
        ((middle + self.reach()).ceil() as u32 + 1).min(self.height)
    }

    /// Begins at an earlier row than it needs to.
    #[must_use]
    pub fn beginning(mut self, first: u32) -> Self {
        self.first = self.first.min(first);
        self
    }

    /// Takes the next rows, in pieces from left to right, and filters those that have all their neighbours. Rows beyond
    /// the height are left out.
    ///
    /// # Errors
    /// [`Unusable::Damaged`] when the pieces are not whole rows.
    pub fn take<'a>(&mut self, pieces: impl Iterator<Item = &'a [u8]>) -> Result<(), Unusable> {
        if self.made == self.end {
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
            let beyond = (self.above + self.covered).ceil() as u32;
            for _ in self.height..if rest > 0 { beyond } else { 0 } {
                self.waiting.samples.extend_from_within(rest - width..rest);
                self.waiting.height += 1;
            }
        }
        let ready = if whole {
            self.end
        } else {
            self.ready().min(self.end)
        };
        if ready > self.made {
            self.filter(ready)?;
        }
        Ok(())
    }

    /// How far the filter reaches from the middle of a row, in rows of the source.
    fn reach(&self) -> f64 {
        FILTER_REACH * self.scale.max(1.0)
    }

    /// The first row of the source that the next one of the target needs.
    fn needed(&self) -> u32 {
        let first = self.above + (f64::from(self.made) + 0.5) * self.scale - self.reach() - 1.0;
        first.max(0.0) as u32
    }

    /// How many rows of the target can be made of what has arrived.
    fn ready(&self) -> u32 {
        let end = f64::from(self.first + self.waiting.height);
        let row = (end - 1.0 - self.reach() - self.above) / self.scale - 0.5;
        (row.floor().max(-1.0) + 1.0) as u32
    }

    /// Makes the rows up to `ready`, and forgets what no later row needs.
    fn filter(&mut self, ready: u32) -> Result<(), Unusable> {
        let rows = ready - self.made;
        let top = self.above + f64::from(self.made) * self.scale - f64::from(self.first);
        let span = (f64::from(rows) * self.scale).min(f64::from(self.waiting.height) - top);
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
        self.done.height += rows;
        self.made = ready;
        let spent = self
            .needed()
            .saturating_sub(self.first)
            .min(self.waiting.height);
        self.waiting
            .samples
            .drain(..spent as usize * self.width as usize);
        self.waiting.height -= spent;
        self.first += spent;
        Ok(())
    }

    /// How many rows can be fetched.
    #[must_use]
    pub const fn done(&self) -> u32 {
        self.done.height
    }

    /// All that have not been fetched, the last one among them.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when it is not done yet.
    pub fn rest(&mut self) -> Result<Plane, Unusable> {
        if self.made < self.end {
            return Err(Unusable::Truncated);
        }
        self.fetch(self.done.height)
    }

    /// The next `rows` of those that are done.
    ///
    /// # Errors
    /// [`Unusable::Truncated`] when there are not so many.
    pub fn fetch(&mut self, rows: u32) -> Result<Plane, Unusable> {
        if rows > self.done.height {
            return Err(Unusable::Truncated);
        }
        let later = rows as usize * self.width as usize;
        let later = self.done.samples.split_off(later);
        self.done.height -= rows;
        Ok(Plane {
            width: self.width,
            height: rows,
            samples: std::mem::replace(&mut self.done.samples, later),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_arrive_piecemeal_become_what_they_become_at_once() {
        let (width, height) = (7, 301);
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        let samples: Vec<u8> = (0..width * height).map(noise).collect();
        for (target, above) in [(143, 0.0), (143, 0.25), (301, 0.0), (602, 0.25), (3, 0.0)] {
            let resized = |rows: usize| {
                let mut channel = Rows::new(width, height, target, above);
                let mut small = Vec::new();
                for piece in samples.chunks(rows * width as usize) {
                    channel.take(std::iter::once(piece)).unwrap();
                    // All but one, as another channel may be behind.
                    let done = channel.done().saturating_sub(1);
                    small.extend(channel.fetch(done).unwrap().samples);
                }
                small.extend(channel.fetch(1).unwrap().samples);
                assert_eq!(small.len(), (width * target) as usize);
                small
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
        assert!(cut.done() < 143);
        assert_eq!(cut.fetch(143).unwrap_err(), Unusable::Truncated);
    }
}
