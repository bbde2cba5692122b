//! The entry of the codec module: what every phone fetches with its first picture.
//!
//! `public/codec-worker.js` and its helpers are the only callers. It makes a [`Job`] of a file's bytes, lets the browser's decoder
//! begin where [`Job::decodable`] says so, has the file read, and does what [`Job::way`] says: takes the browser's pixels, in
//! shares where [`Job::in_shares`] says so, has tiles decoded, or turns to the general module. A panic ends the module (it aborts),
//! and the worker says so.

mod edit;
mod limits;
mod packed;
mod picture;
mod share;
mod tile;
mod warmup;

use clinical_images::codec::coded::Coded;
use clinical_images::codec::colour::Profile;
use clinical_images::codec::finish::{Decoded, Small};
use clinical_images::codec::header::{self, Header};
use clinical_images::codec::heic::{Assembly, Plan};
use clinical_images::codec::raster::{Order, Raster};
use clinical_images::codec::{Format, Limits, Unusable, admit_length, sniff};
use clinical_images::picture::Edit;
use limits::limits;
use picture::{Picture, thrown};
use wasm_bindgen::prelude::*;

/// A file on its way to a prepared picture.
#[wasm_bindgen]
pub struct Job {
    source: Format,
    edit: Edit,
    limits: Limits,
    way: DecodePath,
}

enum DecodePath {
    /// Not known before the file has been read to its end.
    Open {
        bytes: Vec<u8>,
        glance: Option<Header>,
    },
    /// The browser decodes; its pixels are written into the raster, or the picture is made small in shares.
    Browser {
        header: Header,
        raster: Raster,
        small: Option<Coded>,
    },
    /// HEIC of tiles.
    Tiles { plan: Plan, assembly: Assembly },
    /// The other module.
    General,
}

#[wasm_bindgen]
impl Job {
    /// Looks at the beginning of a file, which is to be prepared with this edit (`edit.rs`) and within these limits; the
    /// product's where none is named.
    ///
    /// # Errors
    /// Throws a string: the refusal as JSON (see `clinical_images::codec::Unusable`).
    #[wasm_bindgen(constructor)]
    pub fn new(
        bytes: Vec<u8>,
        edit: &[u32],
        input_bytes: u32,
        input_pixels: u32,
        output_bytes: u32,
        long_side: u32,
    ) -> Result<Job, JsValue> {
        let limits = limits(input_bytes, input_pixels, output_bytes, long_side);
        edit::edit(edit)
            .and_then(|edit| Self::of(bytes, edit, limits))
            .map_err(thrown)
    }

    fn of(bytes: Vec<u8>, edit: Edit, limits: Limits) -> Result<Job, Unusable> {
        admit_length(bytes.len() as u64, &limits)?;
        let source = sniff::format(&bytes)?;
        let glance = header::glance(source, &bytes, &limits);
        Ok(Self {
            source,
            edit,
            limits,
            way: DecodePath::Open { bytes, glance },
        })
    }

    /// Reads the file to its end: what it is, whether all of it is there, and which way it must take. Its bytes are let go.
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn read(&mut self) -> Result<(), JsValue> {
        if let DecodePath::Open { bytes, .. } =
            std::mem::replace(&mut self.way, DecodePath::General)
        {
            self.way = self.way_of(&bytes).map_err(thrown)?;
        }
        Ok(())
    }

    fn way_of(&self, bytes: &[u8]) -> Result<DecodePath, Unusable> {
        let limits = &self.limits.for_decoding(self.edit);
        if self.source == Format::Heic {
            // A profile of tables is the other module's.
            let followed = |plan: &Plan| plan.profile.as_ref().is_none_or(Profile::is_known);
            let plan = Plan::read(bytes, limits)?.filter(followed);
            return Ok(plan.map_or(DecodePath::General, |plan| DecodePath::Tiles {
                assembly: Assembly::new(&plan, limits),
                plan,
            }));
        }
        let header = header::read(self.source, bytes, limits)?;
        if let Some(profile) = &header.profile {
            profile.admit()?;
        }
        Ok(if header.direct {
            DecodePath::Browser {
                header,
                raster: Raster::black(0, 0),
                small: None,
            }
        } else {
            DecodePath::General
        })
    }

    /// Whether the browser's decoder may begin although the file has not been read to its end.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn decodable(&self) -> bool {
        self.header().is_some()
    }

    /// What is known of a picture that the browser decodes.
    const fn header(&self) -> Option<&Header> {
        match &self.way {
            DecodePath::Open { glance, .. } => glance.as_ref(),
            DecodePath::Browser { header, .. } => Some(header),
            _ => None,
        }
    }

    /// `browser`, `tiles` or `general`, once the file has been read.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn way(&self) -> String {
        let name = match self.way {
            DecodePath::Browser { .. } => "browser",
            DecodePath::Tiles { .. } => "tiles",
            DecodePath::General | DecodePath::Open { .. } => "general",
        };
        name.into()
    }

    /// What the file is: `jpeg`, `png`, `webp` or `heic`.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn source(&self) -> String {
        self.source.to_string()
    }

    /// Whether some pixels may not be opaque.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn transparent(&self) -> bool {
        matches!(&self.way, DecodePath::Browser { header, .. } if header.transparent)
    }

    /// The file as one that says nothing of what is done here, for a decoder that would do it too: its orientation, and a
    /// profile that is known. Of any other profile the browser makes sRGB.
    #[must_use]
    pub fn bare(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let known = self.knows_profile();
        header::hide(self.source, known, &mut bytes);
        if let DecodePath::Browser { header, .. } = &mut self.way
            && !known
        {
            header.profile = None;
        }
        bytes
    }

    /// The MIME type for the browser's decoder.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn mime(&self) -> String {
        format!("image/{}", self.source)
    }

    /// Width and height in which the browser's decoder is to give its pixels; none when it has to give all of them.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn scaled(&self) -> Option<Vec<u32>> {
        let header = self.header()?;
        let (width, height) = header.scaled_size(&self.limits.for_decoding(self.edit));
        let smaller = self.source == Format::Jpeg && width < header.width;
        smaller.then(|| vec![width, height])
    }

    /// How many pixels the browser's decoder reads; 0 where it is not asked, or as far as is known yet.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn pixels(&self) -> u32 {
        self.header()
            .map_or(0, |header| header.width.saturating_mul(header.height))
    }

    /// Makes room for the pixels that the browser's decoder is to give, while it is at work.
    #[wasm_bindgen(js_name = makeRoom)]
    pub fn make_room(&mut self) {
        let scaled = self.scaled();
        if let DecodePath::Browser { header, raster, .. } = &mut self.way {
            let (width, height) = match scaled.as_deref() {
                Some(&[width, height]) => (width, height),
                _ => (header.width, header.height),
            };
            *raster = Raster::black(width, height);
        }
    }

    /// A profile that is still compressed by zlib; unpacked it goes to [`Self::set_profile`].
    #[must_use]
    #[wasm_bindgen(getter, js_name = packedProfile)]
    pub fn packed_profile(&self) -> Option<Vec<u8>> {
        match &self.way {
            DecodePath::Browser { header, .. } => header.packed_profile.clone(),
            _ => None,
        }
    }

    /// Names the ICC profile of the browser's pixels.
    #[wasm_bindgen(js_name = setProfile)]
    pub fn set_profile(&mut self, bytes: Vec<u8>) {
        if let DecodePath::Browser { header, .. } = &mut self.way {
            header.profile = Some(Profile::Icc(bytes));
        }
    }

    /// Whether the profile is one of curves and a matrix, or there is none. Of any other the browser must make sRGB.
    #[must_use]
    #[wasm_bindgen(getter, js_name = knowsProfile)]
    pub fn knows_profile(&self) -> bool {
        match &self.way {
            DecodePath::Browser { header, .. } => {
                header.profile.as_ref().is_none_or(Profile::is_known)
            }
            _ => true,
        }
    }

    /// Room for so many pixels of red, green, blue and alpha, or of blue, green, red and alpha: where it begins in the
    /// module's memory.
    #[must_use]
    pub fn room(&mut self, width: u32, height: u32, blue_first: bool) -> *mut u8 {
        let DecodePath::Browser { raster, .. } = &mut self.way else {
            return std::ptr::null_mut();
        };
        if (raster.width, raster.height) != (width, height) {
            *raster = Raster::black(width, height);
        }
        raster.order = Order::of(blue_first);
        raster.rgba.as_mut_ptr()
    }

    /// Whether the pixels end as if coded data were missing: then the general module must look.
    #[must_use]
    #[wasm_bindgen(getter, js_name = isSuspect)]
    pub fn is_suspect(&self) -> bool {
        match &self.way {
            DecodePath::Browser { raster, .. } => {
                self.source == Format::Jpeg && raster.ends_in_missing_grey()
            }
            _ => false,
        }
    }

    /// Makes the picture of what has been decoded and of the edit; and a thumbnail when its long side is named, in pixels.
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn finish(self, thumbnail_side: Option<u32>) -> Result<Picture, JsValue> {
        let limits = Limits {
            thumbnail_side,
            ..self.limits
        };
        let (source, edit) = (self.source, self.edit);
        let prepared = match self.way {
            DecodePath::Browser {
                header,
                small: Some(coded),
                ..
            } => Small {
                coded,
                full: (header.width, header.height),
                orientation: header.orientation,
            }
            .finish(source, edit, &limits),
            DecodePath::Browser { header, raster, .. } => Decoded {
                raster,
                full: (header.width, header.height),
                orientation: header.orientation,
                transparent: header.transparent,
                profile: header.profile,
            }
            .finish(source, edit, &limits),
            DecodePath::Tiles { plan, assembly } => plan
                .assembled(assembly)
                .and_then(|decoded| decoded.finish(source, edit, &limits)),
            DecodePath::General | DecodePath::Open { .. } => Err(Unusable::Damaged {
                detail: "another module's file".into(),
            }),
        };
        prepared.map(Picture::from).map_err(thrown)
    }
}
