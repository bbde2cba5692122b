//! Rows of pixels to luma and colour differences, sixteen columns at a time.

use super::super::raster::Order;
use wide::{i16x8, i32x4, i32x8, u8x16};

/// So many pixels of two rows are coded at a time.
const RUN: usize = 16;

type Pixels = [[u8; 4]; RUN];

/// Codes one or two rows of pixels of the length given, into luma and the two differences.
pub(super) type RowsCoder = fn(&[[u8; 4]], &mut [u8], usize, &mut [u8], &mut [u8]);

/// The coder for pixels of this order.
pub(super) fn rows_coder(order: Order) -> RowsCoder {
    match order {
        Order::RedFirst => code_rows::<RedFirst>,
        Order::BlueFirst => code_rows::<BlueFirst>,
    }
}

/// See [`RowsCoder`].
fn code_rows<F: Factors>(
    pixels: &[[u8; 4]],
    luma: &mut [u8],
    row: usize,
    blue: &mut [u8],
    red: &mut [u8],
) {
    let (upper, lower) = pixels.split_at(row);
    let (upper_luma, lower_luma) = luma.split_at_mut(row);
    let lower = if lower.is_empty() { upper } else { lower };
    let mut at = 0;
    while at + RUN <= row {
        let run = Run::code::<F>(first(&upper[at..]), first(&lower[at..]));
        upper_luma[at..at + RUN].copy_from_slice(&run.luma[0]);
        if !lower_luma.is_empty() {
            lower_luma[at..at + RUN].copy_from_slice(&run.luma[1]);
        }
        blue[at / 2..][..RUN / 2].copy_from_slice(&run.blue);
        red[at / 2..][..RUN / 2].copy_from_slice(&run.red);
        at += RUN;
    }
    let left = row - at;
    if left == 0 {
        return;
    }
    let filled = |row: &[[u8; 4]]| -> Pixels {
        std::array::from_fn(|place| row[(at + place).min(row.len() - 1)])
    };
    let run = Run::code::<F>(&filled(upper), &filled(lower));
    upper_luma[at..].copy_from_slice(&run.luma[0][..left]);
    if !lower_luma.is_empty() {
        lower_luma[at..].copy_from_slice(&run.luma[1][..left]);
    }
    let halved = left.div_ceil(2);
    blue[at / 2..].copy_from_slice(&run.blue[..halved]);
    red[at / 2..].copy_from_slice(&run.red[..halved]);
}

fn first(pixels: &[[u8; 4]]) -> &Pixels {
    pixels.first_chunk().expect("the caller has counted them")
}

/// Two rows of sixteen pixels, coded.
struct Run {
    luma: [[u8; RUN]; 2],
    blue: [u8; RUN / 2],
    red: [u8; RUN / 2],
}

/// Bits behind the point of the factors.
const FRACTION: i32 = 15;

/// What the colours of two pixels are multiplied with, as [`i16x8::dot`] takes it.
trait Factors {
    const LUMA: i16x8;
    const BLUE: i16x8;
    const RED: i16x8;
}

const fn twice([a, b, c]: [i16; 3]) -> i16x8 {
    i16x8::new([a, b, c, 0, a, b, c, 0])
}

const fn backwards([red, green, blue]: [i16; 3]) -> [i16; 3] {
    [blue, green, red]
}

// 0.299, 0.587, 0.114; -0.168736, -0.331264, 0.5; 0.5, -0.418688, -0.081312. Each row sums to one, or to nothing.
const LUMA: [i16; 3] = [9798, 19235, 3735];
const BLUE: [i16; 3] = [-5529, -10855, 16384];
const RED: [i16; 3] = [16384, -13720, -2664];

/// As [`Order::RedFirst`].
struct RedFirst;

impl Factors for RedFirst {
    const LUMA: i16x8 = twice(LUMA);
    const BLUE: i16x8 = twice(BLUE);
    const RED: i16x8 = twice(RED);
}

/// As [`Order::BlueFirst`].
struct BlueFirst;

impl Factors for BlueFirst {
    const LUMA: i16x8 = twice(backwards(LUMA));
    const BLUE: i16x8 = twice(backwards(BLUE));
    const RED: i16x8 = twice(backwards(RED));
}

/// Four pixels, two in each.
#[inline]
fn lanes(pixels: &[[u8; 4]]) -> [i16x8; 2] {
    let bytes = pixels.as_flattened().first_chunk();
    let bytes = u8x16::new(*bytes.expect("the caller gives four pixels"));
    [i16x8::from_u8x16_low(bytes), i16x8::from_u8x16_high(bytes)]
}

/// Sums of neighbours.
#[inline]
pub(in super::super) fn halved(a: i32x4, b: i32x4) -> i32x4 {
    let (a, b) = (a.to_array(), b.to_array());
    i32x4::new([a[0], a[2], b[0], b[2]]) + i32x4::new([a[1], a[3], b[1], b[3]])
}

/// Both, cut to what sixteen bits hold.
#[inline]
fn narrowed(a: i32x4, b: i32x4) -> i16x8 {
    let ([a, b, c, d], [e, f, g, h]) = (a.to_array(), b.to_array());
    i16x8::from_i32x8_saturate(i32x8::new([a, b, c, d, e, f, g, h]))
}

impl Run {
    #[inline]
    fn code<F: Factors>(upper: &Pixels, lower: &Pixels) -> Self {
        let split = |row: &Pixels| -> [[i16x8; 2]; 4] {
            std::array::from_fn(|part| lanes(&row[part * 4..part * 4 + 4]))
        };
        let (upper, lower) = (split(upper), split(lower));
        let luma = |row: &[[i16x8; 2]; 4]| {
            let half = i32x4::splat(1 << (FRACTION - 1));
            let [a, b, c, d] = row.map(|[left, right]| {
                (halved(left.dot(F::LUMA), right.dot(F::LUMA)) + half) >> FRACTION
            });
            u8x16::narrow_i16x8(narrowed(a, b), narrowed(c, d)).to_array()
        };
        let both: [[i16x8; 2]; 4] = std::array::from_fn(|part| {
            [
                upper[part][0] + lower[part][0],
                upper[part][1] + lower[part][1],
            ]
        });
        let difference = |factors: i16x8| {
            // Four pixels, the middle of the scale, and half a step for the rounding.
            const SHIFT: i32 = FRACTION + 2;
            let middle = i32x4::splat((128 << SHIFT) + (1 << (SHIFT - 1)));
            let [a, b, c, d] =
                both.map(|[left, right]| halved(left.dot(factors), right.dot(factors)));
            let left = (halved(a, b) + middle) >> SHIFT;
            let right = (halved(c, d) + middle) >> SHIFT;
            narrowed(left, right)
        };
        let differences = u8x16::narrow_i16x8(difference(F::BLUE), difference(F::RED)).to_array();
        let (blue, red) = differences.split_at(RUN / 2);
        let eight = |half: &[u8]| *half.first_chunk().expect("half of sixteen");
        Self {
            luma: [luma(&upper), luma(&lower)],
            blue: eight(blue),
            red: eight(red),
        }
    }
}
