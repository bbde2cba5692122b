//! Draws the files that end-to-end tests pick as if a phone had taken them.
//!
//! `draw_fixtures DIR` writes the photos; `draw_fixtures DIR sources` writes what `tests/fixtures/make.sh` turns into HEIC;
//! `draw_fixtures DIR bench` photos of 12 megapixels in every format; `draw_fixtures DIR table` every kind of file there is,
//! whole and cut, for `./bench codec-table`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

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
        Some("table") => table(),
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

/// Every kind of file, whole and cut.
fn table() -> Files {
    let mut files = whole_files();
    let cut: Vec<_> = files
        .iter()
        .filter(|(name, _)| !name.starts_with("large"))
        .flat_map(cuts)
        .collect();
    files.extend(cut);
    files
}

fn whole_files() -> Files {
    let small = || scene(192, 128);
    let profile = fixtures::display_p3_profile();
    let mut files: Files = Vec::new();
    for code in 1..=8 {
        let picture = || stored(small(), code);
        let exif = Some(code);
        let style = PngStyle {
            exif,
            ..PngStyle::default()
        };
        files.push((
            format!("jpeg-o{code}.jpg"),
            phone_jpeg(&picture(), code, None),
        ));
        files.push((format!("png-o{code}.png"), png(&picture(), &style)));
        files.push((format!("webp-o{code}.webp"), webp(&picture(), exif, None)));
        let heic = fixtures::heic(&format!("o{code}"));
        files.push((
            format!("heic-turned-{code}.heic"),
            fixtures::with_turn(&heic, code),
        ));
        files.push((format!("heic-exif-{code}.heic"), heic));
    }
    let with_profile = PngStyle {
        profile: Some(&profile),
        ..PngStyle::default()
    };
    files.push(("p3.jpg".into(), phone_jpeg(&small(), 1, Some(&profile))));
    files.push(("p3.png".into(), png(&small(), &with_profile)));
    files.push(("p3.webp".into(), webp(&small(), None, Some(&profile))));
    files.push((
        "p3.heic".into(),
        fixtures::in_display_p3(&fixtures::heic("single")),
    ));
    for colour in [
        png::ColorType::Rgb,
        png::ColorType::Grayscale,
        png::ColorType::GrayscaleAlpha,
    ] {
        for sixteen_bits in [false, true] {
            let style = PngStyle {
                colour,
                sixteen_bits,
                ..PngStyle::default()
            };
            files.push((
                format!("png-{colour:?}-{sixteen_bits}.png"),
                png(&small(), &style),
            ));
        }
    }
    files.push((
        "see-through.png".into(),
        png(&see_through(), &PngStyle::default()),
    ));
    files.push(("see-through.webp".into(), webp(&see_through(), None, None)));
    for name in ["single.heic", "grid.heic", "ten-bit.heic", "alpha.heic"] {
        files.push((name.into(), fixtures::committed(name)));
    }
    for name in ["progressive", "s422", "s444", "restarts", "grey", "cmyk"] {
        let name = format!("{name}.jpg");
        files.push((name.clone(), fixtures::committed(&name)));
    }
    for name in ["lossy.webp", "lossy-alpha.webp", "palette.png"] {
        files.push((name.into(), fixtures::committed(name)));
    }
    let large = with_skin_texture(scene(5632, 4000));
    files.push(("large-22mp.jpg".into(), phone_jpeg(&large, 3, None)));
    files
}

/// A file without its end, in three ways; of a JPEG also with an end marker put back.
fn cuts((name, file): &(String, Vec<u8>)) -> Files {
    let mut cut: Files = [3, 2, 8]
        .into_iter()
        .map(|share| {
            (
                format!("cut-{share}-{name}"),
                file[..file.len() - file.len() / share].to_vec(),
            )
        })
        .collect();
    if name == "jpeg-o1.jpg" {
        let end = file
            .windows(2)
            .position(|pair| pair == [0xFF, 0xD9])
            .unwrap();
        let scan = file
            .windows(2)
            .position(|pair| pair == [0xFF, 0xDA])
            .unwrap();
        let middle = scan + (end - scan) / 2;
        cut.push((
            format!("cut-mended-{name}"),
            [&file[..middle], &[0xFF, 0xD9]].concat(),
        ));
    }
    cut
}

fn see_through() -> Raster {
    let mut picture = scene(192, 128);
    picture
        .pixels_mut()
        .iter_mut()
        .filter(|pixel| pixel[..3] == fixtures::SKIN)
        .for_each(|pixel| pixel[3] = 0);
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
            "alpha.png".into(),
            png(&see_through(), &PngStyle::default()),
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
