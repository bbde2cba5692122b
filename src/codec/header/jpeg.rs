//! JPEG: the segments, and whether the coded data between them is all there.

use super::super::colour::Profile;
use super::super::exif;
use super::super::{Limits, Unusable};
use super::{Header, short};

/// The largest profile that is put together from its parts.
const PROFILE_BYTES: usize = 4 << 20;

/// How far [`glance`] looks: a preview of the camera's own stands before the size.
const GLANCE: usize = 256 << 10;

pub(super) fn glance(bytes: &[u8], limits: &Limits) -> Option<Header> {
    let mut found = Found::default();
    let _ = walk(&bytes[..bytes.len().min(GLANCE)], &mut found);
    found.header(found.frame.as_ref()?, limits).ok()
}

pub(in super::super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    let mut found = Found::default();
    let end = walk(bytes, &mut found);
    let frame = found.frame.ok_or(Unusable::Truncated)?;
    let mut header = found.header(&frame, limits)?;
    if end.is_none() || !found.is_complete(&frame) {
        return Err(Unusable::Truncated);
    }
    if let Some(block) = found.exif {
        header.orientation = exif::orientation(block);
    }
    header.profile = match frame.components {
        1 => found.profile().map(Profile::Grey),
        3 => found.profile().map(Profile::Icc),
        _ => None,
    };
    Ok(header)
}

/// Where the picture's own end marker begins; those of thumbnails lie inside segments.
#[cfg(feature = "codec")]
pub(in super::super) fn end_marker(bytes: &[u8]) -> Option<usize> {
    walk(bytes, &mut Found::default())
}

#[derive(Clone, Copy)]
struct Frame {
    sequential_or_progressive: bool,
    progressive: bool,
    precision: u8,
    width: u16,
    height: u16,
    components: u8,
    /// The coding units of an interleaved scan.
    units: u32,
}

/// What the segments said.
#[derive(Default)]
struct Found<'b> {
    frame: Option<Frame>,
    exif: Option<&'b [u8]>,
    adobe: Option<u8>,
    /// Number, count and content of each part of the profile.
    parts: Vec<(u8, u8, &'b [u8])>,
    /// Coding units between restart markers; none when zero.
    interval: u16,
    restarts: u32,
    scans: u32,
    /// For each of the first four components, the coefficients that have been sent to their last bit.
    refined: [u64; 4],
    ids: [u8; 4],
}

impl<'b> Found<'b> {
    fn segment(&mut self, marker: u8, content: &'b [u8]) {
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if self.frame.is_none() => {
                self.frame = self.frame_of(marker, content);
            }
            0xDD => self.interval = short(content, 0).unwrap_or(0),
            0xE1 if content.starts_with(b"Exif\0\0") && self.exif.is_none() => {
                self.exif = Some(content);
            }
            0xE2 => {
                if let Some([number, count, part @ ..]) = content.strip_prefix(b"ICC_PROFILE\0") {
                    self.parts.push((*number, *count, part));
                }
            }
            0xEE if content.starts_with(b"Adobe") => self.adobe = content.get(11).copied(),
            0xDA => self.scan(content),
            _ => {}
        }
    }

    fn frame_of(&mut self, marker: u8, content: &[u8]) -> Option<Frame> {
        let (height, width) = (short(content, 1)?, short(content, 3)?);
        let components = *content.get(5)?;
        let specs = content.get(6..)?.as_chunks::<3>().0;
        let specs = specs.get(..usize::from(components))?;
        let (mut across, mut down) = (1, 1);
        for (place, [id, sampling, _]) in specs.iter().enumerate() {
            (across, down) = (across.max(sampling >> 4), down.max(sampling & 15));
            if let Some(known) = self.ids.get_mut(place) {
                *known = *id;
            }
        }
        let side = |pixels: u16, factor: u8| {
            let unit = if components == 1 {
                8
            } else {
                8 * u32::from(factor)
            };
            u32::from(pixels).div_ceil(unit)
        };
        Some(Frame {
            sequential_or_progressive: matches!(marker, 0xC0..=0xC2),
            progressive: marker == 0xC2,
            precision: *content.first()?,
            width,
            height,
            components,
            units: side(width, across) * side(height, down),
        })
    }

    /// Notes what a scan brings: components, the band of coefficients, and the bits still missing.
    fn scan(&mut self, content: &[u8]) {
        self.scans += 1;
        let count = usize::from(content.first().copied().unwrap_or(0));
        let Some([first, last, bits, ..]) = content.get(1 + 2 * count..) else {
            return;
        };
        if bits & 15 != 0 || *last > 63 || first > last {
            return;
        }
        let band = (u64::MAX >> (63 - last)) & (u64::MAX << first);
        for component in content[1..=2 * count].as_chunks::<2>().0 {
            for (known, refined) in self.ids.iter().zip(&mut self.refined) {
                if *known == component[0] {
                    *refined |= band;
                }
            }
        }
    }

    /// Size and kind.
    fn header(&self, frame: &Frame, limits: &Limits) -> Result<Header, Unusable> {
        let mut header = Header::sized(frame.width.into(), frame.height.into(), limits)?;
        // Adobe's marker says what three components are; only 1 is YCbCr.
        let three = frame.components == 3 && self.adobe != Some(0);
        let plain_colours = frame.components == 1 || three;
        header.direct = frame.sequential_or_progressive && frame.precision == 8 && plain_colours;
        Ok(header)
    }

    /// Whether all scans of a progressive picture are there, and all restart markers of a sequential one. A decoder
    /// paints what is missing grey, or leaves it coarse.
    fn is_complete(&self, frame: &Frame) -> bool {
        if self.scans == 0 {
            return false;
        }
        let components = usize::from(frame.components).min(4);
        if frame.progressive {
            return self.refined[..components]
                .iter()
                .all(|&refined| refined == u64::MAX);
        }
        if self.interval == 0 || self.scans > 1 {
            return true;
        }
        self.restarts + 1 >= frame.units.div_ceil(self.interval.into())
    }

    /// The profile, when all its parts are there.
    fn profile(&self) -> Option<Vec<u8>> {
        let count = self.parts.first()?.1;
        let mut whole = Vec::new();
        for number in 1..=count {
            let (.., part) = self.parts.iter().find(|part| part.0 == number)?;
            whole.extend_from_slice(part);
            if whole.len() > PROFILE_BYTES {
                return None;
            }
        }
        (!whole.is_empty()).then_some(whole)
    }
}

/// Goes from marker to marker, and gives the place of the end marker.
fn walk<'b>(bytes: &'b [u8], found: &mut Found<'b>) -> Option<usize> {
    let mut at = 2;
    loop {
        let (begin, marker) = next_marker(bytes, &mut at)?;
        match marker {
            0xD9 => return Some(begin),
            0xD0..=0xD7 => found.restarts += 1,
            0x01 | 0xD8 => {}
            _ => {
                let length = usize::from(short(bytes, at)?).max(2);
                found.segment(marker, bytes.get(at + 2..at + length)?);
                at += length;
            }
        }
    }
}

/// The next marker at or after `at`, which is moved behind it. Bytes between segments, and coded data with its stuffed
/// zeros, are passed over.
fn next_marker(bytes: &[u8], at: &mut usize) -> Option<(usize, u8)> {
    loop {
        let begin = *at + next_ones(bytes.get(*at..)?)?;
        *at = begin + 1;
        while *bytes.get(*at)? == 0xFF {
            *at += 1;
        }
        let marker = bytes[*at];
        *at += 1;
        if marker != 0 {
            return Some((begin, marker));
        }
    }
}

/// The place of the first byte of ones. Sixteen at a time, which becomes one vector comparison: the coded data of a photo
/// has megabytes.
fn next_ones(bytes: &[u8]) -> Option<usize> {
    let (groups, _) = bytes.as_chunks::<16>();
    let without = groups
        .iter()
        .take_while(|group| {
            !group
                .iter()
                .fold(false, |found, &byte| found | (byte == 0xFF))
        })
        .count();
    let from = without * 16;
    bytes[from..]
        .iter()
        .position(|&byte| byte == 0xFF)
        .map(|place| from + place)
}
