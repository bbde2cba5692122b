//! Draws the files that end-to-end tests pick as if a phone had taken them.
//!
//! `draw_fixtures DIR` writes the photos; `draw_fixtures DIR sources` writes what `tests/fixtures/make.sh` turns into HEIC.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use clinical_images::codec::raster::Raster;
use fixtures::{PngStyle, phone_jpeg, png, scene, stored};
use std::path::Path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments
        .next()
        .expect("usage: draw_fixtures DIR [sources]");
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory).unwrap();
    let files = if arguments.next().is_some() {
        sources()
    } else {
        photos()
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
            "not-a-picture.jpg".into(),
            b"Dear doctor, the photo is in the other e-mail.\n".repeat(40),
        ),
    ]
}

fn sources() -> Files {
    let small = || scene(192, 128);
    let mut see_through = small();
    see_through
        .pixels_mut()
        .iter_mut()
        .filter(|pixel| pixel[..3] == fixtures::SKIN)
        .for_each(|pixel| pixel[3] = 0);
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
        ("alpha.png".into(), png(&see_through, &PngStyle::default())),
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
