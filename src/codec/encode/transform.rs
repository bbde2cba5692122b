//! The discrete cosine transform and quantisation of one block, in 16-bit integers.
//!
//! The method of Arai, Agui and Nakajima: five multiplications for eight values, with the remaining factors folded into
//! the quantiser. Each step works on eight lanes at once. Whole numbers, so that every machine writes the same file.

use super::tables;
use wide::bytemuck::cast;
use wide::{i16x8, i32x4, u16x8};

/// Eight rows of eight values. As input each lies between -256 and 254: a sample less 128, twice. More would not fit, as
/// the transform makes them up to a hundred times as large.
pub(super) type Block = [i16x8; 8];

/// A fraction of one, as [`i16x8::mul_scale_round`] takes it.
const fn fraction(value: f64) -> i16x8 {
    i16x8::splat((value * 32768.0 + 0.5) as i16)
}

/// Transforms both ways. The result lies transposed (columns as rows), which saves turning it back: the quantiser and
/// the zigzag order know it.
#[inline]
pub(super) fn forward(block: Block) -> Block {
    one_way(transposed(one_way(block)))
}

/// Rows as columns.
#[inline]
fn transposed(block: Block) -> Block {
    cast(u16x8::transpose(cast(block)))
}

/// Transforms along the first index, all eight columns at once.
#[inline]
fn one_way(d: Block) -> Block {
    const HALF_ROOT: i16x8 = fraction(std::f64::consts::FRAC_1_SQRT_2);
    const TURN: i16x8 = fraction(0.382_683_432_365_089_8);
    const LOW: i16x8 = fraction(0.541_196_100_146_197);
    // 1.3066, of which the whole is added.
    const HIGH: i16x8 = fraction(0.306_562_964_876_376_5);

    let (s07, d07) = (d[0] + d[7], d[0] - d[7]);
    let (s16, d16) = (d[1] + d[6], d[1] - d[6]);
    let (s25, d25) = (d[2] + d[5], d[2] - d[5]);
    let (s34, d34) = (d[3] + d[4], d[3] - d[4]);

    let (outer, outer_diff) = (s07 + s34, s07 - s34);
    let (inner, inner_diff) = (s16 + s25, s16 - s25);
    let even = (inner_diff + outer_diff).mul_scale_round(HALF_ROOT);

    let (low, mid, high) = (d34 + d25, d25 + d16, d16 + d07);
    let turn = (low - high).mul_scale_round(TURN);
    let low = low.mul_scale_round(LOW) + turn;
    let high = high + high.mul_scale_round(HIGH) + turn;
    let mid = mid.mul_scale_round(HALF_ROOT);
    let (plus, minus) = (d07 + mid, d07 - mid);

    [
        outer + inner,
        plus + high,
        outer_diff + even,
        minus - low,
        outer - inner,
        minus + low,
        outer_diff - even,
        plus - high,
    ]
}

/// Divides each coefficient by its step, to the nearest integer.
pub(super) struct Quantiser {
    /// What to multiply with, in the transposed order of [`forward`]: of each row the even lanes, and the odd ones, with
    /// nothing between them.
    factors: [(i16x8, i16x8); 8],
    /// Bits behind the point of a product: as many as let the largest factor have fifteen.
    shift: u32,
}

const _: () = assert!(
    cfg!(target_endian = "little"),
    "even lanes are lower halves"
);

impl Quantiser {
    /// For a table in natural order.
    pub(super) fn new(table: &[u8; 64]) -> Self {
        // What the transform leaves undone: 1, then √2·cos(k·π/16), along each axis, a factor of 8, and the 2 of the input.
        let left_over: [f64; 8] = std::array::from_fn(|k| {
            let angle = k as f64 * std::f64::consts::PI / 16.0;
            if k == 0 {
                1.0
            } else {
                std::f64::consts::SQRT_2 * angle.cos()
            }
        });
        let share = |place: usize| {
            let step = f64::from(table[tables::natural(place as u8)]);
            1.0 / (step * left_over[place / 8] * left_over[place % 8] * 16.0)
        };
        let largest = (0..64).map(share).fold(0.0, f64::max);
        let shift = (f64::from(i16::MAX) / largest).log2() as u32;
        let scale = f64::from(1_u32 << shift);
        let factor = |place: usize| (share(place) * scale).round() as i16;
        Self {
            factors: std::array::from_fn(|row| {
                let every_other = |first: usize| {
                    i16x8::new(std::array::from_fn(|lane| {
                        if lane % 2 == first {
                            factor(row * 8 + lane)
                        } else {
                            0
                        }
                    }))
                };
                (every_other(0), every_other(1))
            }),
            shift,
        }
    }

    /// The quantised coefficients, still transposed.
    #[inline]
    pub(super) fn quantised(&self, block: Block) -> Block {
        let half = i32x4::splat(1 << (self.shift - 1));
        std::array::from_fn(|row| {
            let (even, odd) = self.factors[row];
            let even = (block[row].dot(even) + half) >> self.shift;
            let odd = (block[row].dot(odd) + half) >> self.shift;
            cast((even & i32x4::splat(0xFFFF)) | (odd << 16))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transform as its definition has it.
    fn defined(block: &[[f64; 8]; 8], u: usize, v: usize) -> f64 {
        let scale = |k: usize| {
            if k == 0 {
                std::f64::consts::FRAC_1_SQRT_2
            } else {
                1.0
            }
        };
        let wave = |x: usize, k: usize| {
            ((2 * x + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let mut sum = 0.0;
        for (y, row) in block.iter().enumerate() {
            for (x, &value) in row.iter().enumerate() {
                sum += value * wave(y, u) * wave(x, v);
            }
        }
        sum * scale(u) * scale(v) / 4.0
    }

    fn agrees(sample: impl Fn(usize, usize) -> i16, table: &[u8; 64], tolerance: f64) {
        let block =
            std::array::from_fn(|y| i16x8::new(std::array::from_fn(|x| (sample(x, y) - 128) * 2)));
        let exact = std::array::from_fn(|y| std::array::from_fn(|x| f64::from(sample(x, y) - 128)));
        let values = Quantiser::new(table).quantised(forward(block));
        for u in 0..8 {
            for v in 0..8 {
                let want = defined(&exact, u, v) / f64::from(table[u * 8 + v]);
                let got = f64::from(values[v].to_array()[u]);
                assert!((got - want).abs() < tolerance, "{u},{v}: {got} for {want}");
            }
        }
    }

    #[test]
    fn the_fast_transform_is_the_defined_one() {
        let mixed = |x: usize, y: usize| ((y * 37 + x * 91 + y * x * 13) % 256) as i16;
        // Without quantisation the rounding inside shows; with that of ordinary photos it does not.
        agrees(mixed, &[1; 64], 1.0);
        agrees(mixed, &tables::scaled(&tables::LUMA, 36), 0.55);
    }

    #[test]
    fn the_hardest_blocks_do_not_overflow() {
        let waves = |u: usize, v: usize| {
            move |x: usize, y: usize| {
                let wave = |x: usize, k: usize| {
                    ((2 * x + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos()
                };
                if wave(x, u) * wave(y, v) >= 0.0 {
                    255
                } else {
                    0
                }
            }
        };
        for u in 0..8 {
            for v in 0..8 {
                agrees(waves(u, v), &[1; 64], 2.0);
            }
        }
        agrees(|_, _| 0, &[1; 64], 1.0);
        agrees(|_, _| 255, &[1; 64], 1.0);
    }

    #[test]
    fn rows_become_columns() {
        let block: Block =
            std::array::from_fn(|y| i16x8::new(std::array::from_fn(|x| (y * 8 + x) as i16)));
        let turned: Block =
            std::array::from_fn(|y| i16x8::new(std::array::from_fn(|x| (x * 8 + y) as i16)));
        assert_eq!(transposed(block), turned);
    }
}
