//! PNG: the chunks, from the header to the end.

use super::super::colour::Profile;
use super::super::exif;
use super::super::{Limits, Unusable};
use super::{Header, long};

pub(super) fn glance(bytes: &[u8], limits: &Limits) -> Option<Header> {
    let (header, _) = first(&mut Chunks::of(bytes), limits).ok()?;
    Some(header)
}

/// Size and kind, from the first chunk, and whether the picture is grey.
fn first(chunks: &mut Chunks<'_>, limits: &Limits) -> Result<(Header, bool), Unusable> {
    let (name, ihdr) = chunks.next().ok_or(Unusable::Truncated)?;
    if &name != b"IHDR" || ihdr.len() != 13 {
        return Err(Unusable::damaged("no IHDR"));
    }
    let (width, height) = long(ihdr, 0)
        .zip(long(ihdr, 4))
        .ok_or(Unusable::Truncated)?;
    let mut header = Header::sized(width, height, limits)?;
    let (depth, colour) = (ihdr[8], ihdr[9]);
    header.direct = depth <= 8;
    header.transparent = colour & 4 != 0;
    Ok((header, colour & 2 == 0))
}

pub(in super::super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Unusable> {
    let mut chunks = Chunks::of(bytes);
    let (mut header, grey) = first(&mut chunks, limits)?;
    let (mut points, mut srgb, mut packed) = (None, false, None);
    loop {
        let (name, content) = chunks.next().ok_or(Unusable::Truncated)?;
        match &name {
            b"IEND" => break,
            b"tRNS" => header.transparent = true,
            b"eXIf" => header.orientation = exif::orientation(content),
            b"sRGB" => srgb = true,
            b"cICP" if content.len() == 4 => {
                points = Some(Profile::CodePoints {
                    primaries: content[0].into(),
                    transfer: content[1].into(),
                });
            }
            // A name, a zero, the method (zero), and then the profile.
            b"iCCP" => {
                let name = content.iter().position(|&byte| byte == 0);
                packed = name.and_then(|end| content.get(end + 2..));
            }
            // An animation: the still picture is what is wanted, and that is the general decoder's business.
            b"acTL" => header.direct = false,
            _ => {}
        }
    }
    header.profile = points;
    if header.profile.is_none() && !srgb {
        // What is packed is taken for a profile of three colours.
        header.direct &= !(grey && packed.is_some());
        header.packed_profile = packed.map(<[u8]>::to_vec);
    }
    Ok(header)
}

/// Chunks, until one is not all there.
struct Chunks<'b> {
    rest: &'b [u8],
}

impl<'b> Chunks<'b> {
    /// Those of a file that has been sniffed.
    const fn of(bytes: &'b [u8]) -> Self {
        Self {
            rest: bytes.split_at(8).1,
        }
    }
}

impl<'b> Iterator for Chunks<'b> {
    type Item = ([u8; 4], &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let length = long(self.rest, 0)? as usize;
        let name = *self.rest.get(4..)?.first_chunk()?;
        let content = self.rest.get(8..8_usize.checked_add(length)?)?;
        // The check sum is the decoder's to compare, but it has to be there.
        self.rest = self.rest.get(length + 12..)?;
        Some((name, content))
    }
}
