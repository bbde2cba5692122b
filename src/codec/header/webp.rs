//! WebP: the chunks of its RIFF container.

use super::super::colour::Profile;
use super::super::exif;
use super::super::{Limits, Unusable};
use super::Header;

pub(super) fn glance(bytes: &[u8], limits: &Limits) -> Option<Header> {
    let is_picture = |name: &[u8; 4]| matches!(name, b"VP8 " | b"VP8L");
    let (name, content) = chunks(bytes).find(|(name, _)| is_picture(name))?;
    picture(&name, content, limits).ok()
}

pub(in super::super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    let mut header = None;
    let (mut orientation, mut profile, mut extended) = (None, None, false);
    for (name, content) in chunks(bytes) {
        match &name {
            b"VP8X" => extended = true,
            b"VP8 " | b"VP8L" if header.is_none() => {
                header = Some(picture(&name, content, limits)?);
            }
            b"ALPH" => extended = true,
            // An animation: its first frame is the general decoder's business.
            b"ANIM" => header = Some(animation(bytes, limits)?),
            b"EXIF" => orientation = Some(exif::orientation(content)),
            b"ICCP" => profile = Some(Profile::Icc(content.to_vec())),
            _ => {}
        }
    }
    let mut header = header.ok_or(Unusable::Truncated)?;
    if !is_whole(bytes) {
        return Err(Unusable::Truncated);
    }
    if let Some(orientation) = orientation {
        header.orientation = orientation;
    }
    header.profile = profile;
    // Without the extended header a lossy picture has no alpha; with it, a flag says so.
    header.transparent |= extended && bytes.get(20).is_some_and(|flags| flags & 0x10 != 0);
    Ok(header)
}

/// The size, from the coded picture itself.
fn picture(name: &[u8; 4], content: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    let four = |at: usize| {
        let four = content.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(four))
    };
    if name == b"VP8L" {
        let bits = four(1).ok_or(Unusable::Truncated)?;
        let mut header = Header::sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, limits)?;
        header.transparent = bits >> 28 & 1 != 0;
        return Ok(header);
    }
    let sides = four(6).ok_or(Unusable::Truncated)?;
    Header::sized(sides & 0x3FFF, sides >> 16 & 0x3FFF, limits)
}

fn animation(bytes: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    let side = |at: usize| {
        let three = bytes.get(at..at + 3)?;
        Some(
            three
                .iter()
                .rev()
                .fold(0, |sum, &byte| sum << 8 | u32::from(byte))
                + 1,
        )
    };
    let (width, height) = side(24).zip(side(27)).ok_or(Unusable::Truncated)?;
    let mut header = Header::sized(width, height, limits)?;
    header.direct = false;
    Ok(header)
}

/// The chunks of which at least a beginning is there.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut at = 12;
    std::iter::from_fn(move || {
        let name = *bytes.get(at..)?.first_chunk()?;
        let length = length_at(bytes, at + 4)?;
        let begin = at + 8;
        let end = begin.checked_add(length)?;
        at = end.checked_add(length % 2)?;
        Some((name, bytes.get(begin..end.min(bytes.len()))?))
    })
}

fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}

/// Whether every chunk that the container announces is there. The lossy decoders read zeros past the end otherwise.
pub(in super::super) fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = length_at(bytes, 4).and_then(|size| size.checked_add(8)) else {
        return false;
    };
    let mut at = 12_usize;
    // A writer may leave out the last padding byte, so the chunks decide and not the total.
    while at < end {
        let Some(next) = length_at(bytes, at + 4).and_then(|size| size.checked_add(at + 8)) else {
            return false;
        };
        if next > bytes.len() {
            return false;
        }
        at = next + next % 2;
    }
    true
}
