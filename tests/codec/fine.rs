//! Colour is halved, but not where thin red lines and letters would pale.

use super::fixtures::*;
use super::prepare;
use clinical_images::codec::raster::Raster;
use clinical_images::codec::{Limits, encode, to_jpeg};

const INK: [u8; 3] = [200, 20, 20];

/// The sampling of luma in a JPEG's frame header: 0x22 when colour is halved, 0x11 when it is whole.
pub fn sampling(jpeg: &[u8]) -> u8 {
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]);
    jpeg[frame.expect("a baseline JPEG") + 11]
}

/// A page or skin with a red word, letters of so many pixels thick.
fn written(ground: [u8; 3], thickness: u32) -> Raster {
    let mut picture = Raster::black(640, 480);
    for (place, pixel) in (0_u32..).zip(picture.pixels_mut()) {
        let (x, y) = (place % 640, place / 640);
        // Letters like H, twelve by twenty, in two lines.
        let (across, down) = (x % 16, y % 40);
        let within = (80..560).contains(&x) && (200..280).contains(&y) && down < 20;
        let upright = across < thickness || (10..10 + thickness).contains(&across);
        let bar = across < 12 && (10..10 + thickness).contains(&down);
        let [r, g, b] = if within && (upright || bar) {
            INK
        } else {
            ground
        };
        *pixel = [r, g, b, 255];
    }
    picture
}

fn as_png(picture: &Raster) -> Vec<u8> {
    png(picture, &PngStyle::default())
}

/// The mean distance of blue and red difference between a picture and what became of it, over the letters, of 255.
fn colour_lost(picture: &Raster, jpeg: &[u8]) -> f64 {
    let seen = decoded(jpeg);
    let differences = |[r, g, b, _]: [u8; 4]| {
        let [r, g, b] = [r, g, b].map(f64::from);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        [(b - luma) / 1.772, (r - luma) / 1.402]
    };
    let ink = |(was, _): &(&[u8; 4], &[u8; 4])| was[..3] == INK;
    let pairs = picture.pixels().iter().zip(seen.pixels()).filter(ink);
    let apart: Vec<f64> = pairs
        .map(|(&was, &is)| {
            let (was, is) = (differences(was), differences(is));
            (was[0] - is[0]).abs() + (was[1] - is[1]).abs()
        })
        .collect();
    apart.iter().sum::<f64>() / apart.len() as f64 / 2.0
}

#[test]
fn red_letters_keep_their_colour_on_a_page_and_on_skin() {
    for ground in [[255; 3], SKIN] {
        for thickness in [1, 2] {
            let picture = written(ground, thickness);
            let prepared = prepare(&as_png(&picture)).unwrap();
            assert_eq!(sampling(&prepared.jpeg), 0x11);
            let lost = colour_lost(&picture, &prepared.jpeg);
            let halved = colour_lost(&picture, &encode::baseline(&picture, 82));
            let what = format!("{thickness} pixels on {ground:?}: {lost:.1}, halved {halved:.1}");
            println!("{what}");
            assert!(lost * 2.0 < halved, "{what}");
        }
    }
}

#[test]
fn fields_of_colour_and_black_letters_are_halved() {
    let mut black = written([255; 3], 1);
    for pixel in black
        .pixels_mut()
        .iter_mut()
        .filter(|pixel| pixel[0] == INK[0])
    {
        *pixel = [0, 0, 0, 255];
    }
    for picture in [black, scene(640, 480)] {
        let prepared = prepare(&as_png(&picture)).unwrap();
        assert_eq!(sampling(&prepared.jpeg), 0x22);
    }
}

#[test]
fn colour_is_halved_before_quality_falls() {
    let file = as_png(&written(SKIN, 1));
    let whole = prepare(&file).unwrap();
    let limits = Limits {
        output_bytes: whole.jpeg.len() - 1,
        ..Limits::default()
    };
    let halved = to_jpeg(&file, &limits).unwrap();
    assert_eq!(sampling(&whole.jpeg), 0x11);
    assert_eq!((sampling(&halved.jpeg), halved.quality), (0x22, 82));
}
