//! A picture as cameras code it: luma, and colour differences of lower resolution. What becomes of it while it is made small
//! is in [`super::shrinking`].

/// One channel: eight bits a sample, row by row without padding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plane {
    /// Width in samples.
    pub width: u32,
    /// Height in samples.
    pub height: u32,
    /// `width · height` bytes.
    pub samples: Vec<u8>,
}

impl Plane {
    /// A plane of one value.
    #[must_use]
    pub fn filled(width: u32, height: u32, value: u8) -> Self {
        Self {
            width,
            height,
            samples: vec![value; width as usize * height as usize],
        }
    }
}

/// How the samples of a picture give red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    /// Matrix coefficients of ITU-T H.273: 1 BT.709, 5 and 6 BT.601, 9 BT.2020; anything else counts as BT.601.
    pub coefficients: u16,
    /// Whether 0 is black and 255 white; otherwise 16 and 235.
    pub full_range: bool,
}

/// Luma and two colour differences (blue, red). The latter are empty in a grey picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planes {
    /// Luma, blue difference, red difference.
    pub channels: [Plane; 3],
}
