//! Pixels in memory: 8-bit red, green, blue, alpha, row by row without padding.

use crate::picture::Area;

/// In which order a pixel has its colours. Browsers' decoders have blue first, and to exchange them costs as much as reading
/// them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Red, green, blue, alpha.
    RedFirst,
    /// Blue, green, red, alpha.
    BlueFirst,
}

impl Order {
    /// The order in which blue comes first, or not.
    #[must_use]
    pub const fn of(blue_first: bool) -> Self {
        if blue_first {
            Self::BlueFirst
        } else {
            Self::RedFirst
        }
    }
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// `4 · width · height` bytes.
    pub rgba: Vec<u8>,
    /// Which of the colours comes first.
    pub order: Order,
}

impl Raster {
    /// A picture of opaque black. The caller has admitted its size (see [`super::Limits::admit`]).
    #[must_use]
    pub fn black(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            rgba: vec![0; width as usize * height as usize * 4],
            order: Order::RedFirst,
        }
    }

    /// The pixels, each with its colours in `order`, and alpha.
    #[must_use]
    pub fn pixels(&self) -> &[[u8; 4]] {
        self.rgba.as_chunks::<4>().0
    }

    /// The pixels, to be changed.
    pub fn pixels_mut(&mut self) -> &mut [[u8; 4]] {
        self.rgba.as_chunks_mut::<4>().0
    }

    /// A copy of these pixels, which lie in the picture.
    #[must_use]
    pub fn part(&self, area: Area) -> Self {
        let (left, width) = (area.x as usize * 4, area.width as usize * 4);
        let rows = self.rgba.chunks_exact(self.width as usize * 4);
        let mut rgba = Vec::with_capacity(width * area.height as usize);
        for row in rows.skip(area.y as usize).take(area.height as usize) {
            rgba.extend_from_slice(&row[left..left + width]);
        }
        Self {
            width: area.width,
            height: area.height,
            rgba,
            order: self.order,
        }
    }

    /// Whether the lower right corner is exactly the grey that JPEG decoders paint where coded data is missing. Of a photo
    /// that ends so a decoder must be asked that tells.
    #[must_use]
    pub fn ends_in_missing_grey(&self) -> bool {
        const CORNER: usize = 4;
        let row = self.width as usize * 4;
        let rows = self.rgba.chunks_exact(row).rev().take(CORNER);
        let mut pixels = rows.flat_map(|row| row.as_chunks::<4>().0.iter().rev().take(CORNER));
        pixels.all(|pixel| pixel[..3] == [128; 3])
    }

    /// Puts the colours of each pixel in the order of red, green, blue.
    pub fn put_red_first(&mut self) {
        let order = std::mem::replace(&mut self.order, Order::RedFirst);
        put_red_first(self.pixels_mut(), order);
    }

    /// Puts white behind whatever is transparent. Done before the resize, so that the colour hidden in transparent
    /// pixels cannot bleed into its neighbours.
    pub fn flatten_on_white(&mut self) {
        // Most pixels of most pictures are opaque, and many are looked at together as vectors.
        for pixels in self.pixels_mut().chunks_mut(ALIKE) {
            if pixels.iter().fold(255, |all, pixel| all & pixel[3]) < 255 {
                pixels.iter_mut().for_each(put_on_white);
            }
        }
    }
}

/// How many neighbouring pixels are likely to be opaque together.
const ALIKE: usize = 64;

fn put_on_white(pixel: &mut [u8; 4]) {
    let alpha = u32::from(pixel[3]);
    for channel in &mut pixel[..3] {
        *channel = ((u32::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
    }
    pixel[3] = 255;
}

/// Puts the colours of pixels that are in this order in the order of red, green, blue.
pub fn put_red_first(pixels: &mut [[u8; 4]], order: Order) {
    if order == Order::BlueFirst {
        pixels.iter_mut().for_each(|pixel| pixel.swap(0, 2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparent_is_white_and_half_is_half() {
        let mut raster = Raster {
            width: 3,
            height: 1,
            rgba: vec![9, 9, 9, 0, 0, 0, 255, 128, 1, 2, 3, 255],
            order: Order::RedFirst,
        };
        raster.flatten_on_white();
        assert_eq!(
            raster.rgba,
            [255, 255, 255, 255, 127, 127, 255, 255, 1, 2, 3, 255]
        );
    }
}
