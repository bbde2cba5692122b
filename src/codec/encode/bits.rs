//! Bits to bytes, with the zero that JPEG wants behind every 0xFF.

use super::tables::Code;

/// Collects codes from the highest bit down.
pub(super) struct BitWriter {
    out: Vec<u8>,
    /// The `held` lowest bits wait to be written.
    buffer: u64,
    held: u32,
}

impl BitWriter {
    /// Goes on behind what is in `out`.
    pub(super) fn new(out: Vec<u8>) -> Self {
        Self {
            out,
            buffer: 0,
            held: 0,
        }
    }

    /// Appends a code of at most 32 bits.
    #[inline]
    pub(super) fn put(&mut self, code: Code) {
        self.buffer = self.buffer << code.length | u64::from(code.bits);
        self.held += code.length;
        if self.held >= 32 {
            self.held -= 32;
            let word = (self.buffer >> self.held) as u32;
            if has_ones(word) {
                word.to_be_bytes().iter().for_each(|&byte| self.byte(byte));
            } else {
                self.out.extend_from_slice(&word.to_be_bytes());
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }

    /// Fills the last byte with ones and gives everything back.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let padding = (8 - self.held % 8) % 8;
        self.buffer = self.buffer << padding | ((1 << padding) - 1);
        self.held += padding;
        while self.held > 0 {
            self.held -= 8;
            self.byte((self.buffer >> self.held) as u8);
        }
        self.out
    }
}

/// Whether a byte of the word is 0xFF: adding one to it carries out of its highest bit.
const fn has_ones(word: u32) -> bool {
    word & !word.wrapping_add(0x0101_0101) & 0x8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_are_stuffed_and_the_end_is_padded() {
        let mut bits = BitWriter::new(vec![7]);
        for _ in 0..5 {
            bits.put(Code {
                bits: 0x7F,
                length: 7,
            });
        }
        assert_eq!(
            bits.finish(),
            [7, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]
        );
        let mut bits = BitWriter::new(Vec::new());
        bits.put(Code {
            bits: 0b101,
            length: 3,
        });
        assert_eq!(bits.finish(), [0b1011_1111]);
    }
}
