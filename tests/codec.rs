//! The picture pipeline from the outside: any phone's file in, one kind of picture out, or a reason.
#![cfg(feature = "codec")]
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "codec/bare.rs"]
mod bare;
#[path = "codec/colour.rs"]
mod colour;
#[path = "codec/edited.rs"]
mod edited;
#[path = "codec/fine.rs"]
mod fine;
mod fixtures;
#[path = "codec/forked.rs"]
mod forked;
#[path = "codec/mutated.rs"]
mod mutated;
#[path = "codec/refused.rs"]
mod refused;
#[path = "codec/upright.rs"]
mod upright;
#[path = "codec/ways.rs"]
mod ways;

use clinical_images::codec::raster::Raster;
use clinical_images::codec::{Format, Limits, Prepared, Unusable, sniff, to_jpeg};
use fixtures::*;
use png::ColorType;

fn prepare(bytes: &[u8]) -> Result<Prepared, Unusable> {
    to_jpeg(bytes, &Limits::default())
}

fn near(a: [u8; 3], b: [u8; 3], tolerance: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= tolerance)
}

#[track_caller]
fn assert_upright(prepared: &Prepared, what: &str) {
    assert_scene(prepared, [RED, GREEN, BLUE, YELLOW], 14, what);
}

#[track_caller]
fn assert_scene(prepared: &Prepared, want: [[u8; 3]; 4], tolerance: u8, what: &str) {
    let picture = decoded(&prepared.jpeg);
    assert_eq!(
        (picture.width, picture.height),
        (prepared.width, prepared.height),
        "{what}"
    );
    let seen = corners(&picture);
    let alike = seen
        .iter()
        .zip(want)
        .all(|(seen, want)| near(*seen, want, tolerance));
    assert!(alike, "{what}: corners are {seen:?}, not {want:?}");
}

/// Every fixture that is fit for use, with what it is.
fn usable_files() -> Vec<(String, Format, Vec<u8>)> {
    let small = || scene(120, 80);
    let profile = display_p3_profile();
    let mut files = vec![
        (
            "JPEG".into(),
            Format::Jpeg,
            phone_jpeg(&small(), 1, Some(&profile)),
        ),
        (
            "PNG".into(),
            Format::Png,
            png(
                &small(),
                &PngStyle {
                    exif: Some(1),
                    ..PngStyle::default()
                },
            ),
        ),
        (
            "WebP".into(),
            Format::Webp,
            webp(&small(), Some(1), Some(&profile)),
        ),
        (
            "plain WebP".into(),
            Format::Webp,
            webp(&small(), None, None),
        ),
    ];
    for name in ["single", "grid", "ten-bit", "alpha", "o6"] {
        files.push((format!("HEIC {name}"), Format::Heic, heic(name)));
    }
    files
}

/// Those, and what is seldom met.
fn all_files() -> Vec<(String, Format, Vec<u8>)> {
    let mut files = usable_files();
    for name in COMMITTED {
        let file = committed(name);
        files.push((name.into(), sniff::format(&file).unwrap(), file));
    }
    let picture = scene(120, 80);
    let table = display_p3_table();
    let with_table = PngStyle {
        sixteen_bits: true,
        profile: Some(&table),
        ..PngStyle::default()
    };
    let inks = icc_segment(&inks_table());
    files.extend([
        (
            "JPEG by tables".into(),
            Format::Jpeg,
            phone_jpeg(&picture, 1, Some(&table)),
        ),
        (
            "PNG by tables".into(),
            Format::Png,
            png(&picture, &with_table),
        ),
        (
            "JPEG of inks".into(),
            Format::Jpeg,
            with_segments(&committed("cmyk.jpg"), &[inks]),
        ),
        ("YCCK".into(), Format::Jpeg, ycck()),
        ("YCCK of three".into(), Format::Jpeg, adobe_says(2)),
        (
            "HEIC of layers".into(),
            Format::Heic,
            overlay(&heic("single")),
        ),
        ("animated PNG".into(), Format::Png, animated_png(3)),
        ("animated WebP".into(), Format::Webp, animated_webp(3)),
    ]);
    files
}

#[test]
fn a_small_picture_is_encoded_anew_and_not_enlarged() {
    let file = phone_jpeg(&scene(64, 40), 6, None);
    let prepared = prepare(&file).unwrap();
    assert_eq!((prepared.width, prepared.height), (40, 64));
    assert_eq!(prepared.quality, 82);
    assert_eq!(markers(&prepared.jpeg).1, 0);
}

#[test]
fn a_large_picture_is_made_smaller_to_exactly_1920_pixels() {
    let prepared = prepare(&phone_jpeg(&stored(scene(1500, 2500), 8), 8, None)).unwrap();
    assert_eq!((prepared.width, prepared.height), (1152, 1920));
    assert_eq!(
        (prepared.source_width, prepared.source_height),
        (1500, 2500)
    );
    assert_upright(&prepared, "turned after the resize");
}

#[test]
fn odd_sizes_down_to_one_pixel_come_out_as_they_are() {
    for (width, height) in [(1, 1), (1, 9), (7, 1), (15, 17), (33, 16)] {
        let prepared = prepare(&png(&scene(width, height), &PngStyle::default())).unwrap();
        assert_eq!((prepared.width, prepared.height), (width, height));
        let picture = decoded(&prepared.jpeg);
        assert_eq!((picture.width, picture.height), (width, height));
    }
}

#[test]
fn the_output_never_exceeds_the_limit() {
    let picture = noise(600, 500);
    let file = png(
        &picture,
        &PngStyle {
            colour: ColorType::Rgb,
            ..PngStyle::default()
        },
    );
    for output_bytes in [250_000, 150_000, 100_000, 40_000, 10_000] {
        let limits = Limits {
            output_bytes,
            ..Limits::default()
        };
        let prepared = to_jpeg(&file, &limits).unwrap();
        assert!(
            prepared.jpeg.len() <= output_bytes,
            "{} for {output_bytes}",
            prepared.jpeg.len()
        );
        assert!(prepared.quality <= 82 && prepared.quality >= 30);
        assert!(prepared.width == 600 || prepared.quality == 30 || output_bytes <= 100_000);
        decoded(&prepared.jpeg);
    }
}

fn noise(width: u32, height: u32) -> Raster {
    let mut seed = 99_u32;
    let mut picture = Raster::black(width, height);
    for pixel in picture.pixels_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, a, b, c] = seed.to_le_bytes();
        *pixel = [a, b, c, 255];
    }
    picture
}

#[test]
fn every_kind_of_png_is_read() {
    for colour in [ColorType::Rgb, ColorType::Rgba] {
        for sixteen_bits in [false, true] {
            let style = PngStyle {
                colour,
                sixteen_bits,
                ..PngStyle::default()
            };
            assert_upright(&prepare(&png(&scene(120, 80), &style)).unwrap(), "colour");
        }
    }
    for colour in [ColorType::Grayscale, ColorType::GrayscaleAlpha] {
        for sixteen_bits in [false, true] {
            let style = PngStyle {
                colour,
                sixteen_bits,
                ..PngStyle::default()
            };
            let prepared = prepare(&png(&scene(120, 80), &style)).unwrap();
            let greys = [RED, GREEN, BLUE, YELLOW].map(|[_, green, _]| [green; 3]);
            assert_scene(&prepared, greys, 6, "grey");
        }
    }
}

#[test]
fn an_interlaced_png_is_read_at_every_size() {
    for (width, height) in [(120, 80), (121, 83), (1, 1), (3, 5), (4, 9)] {
        let prepared = prepare(&interlaced_png(width, height)).unwrap();
        let straight = prepare(&png(&scene(width, height), &PngStyle::default())).unwrap();
        assert_eq!(prepared.jpeg, straight.jpeg, "{width} by {height}");
    }
}

#[test]
fn a_cropped_heic_shows_its_middle() {
    let prepared = prepare(&cropped(&heic("single"), 180, 120)).unwrap();
    assert_eq!((prepared.width, prepared.height), (180, 120));
    assert_upright(&prepared, "cropped");
}

#[test]
fn the_layers_of_a_heic_lie_over_each_other_on_its_ground() {
    let prepared = prepare(&overlay(&heic("single"))).unwrap();
    assert_eq!((prepared.width, prepared.height), (220, 150));
    let seen = decoded(&prepared.jpeg);
    let [right, down] = SECOND_LAYER;
    for (x, y, want) in [
        (10, 10, RED),
        (100, 10, SKIN),
        (210, 5, [255; 3]),
        (10, 140, [255; 3]),
        (right + 16, down + 16, RED),
        (right + 176, down + 16, GREEN),
        (right + 16, down + 112, BLUE),
        (right + 176, down + 112, YELLOW),
    ] {
        let pixel = pixel(&seen, x, y);
        assert!(near(pixel, want, 14), "{pixel:?} at {x}, {y}");
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    let mut picture = scene(120, 80);
    picture
        .pixels_mut()
        .iter_mut()
        .filter(|pixel| pixel[..3] == SKIN)
        .for_each(|pixel| {
            *pixel = [0, 0, 0, 0];
        });
    let files = [
        ("PNG", png(&picture, &PngStyle::default())),
        (
            "16-bit PNG",
            png(
                &picture,
                &PngStyle {
                    sixteen_bits: true,
                    ..PngStyle::default()
                },
            ),
        ),
        ("WebP", webp(&picture, None, None)),
        ("HEIC", heic("alpha")),
    ];
    for (what, file) in files {
        let prepared = prepare(&file).unwrap();
        assert_upright(&prepared, what);
        let seen = decoded(&prepared.jpeg);
        let ground = pixel(&seen, seen.width / 2, seen.height / 8);
        assert!(near(ground, [255; 3], 6), "{what}: {ground:?}");
    }
}

#[test]
fn ten_bits_a_channel_and_tiles_are_read() {
    assert_upright(&prepare(&heic("ten-bit")).unwrap(), "10 bits");
    let prepared = prepare(&heic("grid")).unwrap();
    // Its grain moves single pixels.
    assert_scene(&prepared, [RED, GREEN, BLUE, YELLOW], 28, "tiles");
    assert_eq!((prepared.width, prepared.height), (1200, 800));
}

#[test]
fn real_phone_photos_come_out_small_upright_and_bare() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/photos");
    let photos = [
        ("h1_iphone13pm_rot90.heic", 1440, 1920),
        ("h5_nokia83_16mp_irot.heic", 1440, 1920),
        ("j1_galaxys7_12mp_gps.jpg", 1920, 1440),
        ("j4_iphone13pm_12mp_o6_gps_p3.jpg", 1440, 1920),
        ("w1_13mp_o6_gps.webp", 1920, 1440),
    ];
    for (name, width, height) in photos {
        let Ok(file) = std::fs::read(format!("{folder}/{name}")) else {
            println!("skipped: {name} is not on this machine");
            continue;
        };
        let prepared = prepare(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!((prepared.width, prepared.height), (width, height), "{name}");
        assert!(prepared.jpeg.len() <= 1_000_000, "{name}");
        assert_eq!(fine::sampling(&prepared.jpeg), 0x22, "{name}");
        let (found, trailing) = markers(&prepared.jpeg);
        assert!(
            !found
                .iter()
                .any(|marker| matches!(marker, 0xE1..=0xEF | 0xFE)),
            "{name}"
        );
        assert_eq!(trailing, 0, "{name}");
        for share in [3, 2] {
            let cut = file.len() - file.len() / share;
            assert_eq!(
                prepare(&file[..cut]).err(),
                Some(Unusable::Truncated),
                "{name} cut at {cut}"
            );
        }
    }
}
