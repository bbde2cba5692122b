//! TIFF with JPEG inside, one strip a page (TIFF 6.0 and Technical Note 2: compression 7).

use super::{Document, NoScan, Page, check};

/// Entries of a directory, in the order of their tags as the format wants it.
const ENTRIES: u16 = 13;
/// A directory: a count, its entries of 12 bytes, the offset of the next.
const DIRECTORY: usize = 2 + ENTRIES as usize * 12 + 4;
/// What a directory points at: three sample depths, two resolutions.
const BESIDE: usize = 6 + 2 + 16;
const HEADER: usize = 8;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;

/// Puts pages into a TIFF. All directories stand before all pictures.
///
/// # Errors
/// When there are no pages, or too many bytes.
pub fn tiff<'a>(pages: &[Page<'a>]) -> Result<Document<'a>, NoScan> {
    check(pages)?;
    let pictures = HEADER + pages.len() * (DIRECTORY + BESIDE);
    let mut out = Vec::with_capacity(pictures);
    out.extend_from_slice(b"II*\0");
    put(&mut out, HEADER);
    let mut strip = pictures;
    for (index, page) in pages.iter().enumerate() {
        let last = index + 1 == pages.len();
        directory(&mut out, page, strip, last);
        strip += page.jpeg.len();
    }
    let mut document = Document::new();
    document.write(&out);
    for (index, page) in pages.iter().enumerate() {
        document.write_page(index, page.jpeg);
    }
    Ok(document)
}

/// One page's directory and what it points at.
fn directory(out: &mut Vec<u8>, page: &Page<'_>, strip: usize, last: bool) {
    let beside = out.len() + DIRECTORY;
    let next = if last { 0 } else { beside + BESIDE };
    out.extend_from_slice(&ENTRIES.to_le_bytes());
    let (width, height) = (page.width as usize, page.height as usize);
    for (tag, kind, count, value) in [
        (256, LONG, 1, width),
        (257, LONG, 1, height),
        // Bits per sample, three of them.
        (258, SHORT, 3, beside),
        // Compression: JPEG.
        (259, SHORT, 1, 7),
        // Photometric interpretation: YCbCr, as JPEG has it.
        (262, SHORT, 1, 6),
        (273, LONG, 1, strip),
        // Samples per pixel.
        (277, SHORT, 1, 3),
        // Rows per strip: all.
        (278, LONG, 1, height),
        (279, LONG, 1, page.jpeg.len()),
        (282, RATIONAL, 1, beside + 8),
        (283, RATIONAL, 1, beside + 16),
        // Resolution unit: inch.
        (296, SHORT, 1, 2),
        // How many pixels share a colour, across and down: two shorts.
        (530, SHORT, 2, sharing(page.jpeg)),
    ] {
        entry(out, (tag, kind, count), value);
    }
    put(out, next);
    for _ in 0..3 {
        out.extend_from_slice(&8u16.to_le_bytes());
    }
    out.extend_from_slice(&[0, 0]);
    for _ in 0..2 {
        put(out, dots_an_inch(width.max(height)));
        put(out, 1);
    }
}

/// 150, at which a long side of 1,920 pixels fits a sheet, or as many as let a longer one fit.
fn dots_an_inch(long_side: usize) -> usize {
    (150 * long_side).div_ceil(1920).max(150)
}

/// How many pixels share a colour in a JPEG: across in the lower half, down in the upper one. Two by two when its frame
/// header is not found, which is what TIFF takes for granted.
fn sharing(jpeg: &[u8]) -> usize {
    let mut rest = jpeg.get(2..).unwrap_or_default();
    let mut sampling = 0x22;
    while let [0xff, marker, high, low, ..] = rest {
        // Length, precision, height, width, count; then number and sampling of the first component, which is luma.
        if matches!(marker, 0xc0..=0xc2) {
            sampling = rest.get(11).copied().unwrap_or(sampling);
            break;
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    usize::from(sampling >> 4) | usize::from(sampling & 15) << 16
}

fn entry(out: &mut Vec<u8>, (tag, kind, count): (u16, u16, u32), value: usize) {
    out.extend_from_slice(&tag.to_le_bytes());
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    // A short stands in the first half of its place, which in this byte order is where a long has it.
    put(out, value);
}

/// Offsets and lengths are below [`super::MOST_BYTES`].
fn put(out: &mut Vec<u8>, value: usize) {
    let value = u32::try_from(value).unwrap_or(u32::MAX);
    out.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_side_has_finer_dots_so_that_it_fits_the_same_sheet() {
        assert_eq!(dots_an_inch(640), 150);
        assert_eq!(dots_an_inch(1920), 150);
        assert_eq!(dots_an_inch(4096), 320);
    }

    #[test]
    fn a_page_says_how_many_pixels_share_a_colour() {
        for (sampling, across, down) in [(0x22, 2, 2), (0x11, 1, 1), (0x21, 2, 1)] {
            let frame = [8, 0, 48, 0, 64, 3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1];
            let jpeg = [
                &[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17][..],
                &frame,
                &[0xff, 0xd9],
            ]
            .concat();
            let page = Page {
                jpeg: &jpeg,
                width: 64,
                height: 48,
            };
            let file = tiff(&[page]).unwrap().whole();
            let entry = [0x12, 0x02, 3, 0, 2, 0, 0, 0, across, 0, down, 0];
            let found = file.windows(12).any(|window| window == entry);
            assert!(found, "{across} by {down}");
        }
        assert_eq!(sharing(b""), 2 | 2 << 16);
    }
}
