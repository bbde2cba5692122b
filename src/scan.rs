//! A scanned document made of pictures: JPEGs put into a TIFF or a PDF as they are, byte for byte, one a page.
//!
//! Medtech takes scans as `image/tiff` or `application/pdf` only. Nothing is decoded here, so nothing is lost, and what
//! went in can be taken out again ([`jpegs_within`]) to compare it with what the GP saw.

mod pdf;
mod tiff;

pub use pdf::pdf;
pub use tiff::tiff;

/// Bytes of a document at most, counted as base64 and decoded (Medtech's limit is 8 MB).
pub const MOST_BYTES: usize = 5_990_000;

/// A page: a baseline or progressive JPEG in three colours, upright.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The JPEG.
    pub jpeg: &'a [u8],
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// The pages could not become one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoScan {
    /// There are none.
    #[error("a document has at least one page")]
    Empty,
    /// Together they are larger than Medtech takes.
    #[error("the document would be larger than Medtech takes")]
    TooLarge,
}

fn check(pages: &[Page<'_>]) -> Result<(), NoScan> {
    /// What a page needs beside its picture, generously.
    const BESIDE: usize = 1000;
    let bytes: usize = pages.iter().map(|page| page.jpeg.len() + BESIDE).sum();
    match (pages.is_empty(), bytes > MOST_BYTES) {
        (true, _) => Err(NoScan::Empty),
        (_, true) => Err(NoScan::TooLarge),
        _ => Ok(()),
    }
}

/// Where the pictures begin in a document of this product: each JPEG stands on its own, between its own markers.
const BEGIN: &[u8] = &[0xff, 0xd8, 0xff];
/// The marker a JPEG ends with. Within one it cannot occur: its data never holds a marker.
const END: &[u8] = &[0xff, 0xd9];

/// The JPEGs in a document that [`tiff`] or [`pdf`] made, in order. Of any other document, whatever looks like one.
#[must_use]
pub fn jpegs_within(document: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some(begin) = position(rest, BEGIN) {
        let from = &rest[begin..];
        let Some(end) = position(from, END) else {
            break;
        };
        let (jpeg, behind) = from.split_at(end + END.len());
        found.push(jpeg);
        rest = behind;
    }
    found
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Shows no picture.
impl std::fmt::Debug for Page<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Page({}×{})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(filling: u8) -> Vec<u8> {
        [BEGIN, &[0xe0, filling, filling], END].concat()
    }

    #[test]
    fn what_went_in_comes_out_of_both_kinds() {
        let (one, two) = (jpeg(1), jpeg(2));
        let page = |jpeg| Page {
            jpeg,
            width: 640,
            height: 480,
        };
        let pages = [page(&one[..]), page(&two[..])];
        for document in [tiff(&pages).unwrap(), pdf(&pages).unwrap()] {
            assert_eq!(jpegs_within(&document), [&one[..], &two[..]]);
        }
    }

    #[test]
    fn no_pages_and_too_many_bytes_make_no_document() {
        assert_eq!(tiff(&[]), Err(NoScan::Empty));
        let large = vec![0; 1_000_000];
        let page = Page {
            jpeg: &large,
            width: 1,
            height: 1,
        };
        assert!(pdf(&[page; 5]).is_ok());
        assert_eq!(pdf(&[page; 6]), Err(NoScan::TooLarge));
    }

    #[test]
    fn a_document_without_pictures_holds_none() {
        for document in [&b""[..], b"%PDF-1.4", &[0xff, 0xd8, 0xff, 0xe0]] {
            assert!(jpegs_within(document).is_empty());
        }
    }
}
