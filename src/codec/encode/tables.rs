//! The tables of ITU-T T.81, annex K: quantisation and Huffman codes for ordinary photographs.

/// A code: its bits, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Code {
    pub bits: u32,
    pub length: u32,
}

impl Code {
    /// Both as one; together they must not be longer than 32 bits.
    #[inline]
    pub(super) const fn followed_by(self, next: Self) -> Self {
        Self {
            bits: self.bits << next.length | next.bits,
            length: self.length + next.length,
        }
    }
}

/// Luma quantisation at quality 50, in natural order.
#[rustfmt::skip]
pub(super) const LUMA: [u8; 64] = [
    16, 11, 10, 16,  24,  40,  51,  61,
    12, 12, 14, 19,  26,  58,  60,  55,
    14, 13, 16, 24,  40,  57,  69,  56,
    14, 17, 22, 29,  51,  87,  80,  62,
    18, 22, 37, 56,  68, 109, 103,  77,
    24, 35, 55, 64,  81, 104, 113,  92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103,  99,
];

/// Chroma quantisation at quality 50, in natural order.
#[rustfmt::skip]
pub(super) const CHROMA: [u8; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
];

/// A quantisation table made coarser or finer.
pub(super) fn scaled(table: &[u8; 64], percent: u32) -> [u8; 64] {
    table.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u8)
}

/// The zigzag order, as places in a *transposed* block: what [`super::transform::forward`] gives.
pub(super) const ZIGZAG: [u8; 64] = zigzag();

/// The place in natural order of a place in a transposed block, and the other way round.
pub(super) const fn natural(transposed: u8) -> usize {
    (transposed % 8 * 8 + transposed / 8) as usize
}

const fn zigzag() -> [u8; 64] {
    let mut order = [0; 64];
    let (mut row, mut column) = (0_u8, 0_u8);
    let mut place = 0;
    while place < 64 {
        order[place] = column * 8 + row;
        let upwards = (row + column).is_multiple_of(2);
        match (upwards, row, column) {
            (true, _, 7) => row += 1,
            (true, 0, _) => column += 1,
            (true, _, _) => (row, column) = (row - 1, column + 1),
            (false, 7, _) => column += 1,
            (false, _, 0) => row += 1,
            (false, _, _) => (row, column) = (row + 1, column - 1),
        }
        place += 1;
    }
    order
}

/// For each row of a transposed block, and each set of its eight lanes, their places in zigzag order as a set of bits.
pub(super) const fn spread() -> [[u64; 256]; 8] {
    let mut spread = [[0; 256]; 8];
    let mut place = 0;
    while place < 64 {
        let (row, lane) = ((ZIGZAG[place] / 8) as usize, ZIGZAG[place] % 8);
        let mut lanes = 0;
        while lanes < 256 {
            if lanes >> lane & 1 == 1 {
                spread[row][lanes] |= 1 << place;
            }
            lanes += 1;
        }
        place += 1;
    }
    spread
}

/// A Huffman table as JPEG writes it.
#[derive(Clone, Copy)]
pub(super) struct Huffman {
    /// How many codes there are of 1 to 16 bits.
    pub counts: &'static [u8; 16],
    /// What they stand for, in the order of the codes.
    pub symbols: &'static [u8],
}

impl Huffman {
    /// The code of every symbol.
    pub(super) fn codes(self) -> [Code; 256] {
        let mut codes = [Code::default(); 256];
        let mut symbols = self.symbols.iter();
        let mut bits = 0;
        for (length, &count) in (1..).zip(self.counts) {
            for &symbol in symbols.by_ref().take(usize::from(count)) {
                codes[usize::from(symbol)] = Code { bits, length };
                bits += 1;
            }
            bits <<= 1;
        }
        codes
    }
}

pub(super) const LUMA_DC: Huffman = Huffman {
    counts: &[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
pub(super) const CHROMA_DC: Huffman = Huffman {
    counts: &[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};
#[rustfmt::skip]
pub(super) const LUMA_AC: Huffman = Huffman {
    counts: &[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D],
    symbols: &[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
        0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
        0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
        0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
        0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
        0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
        0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
        0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
        0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
        0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
        0xF9, 0xFA,
    ],
};
#[rustfmt::skip]
pub(super) const CHROMA_AC: Huffman = Huffman {
    counts: &[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
    symbols: &[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
        0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0,
        0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26,
        0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
        0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
        0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
        0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
        0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
        0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
        0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
        0xF9, 0xFA,
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zigzag_visits_every_place_once_and_starts_as_printed() {
        let places: Vec<usize> = ZIGZAG.iter().map(|&place| natural(place)).collect();
        assert_eq!(places[..10], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24]);
        assert_eq!(places[60..], [47, 55, 62, 63].map(|place| place)[..]);
        let mut sorted = places;
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..64));
    }

    #[test]
    fn the_tables_are_full_and_the_published_codes_come_out() {
        for table in [LUMA_DC, CHROMA_DC, LUMA_AC, CHROMA_AC] {
            let total: usize = table.counts.iter().map(|&count| usize::from(count)).sum();
            assert_eq!(total, table.symbols.len());
        }
        let ac = LUMA_AC.codes();
        assert_eq!((ac[0].bits, ac[0].length), (0b1010, 4));
        assert_eq!((ac[0xF0].bits, ac[0xF0].length), (0b111_1111_1001, 11));
        assert_eq!((ac[0xFA].bits, ac[0xFA].length), (0xFFFE, 16));
    }
}
