//! Making rows narrower: the same filter for every row, so its weights are made once.

use super::super::coded::halved;
use super::super::planes::Plane;
use super::FILTER_REACH;
use wide::{i16x8, i32x4};

/// A filter across a row: so many samples become so many others.
pub struct Columns {
    width: usize,
    target: usize,
    /// For each sample of the result, the first of the padded row that counts.
    starts: Vec<usize>,
    /// How many times eight samples count for each of the result.
    eights: usize,
    /// Their weights, which sum to [`ONE`]; from the first again when the last has been used.
    weights: Vec<i16x8>,
    /// One row, with its first sample repeated before it and its last behind it.
    padded: Vec<i16>,
    /// How often the first.
    margin: usize,
}

/// Bits behind the point of a weight.
const FRACTION: i32 = 14;
const ONE: i32 = 1 << FRACTION;
/// Samples that are made side by side.
const RUN: usize = 4;
const LANES: usize = 8;

impl Columns {
    /// From `width` samples to `target`. `before` is how far the samples lie to the left of the middle of the area they
    /// stand for, in samples.
    #[must_use]
    pub fn new(width: u32, target: u32, before: f64) -> Self {
        let scale = f64::from(width) / f64::from(target);
        let stretch = scale.max(1.0);
        let reach = FILTER_REACH * stretch;
        let margin = reach.ceil() as usize + 1;
        let eights = ((2.0 * reach) as usize + 1).div_ceil(LANES);
        let (width, target) = (width as usize, target as usize);
        // Where both sizes have a common divisor, the weights come again and again.
        let common = common_divisor(width, target);
        let different = target / common;
        let mut firsts = Vec::with_capacity(different);
        let mut weights = Vec::new();
        for place in 0..different {
            // The middle of the sample, in samples of the row, whose own middles are whole numbers.
            let middle = (place as f64 + 0.5) * scale - 0.5 + before;
            let first = (middle - reach).ceil();
            firsts.push((first + margin as f64) as usize);
            let tap = |tap: usize| lanczos((first + tap as f64 - middle) / stretch);
            let exact: Vec<f64> = (0..eights * LANES).map(tap).collect();
            let eight = |eight: &[i16; LANES]| i16x8::new(*eight);
            weights.extend(rounded(&exact).as_chunks().0.iter().map(eight));
        }
        let runs = different / common_divisor(different, RUN);
        let weights = weights.repeat(runs * RUN / different);
        let start = |place: usize| firsts[place % different] + place / different * (width / common);
        let starts: Vec<usize> = (0..target.next_multiple_of(RUN)).map(start).collect();
        let longest = starts.last().map_or(0, |last| last + eights * LANES);
        Self {
            width,
            target,
            starts,
            eights,
            weights,
            padded: vec![0; longest.max(margin + width)],
            margin,
        }
    }

    /// All rows of a plane, which must have the width that was named.
    #[must_use]
    pub fn narrowed(&mut self, plane: &Plane) -> Plane {
        let mut narrow = Plane::filled(self.target as u32, plane.height, 0);
        let rows = plane.samples.chunks_exact(self.width);
        for (row, out) in rows.zip(narrow.samples.chunks_exact_mut(self.target)) {
            self.row(row, out);
        }
        narrow
    }

    fn row(&mut self, row: &[u8], out: &mut [u8]) {
        let (head, rest) = self.padded.split_at_mut(self.margin);
        let (middle, tail) = rest.split_at_mut(self.width);
        head.fill(i16::from(row[0]));
        for (wide, &sample) in middle.iter_mut().zip(row) {
            *wide = i16::from(sample);
        }
        tail.fill(i16::from(row[self.width - 1]));
        // The usual lengths are compiled for themselves: without a loop they are twice as fast.
        match self.eights {
            1 => self.filter(1, out),
            2 => self.filter(2, out),
            eights => self.filter(eights, out),
        }
    }

    #[inline(always)]
    fn filter(&self, eights: usize, out: &mut [u8]) {
        let starts = self.starts.as_chunks::<RUN>().0;
        let weights = self.weights.chunks_exact(RUN * eights).cycle();
        for ((starts, weights), out) in starts.iter().zip(weights).zip(out.chunks_mut(RUN)) {
            let sum = |place: usize| {
                let weights = &weights[place * eights..][..eights];
                let samples = &self.padded[starts[place]..][..eights * LANES];
                let samples = samples.as_chunks::<LANES>().0;
                let mut sum = i32x4::ZERO;
                for eight in 0..eights {
                    sum += i16x8::new(samples[eight]).dot(weights[eight]);
                }
                sum
            };
            let sums = halved(halved(sum(0), sum(1)), halved(sum(2), sum(3)));
            let values = (sums + i32x4::splat(ONE / 2)) >> FRACTION;
            let values = values.max(i32x4::ZERO).min(i32x4::splat(255)).to_array();
            for (out, value) in out.iter_mut().zip(values) {
                *out = value as u8;
            }
        }
    }
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// The Lanczos filter of three lobes.
fn lanczos(x: f64) -> f64 {
    let sinc = |x: f64| {
        if x == 0.0 {
            1.0
        } else {
            let x = x * std::f64::consts::PI;
            x.sin() / x
        }
    };
    if x.abs() < FILTER_REACH {
        sinc(x) * sinc(x / FILTER_REACH)
    } else {
        0.0
    }
}

/// As whole numbers that sum to [`ONE`]: what rounding leaves goes to the largest.
fn rounded(exact: &[f64]) -> Vec<i16> {
    let sum: f64 = exact.iter().sum();
    let mut weights: Vec<i16> = exact
        .iter()
        .map(|weight| (weight / sum * f64::from(ONE)).round() as i16)
        .collect();
    let missing = ONE - weights.iter().map(|&weight| i32::from(weight)).sum::<i32>();
    if let Some(largest) = weights.iter_mut().max() {
        *largest += missing as i16;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_what_the_other_filter_makes_of_them() {
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        for (width, target) in [(403, 192), (201, 192), (970, 50), (64, 64), (1, 1), (9, 30)] {
            let plane = Plane {
                width,
                height: 3,
                samples: (0..3 * width).map(noise).collect(),
            };
            let whole = (f64::from(width), 3.0);
            let want = super::super::area(&plane, whole, (target, 3)).unwrap();
            let narrow = Columns::new(width, target, 0.0).narrowed(&plane);
            let farthest = narrow
                .samples
                .iter()
                .zip(&want.samples)
                .map(|(a, b)| a.abs_diff(*b))
                .max();
            // At the edges the other one leaves out what lies outside, where this one repeats the last sample.
            let inner = |plane: &Plane| -> Vec<u8> {
                let margin = (plane.width as usize / 4).min(8);
                let rows = plane.samples.chunks(plane.width as usize);
                rows.flat_map(|row| row[margin..row.len() - margin].to_vec())
                    .collect()
            };
            let apart = inner(&narrow)
                .iter()
                .zip(inner(&want))
                .map(|(a, b)| a.abs_diff(b))
                .max();
            assert!(
                apart <= Some(1),
                "{width} to {target}: {apart:?} inside, {farthest:?} in all"
            );
        }
    }

    #[test]
    fn an_even_row_stays_even_and_a_shift_moves_it() {
        let even = Plane::filled(50, 2, 200);
        assert_eq!(
            Columns::new(50, 23, 0.25).narrowed(&even),
            Plane::filled(23, 2, 200)
        );
        let ramp = Plane {
            width: 64,
            height: 1,
            samples: (0..64).map(|x| x * 4).collect(),
        };
        let moved = Columns::new(64, 64, 0.25).narrowed(&ramp);
        assert_eq!(
            moved.samples[10..20],
            [41, 45, 49, 53, 57, 61, 65, 69, 73, 77]
        );
    }
}
