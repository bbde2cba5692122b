//! HEIC of tiles: which are decoded here, or in another worker.

use super::{DecodePath, Job};
use crate::packed::{packed, unpacked};
use crate::picture::thrown;
use clinical_images::codec::planes::{Matrix, Planes};
use clinical_images::codec::{Unusable, heic};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Job {
    /// How many tiles there are to decode.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn tiles(&self) -> usize {
        match &self.way {
            DecodePath::Tiles { plan, .. } => plan.streams.len(),
            _ => 0,
        }
    }

    /// The stream of a tile, for [`decode_tile`] in another worker. It is given away only once.
    #[must_use]
    pub fn stream(&mut self, index: usize) -> js_sys::Uint8Array {
        js_sys::Uint8Array::from(self.take(index).as_slice())
    }

    /// What the container says of the tiles' colours, for [`decode_tile`].
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn matrix(&self) -> i32 {
        match &self.way {
            DecodePath::Tiles { plan, .. } => numbered(plan.matrix),
            _ => -1,
        }
    }

    /// Most pixels that a tile may have.
    #[must_use]
    #[wasm_bindgen(getter, js_name = mostPixels)]
    pub fn most_pixels(&self) -> u32 {
        u32::try_from(self.limits.input_pixels).unwrap_or(u32::MAX)
    }

    /// Decodes a tile here and puts it in its place.
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn decode(&mut self, index: usize) -> Result<(), JsValue> {
        let stream = self.take(index);
        if let DecodePath::Tiles { plan, assembly } = &mut self.way {
            heic::tile(&stream, plan.matrix, self.limits.input_pixels)
                .and_then(|tile| assembly.place(index, tile))
                .map_err(thrown)?;
        }
        Ok(())
    }

    /// Puts a tile in its place that another worker has decoded.
    ///
    /// # Errors
    /// Throws the refusal as JSON.
    pub fn place(&mut self, index: usize, packed: &[u8]) -> Result<(), JsValue> {
        if let DecodePath::Tiles { assembly, .. } = &mut self.way {
            from_bytes(packed)
                .ok_or(Unusable::Truncated)
                .and_then(|tile| assembly.place(index, tile))
                .map_err(thrown)?;
        }
        Ok(())
    }

    fn take(&mut self, index: usize) -> Vec<u8> {
        match &mut self.way {
            DecodePath::Tiles { plan, .. } => plan
                .streams
                .get_mut(index)
                .map(std::mem::take)
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

/// What the container says of a tile's colours, as one number, so that it passes between workers like any other:
/// `-1` nothing, otherwise twice the matrix coefficients, and one more for full range.
fn numbered(matrix: Option<(u16, bool)>) -> i32 {
    matrix.map_or(-1, |(coefficients, full)| {
        i32::from(coefficients) * 2 + i32::from(full)
    })
}

fn of_number(matrix: i32) -> Option<(u16, bool)> {
    let coefficients = u16::try_from(matrix >> 1).ok()?;
    Some((coefficients, matrix & 1 == 1))
}

/// Decodes a tile, and packs its planes and its colour as bytes. They are written into `room` when it has the right length.
///
/// # Errors
/// Throws a string: the refusal as JSON.
#[wasm_bindgen]
pub fn decode_tile(
    stream: &[u8],
    matrix: i32,
    most_pixels: u32,
    room: Option<js_sys::Uint8Array>,
) -> Result<js_sys::Uint8Array, JsValue> {
    let tile = heic::tile(stream, of_number(matrix), most_pixels.into()).map_err(thrown)?;
    let colour = numbered(Some((tile.matrix.coefficients, tile.matrix.full_range)));
    Ok(packed(tile.planes.channels.each_ref(), colour, room))
}

/// A tile from its packed form. `None` when the bytes are too few.
fn from_bytes(bytes: &[u8]) -> Option<heic::Tile> {
    let (channels, colour) = unpacked(bytes)?;
    let (coefficients, full_range) = of_number(colour)?;
    Some(heic::Tile {
        planes: Planes { channels },
        matrix: Matrix {
            coefficients,
            full_range,
        },
    })
}
