//! A baseline JPEG encoder: YCbCr, 4:2:0 or 4:4:4 as the picture is coded, the standard's own Huffman tables, no metadata of any kind.
//!
//! Plain on purpose. The transform works on eight columns at once, by vector instructions natively and in WASM alike; the
//! rest is table look-ups. Follows ITU-T T.81.

mod bits;
mod planes;
mod tables;
mod transform;

use super::coded::Coded;
use super::exif::Orientation;
use super::raster::Raster;
use bits::BitWriter;
use planes::Strip;
use tables::{Code, ZIGZAG};
use transform::{Block, Quantiser};
use wide::bytemuck::cast;
use wide::i16x8;

/// The factor on the standard's quantisation tables for a quality of 1 to 100, in per cent; the customary scale.
#[must_use]
pub fn table_percent(quality: u8) -> u32 {
    match quality.clamp(1, 100) {
        coarse @ ..50 => 5000 / u32::from(coarse),
        fine => 200 - 2 * u32::from(fine),
    }
}

/// The factor for colour. Redness is what a clinician looks for, and at quality 82 the standard's tables are most of what a
/// photo's colours lose: half the step takes a mean ΔE2000 of 0.60 to 0.47, and of 0.74 to 0.51, for 3 to 5 % more bytes.
/// Where bytes are so short that quality falls to 50, colour is coded as the standard has it.
fn colour_percent(percent: u32) -> u32 {
    percent * percent.clamp(50, 100) / 100
}

/// The pixels as a JPEG file. Alpha is ignored: the caller has put a ground behind it.
///
/// # Panics
/// As [`upright`].
#[must_use]
pub fn baseline(picture: &Raster, quality: u8) -> Vec<u8> {
    upright(&Coded::of(picture), Orientation::UPRIGHT, quality)
}

/// The picture as a JPEG file, turned while it is read, which is cheaper than turning it first.
///
/// An odd side whose end is to come first must not be turned here: its colour would lie one pixel beside its light.
///
/// # Panics
/// When a side is zero or longer than 65,535 pixels, which the pipeline's limits exclude.
#[must_use]
pub fn upright(picture: &Coded, orientation: Orientation, quality: u8) -> Vec<u8> {
    let (width, height) = orientation.upright_size(picture.luma.width, picture.luma.height);
    let width = u16::try_from(width).expect("the long side is limited");
    let height = u16::try_from(height).expect("the long side is limited");
    assert!(width > 0 && height > 0, "a picture has pixels");

    let percent = table_percent(quality);
    let luma = tables::scaled(&tables::LUMA, percent);
    let chroma = tables::scaled(&tables::CHROMA, colour_percent(percent));
    let mut file = Vec::with_capacity(picture.luma.samples.len() / 2 + 1024);
    let whole = picture.has_whole_colour();
    head(&mut file, (width, height), whole, &luma, &chroma);

    let mut scan = Scan {
        bits: BitWriter::new(file),
        luma: Channel::new(&luma, tables::LUMA_DC, tables::LUMA_AC),
        chroma: Channel::new(&chroma, tables::CHROMA_DC, tables::CHROMA_AC),
        last_dc: [0; 3],
    };
    if whole {
        scan.units::<8>(picture, orientation);
    } else {
        scan.units::<16>(picture, orientation);
    }
    let mut file = scan.bits.finish();
    file.extend([0xFF, 0xD9]);
    file
}

/// What belongs to luma, or to both chroma components.
struct Channel {
    quantiser: Quantiser,
    dc: [Code; 256],
    ac: [Code; 256],
}

impl Channel {
    fn new(table: &[u8; 64], dc: tables::Huffman, ac: tables::Huffman) -> Self {
        Self {
            quantiser: Quantiser::new(table),
            dc: dc.codes(),
            ac: ac.codes(),
        }
    }
}

/// The coded data of the picture, as it grows.
struct Scan {
    bits: BitWriter,
    luma: Channel,
    chroma: Channel,
    /// The last DC value of each component: only differences are written.
    last_dc: [i32; 3],
}

impl Scan {
    /// The whole picture, in units of `SIDE` by `SIDE` pixels.
    fn units<const SIDE: usize>(&mut self, picture: &Coded, orientation: Orientation) {
        let (width, height) = orientation.upright_size(picture.luma.width, picture.luma.height);
        let mut strip = Strip::<SIDE>::for_width(width as usize);
        for top in (0..height as usize).step_by(SIDE) {
            strip.fill(picture, orientation, top);
            for column in 0..strip.columns() {
                self.unit(&strip, column);
            }
        }
    }

    /// One unit: its blocks of luma, one each of blue and red difference.
    fn unit<const SIDE: usize>(&mut self, strip: &Strip<SIDE>, column: usize) {
        let bits = &mut self.bits;
        let [y, cb, cr] = &mut self.last_dc;
        for top in (0..SIDE).step_by(8) {
            for left in (0..SIDE).step_by(8) {
                let block = strip.luma_block(column * SIDE + left, top);
                write_block(bits, &self.luma, block, y);
            }
        }
        write_block(bits, &self.chroma, strip.blue_block(column * 8), cb);
        write_block(bits, &self.chroma, strip.red_block(column * 8), cr);
    }
}

fn write_block(bits: &mut BitWriter, channel: &Channel, block: Block, last_dc: &mut i32) {
    let rows = channel.quantiser.quantised(transform::forward(block));
    let values: [i16; 64] = cast(rows);
    let value = |place: usize| i32::from(values[usize::from(ZIGZAG[place % 64] % 64)]);
    let dc = value(0) - *last_dc;
    *last_dc = value(0);
    bits.put(channel.dc[magnitude(dc) as usize].followed_by(amplitude(dc)));

    // One bit for each coefficient that is not zero, but for the first, in zigzag order.
    let mut nonzero = rows.iter().zip(&SPREAD).fold(0, |places, (row, spread)| {
        let zeros = row.simd_eq(i16x8::ZERO).to_bitmask();
        places | spread[usize::from(!(zeros as u8))]
    }) & !1;
    let mut written = 0;
    while nonzero != 0 {
        let place = nonzero.trailing_zeros();
        nonzero &= nonzero - 1;
        let mut zeros = place - written - 1;
        while zeros >= 16 {
            bits.put(channel.ac[0xF0]);
            zeros -= 16;
        }
        let value = value(place as usize);
        let code = channel.ac[(zeros << 4 | magnitude(value)) as usize & 0xFF];
        bits.put(code.followed_by(amplitude(value)));
        written = place;
    }
    if written != 63 {
        bits.put(channel.ac[0]);
    }
}

/// For each row of a transposed block, and each set of lanes in it, their places in zigzag order as bits.
static SPREAD: [[u64; 256]; 8] = tables::spread();

/// How many bits the absolute value needs.
fn magnitude(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}

/// The bits behind a magnitude: the value itself, or one less in two's complement for negative ones.
fn amplitude(value: i32) -> Code {
    let length = magnitude(value);
    let raw = value + (value >> 31);
    Code {
        bits: raw.cast_unsigned() & ((1 << length) - 1),
        length,
    }
}

/// Everything before the coded data.
fn head(
    file: &mut Vec<u8>,
    (width, height): (u16, u16),
    whole_colour: bool,
    luma: &[u8; 64],
    chroma: &[u8; 64],
) {
    file.extend([0xFF, 0xD8]);
    segment(file, 0xE0, &[b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"]);
    for (slot, table) in [luma, chroma].into_iter().enumerate() {
        let ordered = ZIGZAG.map(|from| table[tables::natural(from)]);
        segment(file, 0xDB, &[&[slot as u8], &ordered]);
    }
    let (h, w) = (height.to_be_bytes(), width.to_be_bytes());
    let sampling = if whole_colour { 0x11 } else { 0x22 };
    let components = [1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1];
    segment(file, 0xC0, &[&[8], &h, &w, &[3], &components]);
    let codes = [
        (0x00, tables::LUMA_DC),
        (0x10, tables::LUMA_AC),
        (0x01, tables::CHROMA_DC),
        (0x11, tables::CHROMA_AC),
    ];
    for (slot, table) in codes {
        segment(file, 0xC4, &[&[slot], table.counts, table.symbols]);
    }
    segment(file, 0xDA, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
}

fn segment(file: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>() as u16;
    file.extend([0xFF, marker]);
    file.extend(length.to_be_bytes());
    parts.iter().for_each(|part| file.extend_from_slice(part));
}

#[cfg(test)]
mod tests {
    use super::super::raster::Order;
    use super::*;

    #[test]
    fn amplitudes_are_as_the_standard_lists_them() {
        for (value, size, bits) in [
            (0, 0, 0),
            (1, 1, 1),
            (-1, 1, 0),
            (3, 2, 3),
            (-3, 2, 0),
            (-2, 2, 1),
            (-7, 3, 0),
        ] {
            assert_eq!(magnitude(value), size);
            assert_eq!(amplitude(value).bits, bits, "{value}");
        }
    }

    #[test]
    fn quality_50_is_the_standard_table() {
        assert_eq!(table_percent(50), 100);
        assert_eq!(tables::scaled(&tables::LUMA, 100), tables::LUMA);
        assert_eq!(tables::scaled(&tables::LUMA, table_percent(100)), [1; 64]);
    }

    #[test]
    fn whole_colour_may_be_turned_at_any_size() {
        for (width, height) in [(33, 17), (16, 9), (1, 5)] {
            let pixel = |at: u32| [(at * 7 % 256) as u8, (at / width * 20 % 256) as u8, 90, 255];
            let stored = Raster {
                width,
                height,
                rgba: (0..width * height).flat_map(pixel).collect(),
                order: Order::RedFirst,
            };
            for code in 1..=8 {
                let orientation = Orientation::from_code(code).unwrap();
                let during = upright(&Coded::whole(&stored), orientation, 82);
                let turned = super::super::orient::upright(stored.clone(), orientation);
                let before = upright(&Coded::whole(&turned), Orientation::UPRIGHT, 82);
                assert!(before == during, "{width}×{height}, orientation {code}");
            }
        }
    }

    #[test]
    fn an_odd_size_is_written_as_it_is() {
        let raster = Raster {
            width: 17,
            height: 3,
            rgba: [10, 200, 90, 255].repeat(51),
            order: Order::RedFirst,
        };
        let file = baseline(&raster, 90);
        assert_eq!(file[..4], [0xFF, 0xD8, 0xFF, 0xE0]);
        assert_eq!(file[file.len() - 2..], [0xFF, 0xD9]);
    }
}
