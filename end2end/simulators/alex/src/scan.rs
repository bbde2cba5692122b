//! A look into a scan: whether it is a TIFF or a PDF, and the JPEGs that lie in it as they are.
//!
//! Enough for what a client writes on purpose (one JPEG a page, in one strip or one stream); any
//! other scan has no pictures here, which is no fault of it.

use crate::nondeterminism;
use crate::picture;
use crate::record::Page;

/// More pages than any scan has; guards against a TIFF whose directories go round in a circle.
const MOST_PAGES: usize = 500;

/// What the first bytes say.
pub(crate) fn content_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        Some("image/tiff")
    } else if bytes.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else {
        None
    }
}

/// The JPEGs in a scan, in order.
pub(crate) fn pictures(bytes: &[u8]) -> Vec<&[u8]> {
    let found = match content_type(bytes) {
        Some("image/tiff") => in_tiff(bytes),
        Some(_) => in_pdf(bytes),
        None => Vec::new(),
    };
    let whole = |jpeg: &&[u8]| picture::look(jpeg).is_some();
    found.into_iter().filter(whole).collect()
}

/// What is kept of a picture that [`pictures`] found.
pub(crate) fn page(jpeg: &[u8]) -> Page {
    let (width, height) = picture::look(jpeg).map_or((0, 0), |seen| (seen.width, seen.height));
    Page {
        sha256: nondeterminism::sha256(jpeg),
        size: jpeg.len() as u64,
        width,
        height,
    }
}

/// Every stream that begins as a JPEG does, up to its end marker.
fn in_pdf(bytes: &[u8]) -> Vec<&[u8]> {
    const START: &[u8] = b"stream";
    const END: &[u8] = b"endstream";
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some(at) = position(rest, START) {
        rest = &rest[at + START.len()..];
        let data = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"));
        let Some(data) = data.filter(|data| data.starts_with(&[0xff, 0xd8, 0xff])) else {
            continue;
        };
        let Some(end) = position(data, END) else {
            break;
        };
        let stream = &data[..end];
        let jpeg = stream.strip_suffix(b"\n").unwrap_or(stream);
        found.push(jpeg.strip_suffix(b"\r").unwrap_or(jpeg));
        rest = &data[end + END.len()..];
    }
    found
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn in_tiff(bytes: &[u8]) -> Vec<&[u8]> {
    let tiff = Tiff {
        bytes,
        little_endian: bytes.starts_with(b"II"),
    };
    let mut found = Vec::new();
    let mut next = tiff.u32(4);
    for _ in 0..MOST_PAGES {
        let Some(directory) = next.filter(|offset| *offset != 0) else {
            break;
        };
        let Some(entries) = tiff.u16(directory) else {
            break;
        };
        found.extend(tiff.jpeg(directory, entries));
        next = tiff.u32(directory + 2 + usize::from(entries) * 12);
    }
    found
}

struct Tiff<'a> {
    bytes: &'a [u8],
    little_endian: bool,
}

impl<'a> Tiff<'a> {
    /// The only strip of a page compressed as JPEG (TIFF technote 2), without tables elsewhere.
    fn jpeg(&self, directory: usize, entries: u16) -> Option<&'a [u8]> {
        const COMPRESSION: u16 = 259;
        const STRIP_OFFSETS: u16 = 273;
        const STRIP_BYTE_COUNTS: u16 = 279;
        const JPEG_TABLES: u16 = 347;
        const JPEG: usize = 7;
        let value = |tag| self.single(directory, entries, tag);
        if value(COMPRESSION) != Some(JPEG) || self.entry(directory, entries, JPEG_TABLES).is_some()
        {
            return None;
        }
        let (offset, count) = (value(STRIP_OFFSETS)?, value(STRIP_BYTE_COUNTS)?);
        self.bytes.get(offset..offset.checked_add(count)?)
    }

    /// The value of an entry that has one, SHORT or LONG.
    fn single(&self, directory: usize, entries: u16, tag: u16) -> Option<usize> {
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        let at = self.entry(directory, entries, tag)?;
        match (self.u16(at + 2)?, self.u32(at + 4)?) {
            (SHORT, 1) => self.u16(at + 8).map(usize::from),
            (LONG, 1) => self.u32(at + 8),
            _ => None,
        }
    }

    fn entry(&self, directory: usize, entries: u16, tag: u16) -> Option<usize> {
        let mut all = (0..usize::from(entries)).map(|index| directory + 2 + index * 12);
        all.find(|at| self.u16(*at) == Some(tag))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let value = if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a JPEG of 16 × 9.
    const JPEG: [u8; 17] = [
        0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 16, 1, 1, 0x11, 0, 0xff, 0xd9,
    ];

    fn pdf(pages: usize) -> Vec<u8> {
        let mut bytes = b"%PDF-1.4\n1 0 obj <</Length 2>> stream\nq\nendstream\n".to_vec();
        for _ in 0..pages {
            bytes.extend(b"2 0 obj <</Filter /DCTDecode>> stream\r\n");
            bytes.extend(JPEG);
            bytes.extend(b"\nendstream endobj\n");
        }
        bytes
    }

    fn tiff(pages: usize, little_endian: bool) -> Vec<u8> {
        let short = |value: u16| {
            if little_endian {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let long = |value: usize| {
            let value = u32::try_from(value).unwrap();
            if little_endian {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let mut bytes = if little_endian {
            b"II*\0".to_vec()
        } else {
            b"MM\0*".to_vec()
        };
        bytes.extend(long(8 + JPEG.len()));
        bytes.extend(JPEG);
        for page in 0..pages {
            let entries = [(259, 3, 7), (273, 4, 8), (279, 4, JPEG.len())];
            bytes.extend(short(3));
            for (tag, kind, value) in entries {
                bytes.extend(short(tag));
                bytes.extend(short(kind));
                bytes.extend(long(1));
                if kind == 3 {
                    bytes.extend(short(u16::try_from(value).unwrap()));
                    bytes.extend([0, 0]);
                } else {
                    bytes.extend(long(value));
                }
            }
            let last = page + 1 == pages;
            bytes.extend(long(if last { 0 } else { bytes.len() + 4 }));
        }
        bytes
    }

    #[test]
    fn the_jpeg_of_every_page_is_found_as_it_is() {
        for scan in [pdf(2), tiff(2, true), tiff(2, false)] {
            assert_eq!(pictures(&scan), [JPEG.as_slice(); 2]);
        }
        let seen = page(&JPEG);
        assert_eq!((seen.width, seen.height, seen.size), (16, 9, 17));
        assert!(pictures(b"%PDF-1.4 nothing").is_empty());
    }

    #[test]
    fn every_truncation_and_every_changed_byte_is_survived() {
        for whole in [pdf(2), tiff(2, true)] {
            for end in 0..whole.len() {
                pictures(&whole[..end]);
                for value in [0, 1, 0x7f, 0xff] {
                    let mut changed = whole.clone();
                    changed[end] = value;
                    pictures(&changed);
                }
            }
        }
    }
}
