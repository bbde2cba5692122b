//! The little the server needs to know of an arrived JPEG: its size in pixels, and that it carries no metadata.

/// What the markers of a JPEG say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JpegHeader {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether it carries EXIF, XMP, IPTC, a colour profile, a comment or any other application segment but JFIF.
    pub has_metadata: bool,
}

/// Walks the markers up to the start of the scan. `None` when the bytes are not a whole JPEG: no start, no frame, no
/// end-of-image marker at the very end.
#[must_use]
pub fn read_header(bytes: &[u8]) -> Option<JpegHeader> {
    if !bytes.starts_with(&[0xff, 0xd8]) || !bytes.ends_with(&[0xff, 0xd9]) {
        return None;
    }
    let (mut at, mut frame, mut has_metadata) = (2, None, false);
    loop {
        let (&[0xff, marker], rest) = bytes.get(at..)?.split_first_chunk::<2>()? else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?));
        let body = rest.get(2..length)?;
        match marker {
            0xda => break,
            0xe0 if body.starts_with(b"JFIF\0") => {}
            0xe0..=0xef | 0xfe => has_metadata = true,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let &[_, h1, h0, w1, w0] = body.first_chunk::<5>()?;
                frame = Some((u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])));
            }
            0xc4 | 0xcc | 0xdb..=0xdf => {}
            _ => return None,
        }
        at += 2 + length;
    }
    let (width, height) = frame.filter(|&(width, height)| width > 0 && height > 0)?;
    Some(JpegHeader {
        width: width.into(),
        height: height.into(),
        has_metadata,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jpeg(extra: &[u8]) -> Vec<u8> {
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0];
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0xff, 0xd9];
        [&[0xff, 0xd8], extra, &frame, &scan].concat()
    }

    #[test]
    fn size_and_metadata_are_read_from_the_markers() {
        let plain = JpegHeader {
            width: 64,
            height: 48,
            has_metadata: false,
        };
        assert_eq!(read_header(&jpeg(b"\xff\xe0\x00\x07JFIF\0")), Some(plain));
        let exif = jpeg(b"\xff\xe1\x00\x08Exif\0\0");
        assert_eq!(
            read_header(&exif),
            Some(JpegHeader {
                has_metadata: true,
                ..plain
            })
        );
    }

    #[test]
    fn a_cut_or_foreign_file_has_no_header() {
        let whole = jpeg(b"");
        for end in 0..whole.len() {
            assert_eq!(read_header(&whole[..end]), None, "cut at {end}");
        }
        assert_eq!(read_header(b"\x89PNG\r\n\x1a\n"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = bytes;
            let _ = read_header(&bytes);
            bytes.splice(0..0, [0xff, 0xd8]);
            bytes.extend([0xff, 0xd9]);
            let _ = read_header(&bytes);
        }
    }
}
