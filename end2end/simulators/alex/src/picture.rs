//! A look at a picture's bytes: what it is, how large, and whether a camera's EXIF is still in it.
//! Nothing is decoded.

/// What the bytes say about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// `image/jpeg` or `image/png`.
    pub content_type: &'static str,
    /// In pixels, as stored.
    pub width: u32,
    /// In pixels, as stored.
    pub height: u32,
    pub has_exif: bool,
}

/// Reads a JPEG's or PNG's head. None when it is neither, or is cut off before its size.
pub(crate) fn look(bytes: &[u8]) -> Option<Picture> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return jpeg(bytes);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return png(bytes);
    }
    None
}

fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let mut at = 2;
    let mut has_exif = false;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes, and markers without a length.
            0xff => {
                at += 1;
                continue;
            }
            0x01 | 0xd0..=0xd8 => {
                at += 2;
                continue;
            }
            // The end, or the scan, before any frame.
            0xd9 | 0xda => return None,
            _ => {}
        }
        let length = usize::from(u16_at(bytes, at + 2)?);
        let segment = bytes.get(at + 4..at + 2 + length)?;
        if marker == 0xe1 && segment.starts_with(b"Exif\0") {
            has_exif = true;
        }
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let height = u32::from(u16_at(segment, 1)?);
            let width = u32::from(u16_at(segment, 3)?);
            return sized("image/jpeg", width, height, has_exif);
        }
        at += 2 + length;
    }
}

fn png(bytes: &[u8]) -> Option<Picture> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let (width, height) = (u32_at(bytes, 16)?, u32_at(bytes, 20)?);
    let has_exif = bytes.windows(4).any(|name| name == b"eXIf");
    sized("image/png", width, height, has_exif)
}

fn sized(content_type: &'static str, width: u32, height: u32, has_exif: bool) -> Option<Picture> {
    (width > 0 && height > 0).then_some(Picture {
        content_type,
        width,
        height,
        has_exif,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small_jpeg() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 8];
        bytes.extend(b"Exif\0\0");
        bytes.extend([0xff, 0xff, 0xc2, 0, 8, 8, 1, 0x2c, 2, 0x58, 1]);
        bytes
    }

    #[test]
    fn a_progressive_jpeg_with_exif_tells_its_size() {
        let seen = look(&small_jpeg());
        let (content_type, has_exif) = ("image/jpeg", true);
        assert_eq!(
            seen,
            Some(Picture {
                content_type,
                width: 600,
                height: 300,
                has_exif
            })
        );
    }

    #[test]
    fn every_truncation_and_every_changed_byte_is_survived() {
        let whole = small_jpeg();
        for end in 0..whole.len() {
            look(&whole[..end]);
            for value in [0, 1, 0x7f, 0xd8, 0xff] {
                let mut changed = whole.clone();
                changed[end] = value;
                look(&changed);
            }
        }
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\0";
        assert_eq!(look(png).map(|p| (p.width, p.height)), Some((512, 256)));
        for end in 0..png.len() {
            assert_eq!(look(&png[..end]), None);
        }
    }
}
