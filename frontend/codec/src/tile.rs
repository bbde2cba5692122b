//! Tiles on their way between workers.

use clinical_images::codec::heic;
use clinical_images::codec::planes::{Matrix, Plane, Planes};
use wasm_bindgen::prelude::*;

use crate::picture::thrown;

/// What the container says of a tile's colours, as one number, so that it passes between workers like any other:
/// `-1` nothing, otherwise twice the matrix coefficients, and one more for full range.
pub fn packed(matrix: Option<(u16, bool)>) -> i32 {
    matrix.map_or(-1, |(coefficients, full)| {
        i32::from(coefficients) * 2 + i32::from(full)
    })
}

fn unpacked(matrix: i32) -> Option<(u16, bool)> {
    let coefficients = u16::try_from(matrix >> 1).ok()?;
    Some((coefficients, matrix & 1 == 1))
}

/// Decodes a tile, and packs it as bytes: a head of seven numbers (see [`from_bytes`]), then the samples of its planes.
/// They are written into `room` when it has the right length.
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
    let tile = heic::tile(stream, unpacked(matrix), most_pixels.into()).map_err(thrown)?;
    let sizes = tile
        .planes
        .channels
        .each_ref()
        .map(|plane| [plane.width, plane.height]);
    let colour = packed(Some((tile.matrix.coefficients, tile.matrix.full_range)));
    let mut head: Vec<u8> = sizes
        .as_flattened()
        .iter()
        .flat_map(|side| side.to_le_bytes())
        .collect();
    head.extend(colour.to_le_bytes());
    let samples = tile
        .planes
        .channels
        .each_ref()
        .map(|plane| plane.samples.as_slice());
    let length = samples.iter().map(|plane| plane.len()).sum::<usize>() + head.len();
    let packed = room
        .filter(|room| room.length() as usize == length)
        .unwrap_or_else(|| js_sys::Uint8Array::new_with_length(length as u32));
    let mut at = 0;
    for part in [head.as_slice()].iter().chain(&samples) {
        let end = at + part.len() as u32;
        packed.subarray(at, end).copy_from(part);
        at = end;
    }
    Ok(packed)
}

/// A tile from its packed form: width and height of three planes and the colour, four bytes each, the lowest first, then
/// the samples. `None` when the bytes are too few.
pub fn from_bytes(bytes: &[u8]) -> Option<heic::Tile> {
    let (head, mut samples) = bytes.split_at_checked(28)?;
    let mut numbers = head
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| u32::from_le_bytes(*four));
    let mut plane = || {
        let (width, height) = (numbers.next()?, numbers.next()?);
        let (own, rest) =
            samples.split_at_checked((width as usize).checked_mul(height as usize)?)?;
        samples = rest;
        Some(Plane {
            width,
            height,
            samples: own.to_vec(),
        })
    };
    let channels = [plane()?, plane()?, plane()?];
    let (coefficients, full_range) = unpacked(numbers.next()?.cast_signed())?;
    Some(heic::Tile {
        planes: Planes { channels },
        matrix: Matrix {
            coefficients,
            full_range,
        },
    })
}
