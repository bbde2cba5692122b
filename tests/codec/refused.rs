//! What is refused, with which reason, and that nothing brings the pipeline down.

use super::fixtures::*;
use super::{all_files, noise, prepare};
use clinical_images::codec::{Format, Limits, Unusable, admit_length, to_jpeg};
use proptest::prelude::*;

#[test]
fn other_files_are_refused_by_what_they_are() {
    let text = b"Dear doctor, the photo is in the other e-mail.\n".repeat(9);
    assert_eq!(prepare(&text).err(), Some(Unusable::NotAnImage));
    assert_eq!(prepare(b"").err(), Some(Unusable::NotAnImage));
    let gif = prepare(b"GIF89a\x01\0\x01\0\0\0\0;");
    assert_eq!(
        gif.err(),
        Some(Unusable::Unsupported { what: "GIF".into() })
    );
}

#[test]
fn a_file_that_is_too_long_is_refused_and_one_at_the_limit_is_not() {
    let file = phone_jpeg(&scene(64, 40), 1, None);
    let at = |input_bytes| {
        to_jpeg(
            &file,
            &Limits {
                input_bytes,
                ..Limits::default()
            },
        )
    };
    let length = file.len() as u64;
    assert!(at(length).is_ok());
    let refusal = Unusable::TooManyBytes {
        bytes: length,
        limit: length - 1,
    };
    assert_eq!(at(length - 1).err(), Some(refusal));
}

#[test]
fn a_picture_of_too_many_pixels_is_refused_and_one_at_the_limit_is_not() {
    let file = png(&scene(64, 40), &PngStyle::default());
    let at = |input_pixels| {
        to_jpeg(
            &file,
            &Limits {
                input_pixels,
                ..Limits::default()
            },
        )
    };
    assert!(at(64 * 40).is_ok());
    assert!(matches!(
        at(64 * 40 - 1),
        Err(Unusable::TooManyPixels {
            width: 64,
            height: 40,
            ..
        })
    ));
}

#[test]
fn a_small_file_that_promises_a_huge_picture_is_refused_by_its_header() {
    for (what, file) in boasts(60_000, 60_000) {
        let refusal = prepare(&file).unwrap_err();
        assert!(
            matches!(
                refusal,
                Unusable::TooManyPixels {
                    limit: 100_000_000,
                    ..
                }
            ),
            "{what}: {refusal}"
        );
    }
}

#[test]
fn the_limits_are_those_of_the_product_to_the_byte_and_the_pixel() {
    let limits = Limits::default();
    assert!(admit_length(50_000_000, &limits).is_ok());
    assert!(admit_length(50_000_001, &limits).is_err());
    assert!(limits.admit(10_000, 10_000).is_ok());
    assert!(limits.admit(10_001, 10_000).is_err());
    assert!(limits.admit(100_000_000, 1).is_ok());
    assert!(limits.admit(u32::MAX, u32::MAX).is_err());
    assert!(limits.admit(0, 1).is_err());
}

#[test]
fn of_an_animation_one_picture_is_taken_however_many_there_are() {
    let still = prepare(&png(&scene(120, 80), &PngStyle::default())).unwrap();
    assert_eq!(prepare(&animated_png(u32::MAX)).unwrap().jpeg, still.jpeg);
    let one = prepare(&animated_webp(1)).unwrap();
    assert_eq!(prepare(&animated_webp(50_000)).unwrap().jpeg, one.jpeg);
    // A canvas of 268 million pixels around a small frame.
    let mut bomb = animated_webp(1);
    bomb[24..30].copy_from_slice(&[0xFF, 0x3F, 0, 0xFF, 0x3F, 0]);
    assert!(matches!(
        prepare(&bomb),
        Err(Unusable::TooManyPixels { .. } | Unusable::Damaged { .. })
    ));
}

#[test]
fn a_small_file_that_promises_more_than_it_holds_is_refused() {
    for (what, file) in boasts(5_500, 4_000) {
        // HEVC pictures carry their true size inside, and a promise of more is not kept.
        match prepare(&file) {
            Err(Unusable::Truncated | Unusable::Damaged { .. }) => {}
            Ok(prepared) if what == "heic" => assert_eq!(prepared.width, 192),
            other => panic!(
                "{what}: {:?}",
                other.map(|prepared| (prepared.width, prepared.height))
            ),
        }
    }
}

/// Where the picture ends in a file, without what the phone hung behind it.
fn picture_length(file: &[u8], format: Format) -> usize {
    let behind = |end: &[u8]| {
        file.windows(end.len())
            .position(|window| window == end)
            .map(|at| at + end.len())
    };
    match format {
        Format::Jpeg => end_of_jpeg(file),
        Format::Png => behind(b"IEND\xAE\x42\x60\x82").unwrap(),
        // A last byte of zero may be padding, which nobody misses.
        Format::Webp => file.len() - usize::from(file.ends_with(&[0])),
        Format::Heic => file.len(),
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_and_never_half_shown() {
    for (what, format, file) in all_files() {
        let end = picture_length(&file, format);
        let step = (end / 150).max(1);
        let cuts = (0..end).step_by(step).chain(end.saturating_sub(24)..end);
        for cut in cuts {
            let Err(refusal) = prepare(&file[..cut]) else {
                panic!("{what}: accepted when cut at {cut} of {end}");
            };
            if cut > 400 && cut > end / 2 {
                assert_eq!(
                    refusal,
                    Unusable::Truncated,
                    "{what}: cut at {cut} of {end}"
                );
            }
        }
    }
}

#[test]
fn a_jpeg_whose_middle_is_missing_is_refused_though_its_end_is_there() {
    let whole = phone_jpeg(&noise(400, 300), 1, None);
    let end = end_of_jpeg(&whole);
    for share in [2, 3, 5, 9] {
        let mut cut = whole[..end - end / share].to_vec();
        while cut.last() == Some(&0xFF) {
            cut.pop();
        }
        cut.extend([0xFF, 0xD9]);
        assert!(prepare(&cut).is_err(), "a {share}th is missing");
    }
}

fn tight() -> Limits {
    Limits {
        input_pixels: 300_000,
        ..Limits::default()
    }
}

fn survives(bytes: &[u8]) {
    if let Ok(prepared) = to_jpeg(bytes, &tight()) {
        assert!(prepared.jpeg.len() <= 1_000_000);
        decoded(&prepared.jpeg);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn no_bytes_bring_it_down(
        magic in prop::sample::select(vec![
            &b""[..], b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"RIFF\x40\0\0\0WEBPVP8L", b"RIFF\x40\0\0\0WEBPVP8X",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        survives(&[magic, &rest].concat());
    }

    #[test]
    fn no_damage_to_a_good_file_brings_it_down(
        which in 0..4_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = match which {
            0 => phone_jpeg(&scene(48, 40), 6, None),
            1 => png(&scene(48, 40), &PngStyle { exif: Some(6), ..PngStyle::default() }),
            2 => webp(&scene(48, 40), Some(6), None),
            _ => heic("o6"),
        };
        for (place, byte) in damage {
            let at = place.index(file.len());
            file[at] = byte;
        }
        survives(&file);
    }
}
