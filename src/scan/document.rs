//! A document in pieces: what is made for it, and the pages' JPEGs, which are not copied.

/// A scanned document. Its pieces put end to end are the file.
pub struct Document<'a> {
    pieces: Vec<Piece<'a>>,
    length: usize,
}

/// A piece of a document.
#[derive(Clone)]
pub enum Piece<'a> {
    /// What stands around the pictures.
    Made(Vec<u8>),
    /// A picture.
    Page {
        /// Which page's, from 0.
        index: usize,
        /// Its bytes.
        jpeg: &'a [u8],
    },
}

impl<'a> Document<'a> {
    pub(super) const fn new() -> Self {
        Self {
            pieces: Vec::new(),
            length: 0,
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        match self.pieces.last_mut() {
            Some(Piece::Made(made)) => made.extend_from_slice(bytes),
            _ => self.pieces.push(Piece::Made(bytes.to_vec())),
        }
    }

    pub(super) fn write_page(&mut self, index: usize, jpeg: &'a [u8]) {
        self.length += jpeg.len();
        self.pieces.push(Piece::Page { index, jpeg });
    }

    /// Number of bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn into_pieces(self) -> Vec<Piece<'a>> {
        self.pieces
    }

    /// The file in one piece.
    #[must_use]
    pub fn whole(&self) -> Vec<u8> {
        let bytes = self.pieces.iter().map(|piece| match piece {
            Piece::Made(made) => &made[..],
            Piece::Page { jpeg, .. } => jpeg,
        });
        bytes.collect::<Vec<_>>().concat()
    }
}

/// Shows no picture.
impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Document({} bytes)", self.length)
    }
}
