//! Nothing but the picture leaves the phone: no EXIF, place, XMP, profile, thumbnail, comment or byte behind the end.

use super::fixtures::*;
use super::{prepare, usable_files};
use clinical_images::codec::Format;

#[track_caller]
fn assert_bare(jpeg: &[u8], what: &str) {
    let (found, trailing) = markers(jpeg);
    let plain = [
        0xD8, 0xE0, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA, 0xD9,
    ];
    assert_eq!(found, plain, "{what}: segments of the picture alone");
    assert_eq!(trailing, 0, "{what}: nothing behind the end");
    // JFIF has room for a thumbnail: its sides, 0 by 0, end the segment.
    assert_eq!(jpeg[4..6], [0, 16], "{what}: no thumbnail in JFIF");
    let told = jpeg.windows(6).any(|window| window == &CANARY[..6]);
    assert!(!told, "{what}: words of the original");
}

#[test]
fn nothing_but_the_picture_leaves_the_phone() {
    for (what, source, file) in usable_files() {
        let prepared = prepare(&file).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
        assert_eq!(prepared.source, source, "{what}");
        assert_bare(&prepared.jpeg, &what);
    }
}

/// A file of about 20 kB that carries everything a file can carry, in every place it can.
fn crowded(format: Format) -> Vec<u8> {
    let profile = display_p3_profile();
    let picture = scene(120, 80);
    let long_words = CANARY.repeat(400);
    match format {
        Format::Jpeg => {
            let segments = (0xE3..=0xED).map(|marker| (marker, long_words[..900].to_vec()));
            let plain = phone_jpeg(&picture, 6, Some(&profile));
            with_segments(&plain, &segments.collect::<Vec<_>>())
        }
        Format::Png => {
            let style = PngStyle {
                exif: Some(6),
                profile: Some(&profile),
                ..PngStyle::default()
            };
            let mut file = png(&picture, &style);
            let xmp = [b"XML:com.adobe.xmp\0\0\0\0\0", &long_words[..]].concat();
            file.splice(33..33, png_chunk(b"iTXt", &xmp));
            file.extend(long_words);
            file
        }
        Format::Webp => {
            let mut file = webp(&picture, Some(6), Some(&profile));
            let length = (long_words.len() as u32).to_le_bytes();
            file.extend([&b"XMP "[..], &length, &long_words].concat());
            let size = (file.len() as u32 - 8).to_le_bytes();
            file[4..8].copy_from_slice(&size);
            file.extend(long_words);
            file
        }
        Format::Heic => {
            let mut file = with_profile(&heic("o6"), &profile);
            let length = (long_words.len() as u32 + 8).to_be_bytes();
            file.extend([&length[..], b"free", &long_words].concat());
            file
        }
    }
}

#[test]
fn a_small_file_full_of_other_things_comes_out_bare() {
    for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Heic] {
        let file = crowded(format);
        assert!((10_000..25_000).contains(&file.len()), "{}", file.len());
        assert!(file.windows(6).any(|window| window == &CANARY[..6]));
        let prepared = prepare(&file).unwrap_or_else(|refusal| panic!("{format}: {refusal}"));
        assert_eq!(
            prepared.width < prepared.height,
            format != Format::Heic,
            "{format}"
        );
        assert_bare(&prepared.jpeg, format.name());
    }
}
