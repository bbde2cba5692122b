//! Pictures of the browser's decoder that become small in shares, each in another worker.

use super::{DecodePath, Job};
use crate::packed::{packed, unpacked};
use crate::picture::thrown;
use clinical_images::codec::coded::Coded;
use clinical_images::codec::raster::Order;
use clinical_images::codec::resize;
use clinical_images::codec::share::{self, Cut, Made};
use wasm_bindgen::prelude::*;

/// Rows of the small picture below which it is not shared out: there are some for each worker.
const LEAST_ROWS: u32 = 64;

/// Some rows of a small picture, as they are made of the browser's pixels.
#[wasm_bindgen]
pub struct Share(share::Share);

#[wasm_bindgen]
impl Share {
    /// The share that is number `part` of `parts`, counted from zero, of a frame of this size that is to have that one; white
    /// is put behind its pixels if some of them may be transparent.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(
        width: u32,
        height: u32,
        small_width: u32,
        small_height: u32,
        parts: u32,
        part: u32,
        transparent: bool,
    ) -> Self {
        let cut = Cut {
            full: (width, height),
            small: (small_width, small_height),
            parts,
            transparent,
        };
        Self(share::Share::new(cut, part))
    }

    /// The row of the frame that is to be taken next.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn top(&self) -> u32 {
        self.0.next().start
    }

    /// How many rows are to be taken next; 0 when there are enough.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn rows(&self) -> u32 {
        self.0.next().len() as u32
    }

    /// Room for the pixels of those rows: where it begins in the module's memory.
    #[must_use]
    pub fn room(&mut self, blue_first: bool) -> *mut u8 {
        self.0.room(Order::of(blue_first)).as_mut_ptr()
    }

    /// Takes the rows whose pixels have been written into the room.
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn take(&mut self) -> Result<(), JsValue> {
        self.0.take().map_err(thrown)
    }

    /// The share as bytes, for [`Job::join`].
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn resized(self) -> Result<js_sys::Uint8Array, JsValue> {
        let Made {
            coded: Coded { luma, blue, red },
            thin,
            ends_in_missing_grey,
        } = self.0.finish().map_err(thrown)?;
        let found = thin.cast_signed() * 2 + i32::from(ends_in_missing_grey);
        Ok(packed([&luma, &blue, &red], found, None))
    }
}

fn from_bytes(bytes: &[u8]) -> Option<Made> {
    let ([luma, blue, red], found) = unpacked(bytes)?;
    Some(Made {
        coded: Coded { luma, blue, red },
        thin: (found >> 1).cast_unsigned(),
        ends_in_missing_grey: found & 1 == 1,
    })
}

#[wasm_bindgen]
impl Job {
    /// Width and height that the picture is to have, when it can be made small in shares: it is not small yet, its
    /// pixels are sRGB, all of it is wanted, and it may be turned while it is encoded.
    #[must_use]
    #[wasm_bindgen(js_name = inShares)]
    pub fn in_shares(&self) -> Option<Vec<u32>> {
        let DecodePath::Browser { header, .. } = &self.way else {
            return None;
        };
        let long_side = self.limits.long_side;
        let small = resize::size_within(header.width, header.height, long_side);
        let orientation = header.orientation.turned(self.edit.turns());
        let whole = self.edit.crop().is_none();
        let simple =
            whole && header.profile.is_none() && !orientation.begins_oddly(small.0, small.1);
        let shrinks = small.0 < header.width && small.1 >= LEAST_ROWS;
        (simple && shrinks).then(|| vec![small.0, small.1])
    }

    /// Puts the picture together of its shares, from the top one on. False when it must be made in one piece.
    #[must_use]
    pub fn join(&mut self, shares: Vec<js_sys::Uint8Array>) -> bool {
        let shares = shares.iter().map(|share| from_bytes(&share.to_vec()));
        let joined = shares.collect::<Option<Vec<_>>>().and_then(share::joined);
        if let DecodePath::Browser { small, .. } = &mut self.way {
            *small = joined;
            return small.is_some();
        }
        false
    }
}
