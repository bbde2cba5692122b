//! Three planes and a number on their way between workers.

use clinical_images::codec::planes::Plane;

/// Width and height of three planes and a number, four bytes each, the lowest first, then the samples. They are written into
/// `room` when it has the right length.
pub fn packed(
    planes: [&Plane; 3],
    number: i32,
    room: Option<js_sys::Uint8Array>,
) -> js_sys::Uint8Array {
    let sizes = planes.map(|plane| [plane.width, plane.height]);
    let mut head: Vec<u8> = sizes
        .as_flattened()
        .iter()
        .flat_map(|side| side.to_le_bytes())
        .collect();
    head.extend(number.to_le_bytes());
    let samples = planes.map(|plane| plane.samples.as_slice());
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
    packed
}

/// What [`packed`] put together. `None` when the bytes are too few.
pub fn unpacked(bytes: &[u8]) -> Option<([Plane; 3], i32)> {
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
    let planes = [plane()?, plane()?, plane()?];
    Some((planes, numbers.next()?.cast_signed()))
}
