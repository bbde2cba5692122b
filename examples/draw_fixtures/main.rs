//! Draws the files that end-to-end tests pick as if a phone had taken them.
//!
//! `draw_fixtures DIR` writes the photos; `draw_fixtures DIR sources` writes what `tests/fixtures/make.sh` turns into HEIC;
//! `draw_fixtures DIR bench` photos of 12 megapixels in every format; `draw_fixtures DIR table` every kind of file there is,
//! whole and cut, for `./bench codec-table`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../../tests/fixtures/mod.rs"]
mod fixtures;
mod table;

use clinical_images::codec::raster::Raster;
use fixtures::{PngStyle, phone_jpeg, png, scene, stored, webp};
use std::path::Path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments
        .next()
        .expect("usage: draw_fixtures DIR [sources | bench | table]");
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory).unwrap();
    let files = match arguments.next().as_deref() {
        None => photos(),
        Some("bench") => bench(),
        Some("table") => table::files(),
        Some(_) => sources(),
    };
    for (name, bytes) in files {
        std::fs::write(directory.join(&name), &bytes).unwrap();
        println!("{name}: {} bytes", bytes.len());
    }
}

type Files = Vec<(String, Vec<u8>)>;

fn photos() -> Files {
    let large = with_skin_texture(scene(3024, 4032));
    let photo = phone_jpeg(&stored(large, 6), 6, None);
    let cut = photo[..photo.len() * 3 / 5].to_vec();
    vec![
        ("lesion-12mp-o6-gps.jpg".into(), photo),
        ("truncated.jpg".into(), cut),
        (
            "lesion.png".into(),
            png(&with_skin_texture(scene(900, 700)), &PngStyle::default()),
        ),
        ("lesion.heic".into(), fixtures::heic("grid")),
        (
            "see-through.png".into(),
            png(&veiled(2400, 1600), &PngStyle::default()),
        ),
        (
            "not-a-picture.jpg".into(),
            b"Dear doctor, the photo is in the other e-mail.\n".repeat(40),
        ),
    ]
}

/// As heavy as a phone's: 12 megapixels with grain.
fn bench() -> Files {
    let upright = with_skin_texture(scene(3024, 4032));
    let landscape = || with_skin_texture(scene(4032, 3024));
    let rgb = PngStyle {
        colour: png::ColorType::Rgb,
        ..PngStyle::default()
    };
    vec![
        (
            "own-12mp-o6.jpg".into(),
            phone_jpeg(&stored(upright, 6), 6, None),
        ),
        ("own-12mp.heic".into(), grid(&landscape())),
        ("own-12mp.png".into(), png(&landscape(), &rgb)),
        ("own-12mp.webp".into(), webp(&landscape(), Some(1), None)),
    ]
}

/// Nothing where there is skin.
fn see_through(width: u32, height: u32) -> Raster {
    let mut picture = scene(width, height);
    picture
        .pixels_mut()
        .iter_mut()
        .filter(|pixel| pixel[..3] == fixtures::SKIN)
        .for_each(|pixel| pixel[3] = 0);
    picture
}

/// Nothing where there is skin, and everything else more or less.
fn veiled(width: u32, height: u32) -> Raster {
    let mut picture = see_through(width, height);
    for (place, pixel) in (0_u32..).zip(picture.pixels_mut()) {
        pixel[3] = pixel[3].min((place % width * 255 / width) as u8);
    }
    picture
}

fn sources() -> Files {
    let small = || scene(192, 128);
    let deep = PngStyle {
        sixteen_bits: true,
        colour: png::ColorType::Rgb,
        ..PngStyle::default()
    };
    let mut files: Files = vec![
        (
            "single.png".into(),
            png(
                &small(),
                &PngStyle {
                    colour: png::ColorType::Rgb,
                    ..PngStyle::default()
                },
            ),
        ),
        ("ten-bit.png".into(), png(&small(), &deep)),
        (
            "grey.png".into(),
            png(
                &small(),
                &PngStyle {
                    colour: png::ColorType::Grayscale,
                    ..PngStyle::default()
                },
            ),
        ),
        (
            "alpha.png".into(),
            png(&see_through(192, 128), &PngStyle::default()),
        ),
        (
            "grid.heic".into(),
            grid(&with_skin_texture(scene(1200, 800))),
        ),
    ];
    for code in 1..=8 {
        files.push((
            format!("o{code}.jpg"),
            phone_jpeg(&stored(small(), code), code, None),
        ));
    }
    files
}

/// heif-enc writes single pictures only; heifer's encoder writes tiles of 512 pixels, as phones do.
fn grid(picture: &Raster) -> Vec<u8> {
    let options = heifer::EncodeOptions {
        quality: 50,
        ..Default::default()
    };
    heifer::encode_rgba8(picture.width, picture.height, &picture.rgba, &options).unwrap()
}

/// Grain and slow shading, so that the file is as long as a photo of that size.
fn with_skin_texture(mut picture: Raster) -> Raster {
    let width = picture.width as usize;
    let mut seed = 2024_u32;
    for (place, pixel) in picture.pixels_mut().iter_mut().enumerate() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y) = ((place % width) as f32, (place / width) as f32);
        let shade = 9.0 * ((x * 0.004).sin() + (y * 0.003).cos())
            + 4.0 * (x * 0.11).sin() * (y * 0.09).sin();
        let grain = (seed >> 24) as f32 / 255.0 * 16.0 - 8.0;
        for channel in &mut pixel[..3] {
            *channel = (f32::from(*channel) + shade + grain).clamp(0.0, 255.0) as u8;
        }
    }
    picture
}
