//! ICC profiles of tables, as scanners and printers come with: a colour for each of a few thousand mixtures, and what lies
//! between. Read and followed by moxcms. Only the general module knows them; others leave them to the browser.

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};
use std::sync::Arc;

/// Pixels that are converted at once.
const BATCH: usize = 1024;

/// A way to sRGB by a profile.
pub(in super::super) struct Table(Arc<Transform8BitExecutor>);

impl Table {
    /// For red, green and blue. `None` when the profile is about something else or cannot be followed.
    pub(in super::super) fn of_rgb(profile: &[u8]) -> Option<Self> {
        Self::read(profile, DataColorSpace::Rgb)
    }

    /// For cyan, magenta, yellow and black, 0 without ink. `None` as for [`Self::of_rgb`].
    pub(in super::super) fn of_inks(profile: &[u8]) -> Option<Self> {
        Self::read(profile, DataColorSpace::Cmyk)
    }

    fn read(profile: &[u8], space: DataColorSpace) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        if profile.color_space != space {
            return None;
        }
        let options = TransformOptions {
            allow_use_cicp_transfer: false,
            ..TransformOptions::default()
        };
        let srgb = ColorProfile::new_srgb();
        let way = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options);
        way.ok().map(Self)
    }

    /// Makes opaque sRGB of the pixels, in place.
    pub(in super::super) fn follow(&self, pixels: &mut [[u8; 4]]) {
        let mut from = [[0; 4]; BATCH];
        for batch in pixels.chunks_mut(BATCH) {
            let from = &mut from[..batch.len()];
            from.copy_from_slice(batch);
            self.0
                .transform(from.as_flattened(), batch.as_flattened_mut())
                .expect("as many pixels in as out");
            batch.iter_mut().for_each(|pixel| pixel[3] = 255);
        }
    }
}
