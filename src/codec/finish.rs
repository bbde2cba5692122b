//! From decoded pixels to the finished JPEG: the same for every format and every decoder.

use super::colour::Profile;
use super::exif::Orientation;
use super::raster::Raster;
use super::{Format, Limits, Prepared, Unusable, colour, fit, resize};

/// A picture as it lies in its file, and what it still needs.
pub struct Decoded {
    /// The pixels, in the order and the colour space of the file. A decoder may have made them smaller, though not smaller
    /// than the output.
    pub raster: Raster,
    /// Width and height by the file.
    pub full: (u32, u32),
    /// How they must be turned.
    pub orientation: Orientation,
    /// Whether some of them may not be opaque.
    pub transparent: bool,
    /// What their colours mean; `None` is sRGB.
    pub profile: Option<Profile>,
}

impl Decoded {
    /// Puts white behind what is transparent, makes the picture small, upright and sRGB, and encodes it.
    ///
    /// # Errors
    /// [`Unusable`] for colours that cannot become sRGB, or a limit too small for any JPEG.
    pub fn finish(
        mut self,
        source: Format,
        quarter_turns: u8,
        limits: &Limits,
    ) -> Result<Prepared, Unusable> {
        if self.transparent {
            self.raster.flatten_on_white();
        }
        let orientation = self.orientation.turned(quarter_turns);
        let (full_width, full_height) = self.full;
        let (source_width, source_height) = orientation.upright_size(full_width, full_height);
        let (width, height) = resize::size_within(full_width, full_height, limits.long_side);
        let mut small = resize::to_size(self.raster, width, height)?;
        if let Some(profile) = &self.profile {
            colour::to_srgb(&mut small, profile)?;
        }
        let fitted = fit::fit(small, orientation, limits)?;
        Ok(Prepared {
            jpeg: fitted.jpeg,
            width: fitted.width,
            height: fitted.height,
            quality: fitted.quality,
            source,
            source_width,
            source_height,
        })
    }
}
