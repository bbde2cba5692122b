//! The one thing that is read from EXIF: how the camera was held. Everything else in it is left behind unread.

use crate::picture::Area;

/// How stored pixels must be turned to stand upright: the EXIF orientation, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// Stored as it is seen.
    pub const UPRIGHT: Self = Self(1);

    /// The orientation with this EXIF code; anything but 1 to 8 is none.
    #[must_use]
    pub const fn from_code(code: u16) -> Option<Self> {
        match code {
            1..=8 => Some(Self(code as u8)),
            _ => None,
        }
    }

    /// The EXIF code, 1 to 8.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// This, and then so many quarter turns clockwise: what a person adds by hand where the camera was wrong.
    #[must_use]
    pub const fn turned(self, quarters: u8) -> Self {
        let mut code = self.0;
        let mut left = quarters % 4;
        while left > 0 {
            code = match code {
                1 => 6,
                6 => 3,
                3 => 8,
                8 => 1,
                2 => 7,
                7 => 4,
                4 => 5,
                _ => 2,
            };
            left -= 1;
        }
        Self(code)
    }

    /// This, and then top and bottom exchanged, or else left and right.
    #[must_use]
    pub const fn mirrored(self, top_and_bottom: bool) -> Self {
        // Exchanging left and right pairs 1 with 2, 3 with 4, 5 with 6, 7 with 8.
        let mirrored = Self(((self.0 - 1) ^ 1) + 1);
        if top_and_bottom {
            mirrored.turned(2)
        } else {
            mirrored
        }
    }

    /// Whether turning stored pixels of this size puts the end of a side first that has an odd number of them.
    #[must_use]
    pub const fn begins_oddly(self, width: u32, height: u32) -> bool {
        let (right_first, bottom_first) = self.ends_first();
        right_first && width % 2 == 1 || bottom_first && height % 2 == 1
    }

    /// Whether what is stored last comes first: of each row, of each column.
    #[must_use]
    pub const fn ends_first(self) -> (bool, bool) {
        (
            matches!(self.0, 2 | 3 | 7 | 8),
            matches!(self.0, 3 | 4 | 6 | 7),
        )
    }

    /// Where an area of the upright picture lies among its stored pixels, of which there are so many across and down. The area
    /// lies in the picture.
    #[must_use]
    pub const fn stored_area(self, area: Area, (width, height): (u32, u32)) -> Area {
        let (right_first, bottom_first) = self.ends_first();
        // Of what is stored as columns, the upright picture makes rows.
        let stored = if self.0 >= 5 {
            Area {
                x: area.y,
                y: area.x,
                width: area.height,
                height: area.width,
            }
        } else {
            area
        };
        Area {
            x: if right_first {
                width - stored.x - stored.width
            } else {
                stored.x
            },
            y: if bottom_first {
                height - stored.y - stored.height
            } else {
                stored.y
            },
            ..stored
        }
    }

    /// The size of the upright picture for stored pixels of this size.
    #[must_use]
    pub const fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.0 >= 5 {
            (height, width)
        } else {
            (width, height)
        }
    }
}

const ORIENTATION_TAG: u16 = 0x0112;
/// More entries than any camera writes in its first directory; a bound for hostile files.
const MOST_ENTRIES: usize = 512;

/// The orientation that an EXIF block names, or upright when it names none or makes no sense.
///
/// The block may begin with the `Exif\0\0` of JPEG or directly with the TIFF header.
#[must_use]
pub fn orientation(block: &[u8]) -> Orientation {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    read(tiff).unwrap_or(Orientation::UPRIGHT)
}

fn read(tiff: &[u8]) -> Option<Orientation> {
    let big_endian = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let long = |at: usize| {
        let four = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if big_endian {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    };

    let directory = long(4)? as usize;
    let entries = usize::from(short(directory)?).min(MOST_ENTRIES);
    let first = directory.checked_add(2)?;
    let entry = (0..entries)
        .map_while(|index| first.checked_add(12 * index))
        .find(|&at| short(at) == Some(ORIENTATION_TAG))?;
    // Type 3 is a short; some editors write the same number as a long (type 4).
    let code = match short(entry.checked_add(2)?)? {
        3 => short(entry.checked_add(8)?)?,
        4 => u16::try_from(long(entry.checked_add(8)?)?).ok()?,
        _ => return None,
    };
    Orientation::from_code(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(big_endian: bool, kind: u16, code: u16) -> Vec<u8> {
        let short = |n: u16| {
            if big_endian {
                n.to_be_bytes()
            } else {
                n.to_le_bytes()
            }
        };
        let long = |n: u32| {
            if big_endian {
                n.to_be_bytes()
            } else {
                n.to_le_bytes()
            }
        };
        let mut tiff = if big_endian {
            b"MM\0*".to_vec()
        } else {
            b"II*\0".to_vec()
        };
        tiff.extend(long(8));
        tiff.extend(short(2));
        for (tag, kind, value) in [(0x010F, 3, 7), (ORIENTATION_TAG, kind, code)] {
            tiff.extend(short(tag));
            tiff.extend(short(kind));
            tiff.extend(long(1));
            if kind == 4 {
                tiff.extend(long(u32::from(value)));
            } else {
                tiff.extend(short(value));
                tiff.extend(short(0));
            }
        }
        tiff
    }

    #[test]
    fn both_byte_orders_and_both_number_types_are_read() {
        for code in 1..=8 {
            for (big_endian, kind) in [(true, 3), (false, 3), (true, 4), (false, 4)] {
                let tiff = block(big_endian, kind, code);
                assert_eq!(u16::from(orientation(&tiff).code()), code);
                assert_eq!(
                    orientation(&[b"Exif\0\0", &tiff[..]].concat()),
                    orientation(&tiff)
                );
            }
        }
    }

    #[test]
    fn nonsense_and_missing_parts_mean_upright() {
        assert_eq!(orientation(&block(true, 3, 0)), Orientation::UPRIGHT);
        assert_eq!(orientation(&block(true, 3, 9)), Orientation::UPRIGHT);
        assert_eq!(orientation(&block(true, 2, 6)), Orientation::UPRIGHT);
        assert_eq!(orientation(b"MM\0*\xFF\xFF\xFF\xFF"), Orientation::UPRIGHT);
        let tiff = block(false, 3, 6);
        for cut in 0..tiff.len() - 4 {
            assert_eq!(
                orientation(&tiff[..cut]),
                Orientation::UPRIGHT,
                "cut at {cut}"
            );
        }
    }
}
