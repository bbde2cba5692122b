//! A scanned document made of pictures: JPEGs put into a TIFF or a PDF as they are, byte for byte, one a page.
//!
//! Medtech takes scans as `image/tiff` or `application/pdf` only. Nothing is decoded here, so nothing is lost, and what
//! went in can be taken out again ([`jpegs_within`]) to compare it with what the GP saw.

mod document;
mod pdf;
mod tiff;

pub use document::{Document, Piece};
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

/// What a page needs beside its picture, generously.
const BESIDE: usize = 1000;

/// How many pages go into each document, for pictures of these lengths in bytes: as many as fit, in order. A picture
/// never is larger than a document may be.
#[must_use]
pub fn documents(lengths: impl IntoIterator<Item = u64>) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut room = 0;
    for length in lengths {
        let needed = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .saturating_add(BESIDE);
        match counts.last_mut() {
            Some(count) if needed <= room => {
                *count += 1;
                room -= needed;
            }
            _ => {
                counts.push(1);
                room = MOST_BYTES.saturating_sub(needed);
            }
        }
    }
    counts
}

fn check(pages: &[Page<'_>]) -> Result<(), NoScan> {
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
            let whole = document.whole();
            assert_eq!(whole.len(), document.length());
            assert_eq!(jpegs_within(&whole), [&one[..], &two[..]]);
        }
    }

    #[test]
    fn no_pages_and_too_many_bytes_make_no_document() {
        assert_eq!(tiff(&[]).unwrap_err(), NoScan::Empty);
        let large = vec![0; 1_000_000];
        let page = Page {
            jpeg: &large,
            width: 1,
            height: 1,
        };
        assert!(pdf(&[page; 5]).is_ok());
        assert_eq!(pdf(&[page; 6]).unwrap_err(), NoScan::TooLarge);
    }

    #[test]
    fn more_than_one_document_holds_becomes_several_and_each_can_be_made() {
        assert_eq!(documents([]), [0; 0]);
        assert_eq!(documents([1_000_000; 12]), [5, 5, 2]);
        assert_eq!(documents([300_000; 20]), [19, 1]);
        let lengths = [1_000_000, 10, 999_000, 999_000, 999_000, 999_000, 989_000];
        assert_eq!(documents(lengths), [6, 1]);
        let largest = vec![0; 1_000_000];
        let mut rest = &lengths[..];
        for count in documents(lengths) {
            let (now, then) = rest.split_at(count);
            let page = |length: &u64| Page {
                jpeg: &largest[..usize::try_from(*length).unwrap()],
                width: 1,
                height: 1,
            };
            let pages: Vec<_> = now.iter().map(page).collect();
            assert!(tiff(&pages).is_ok() && pdf(&pages).is_ok());
            rest = then;
        }
    }

    #[test]
    fn a_document_without_pictures_holds_none() {
        for document in [&b""[..], b"%PDF-1.4", &[0xff, 0xd8, 0xff, 0xe0]] {
            assert!(jpegs_within(document).is_empty());
        }
    }
}
