//! The discrete cosine transform and quantisation of one block, in 32-bit floats.
//!
//! The method of Arai, Agui and Nakajima: five multiplications for eight values, with the remaining factors folded into
//! the quantiser. Each step works on eight lanes at once.

use super::tables;

/// Eight rows of eight values.
pub(super) type Block = [[f32; 8]; 8];

type Lanes = [f32; 8];

fn add(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] + b[lane])
}

fn sub(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] - b[lane])
}

fn times(a: Lanes, factor: f32) -> Lanes {
    a.map(|value| value * factor)
}

/// Transforms both ways. The result lies transposed (columns as rows), which saves turning it back: the quantiser and
/// the zigzag order know it.
#[inline]
pub(super) fn forward(block: Block) -> Block {
    one_way(transposed(one_way(block)))
}

fn transposed(block: Block) -> Block {
    std::array::from_fn(|row| std::array::from_fn(|column| block[column][row]))
}

/// Transforms along the first index, all eight columns at once.
#[inline]
fn one_way(d: Block) -> Block {
    let (s07, d07) = (add(d[0], d[7]), sub(d[0], d[7]));
    let (s16, d16) = (add(d[1], d[6]), sub(d[1], d[6]));
    let (s25, d25) = (add(d[2], d[5]), sub(d[2], d[5]));
    let (s34, d34) = (add(d[3], d[4]), sub(d[3], d[4]));

    let (outer, outer_diff) = (add(s07, s34), sub(s07, s34));
    let (inner, inner_diff) = (add(s16, s25), sub(s16, s25));
    let even = times(add(inner_diff, outer_diff), 0.707_106_77);

    let (low, mid, high) = (add(d34, d25), add(d25, d16), add(d16, d07));
    let turn = times(sub(low, high), 0.382_683_43);
    let low = add(times(low, 0.541_196_1), turn);
    let high = add(times(high, 1.306_563), turn);
    let mid = times(mid, 0.707_106_77);
    let (plus, minus) = (add(d07, mid), sub(d07, mid));

    [
        add(outer, inner),
        add(plus, high),
        add(outer_diff, even),
        sub(minus, low),
        sub(outer, inner),
        add(minus, low),
        sub(outer_diff, even),
        sub(plus, high),
    ]
}

/// Divides each coefficient by its step, to the nearest integer.
pub(super) struct Quantiser {
    /// What to multiply with, in the transposed order of [`forward`].
    factors: Block,
}

impl Quantiser {
    /// For a table in natural order.
    pub(super) fn new(table: &[u8; 64]) -> Self {
        // What the transform leaves undone: 1, then √2·cos(k·π/16), along each axis, and a factor of 8.
        let left_over: [f64; 8] = std::array::from_fn(|k| {
            let angle = k as f64 * std::f64::consts::PI / 16.0;
            if k == 0 {
                1.0
            } else {
                std::f64::consts::SQRT_2 * angle.cos()
            }
        });
        let factors = std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                let step = f64::from(table[tables::natural((row * 8 + column) as u8)]);
                (1.0 / (step * left_over[row] * left_over[column] * 8.0)) as f32
            })
        });
        Self { factors }
    }

    /// The quantised coefficients, still transposed.
    #[inline]
    pub(super) fn quantised(&self, block: Block) -> [i32; 64] {
        let mut out = [0; 64];
        for ((target, values), factors) in out
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(&block)
            .zip(&self.factors)
        {
            for ((target, value), factor) in target.iter_mut().zip(values).zip(factors) {
                *target = nearest(value * factor);
            }
        }
        out
    }
}

/// Rounds to the nearest integer by adding so large a number that no bits are left behind the point. Unlike a call to
/// `round`, this becomes two vector instructions everywhere.
#[inline]
fn nearest(value: f32) -> i32 {
    const LARGE: f32 = 12_582_912.0;
    (value + LARGE).to_bits().cast_signed() - LARGE.to_bits().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The transform as its definition has it.
    fn defined(block: &Block, u: usize, v: usize) -> f64 {
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
                sum += f64::from(value) * wave(y, u) * wave(x, v);
            }
        }
        sum * scale(u) * scale(v) / 4.0
    }

    #[test]
    fn the_fast_transform_is_the_defined_one() {
        let block: Block = std::array::from_fn(|y| {
            std::array::from_fn(|x| ((y * 37 + x * 91 + y * x * 13) % 256) as f32 - 128.0)
        });
        let mut table = [1; 64];
        table[1] = 3;
        let values = Quantiser::new(&table).quantised(forward(block));
        for u in 0..8 {
            for v in 0..8 {
                let want = defined(&block, u, v) / f64::from(table[u * 8 + v]);
                let got = f64::from(values[v * 8 + u]);
                assert!((got - want).abs() < 0.51, "{u},{v}: {got} for {want}");
            }
        }
    }

    #[test]
    fn rounding_goes_to_the_nearest() {
        for (value, want) in [
            (0.0, 0),
            (0.49, 0),
            (0.51, 1),
            (-0.51, -1),
            (-2.4, -2),
            (1023.6, 1024),
        ] {
            assert_eq!(nearest(value), want);
        }
    }
}
