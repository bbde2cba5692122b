//! A person's crop takes exactly its pixels, whatever the format, the orientation and the way to the pixels; against a
//! computation from coordinates alone.

use super::fixtures::*;
use clinical_images::codec::heic::Plan;
use clinical_images::codec::raster::{Order, Raster};
use clinical_images::codec::{Format, Limits, Unusable, decode, to_jpeg_edited};
use clinical_images::picture::{Area, Crop, Edit};

/// Every pixel says where it lies, in steps so soft that a JPEG keeps them: red across, green down.
fn coordinates(width: u32, height: u32) -> Raster {
    let pixel = |at: u32| {
        let (x, y) = (at % width, at / width);
        [(x * 2) as u8, (y * 2) as u8, 90, 255]
    };
    Raster {
        width,
        height,
        rgba: (0..width * height).flat_map(pixel).collect(),
        order: Order::RedFirst,
    }
}

fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
    Area {
        x,
        y,
        width,
        height,
    }
}

/// Where a pixel of the picture after the turns lies in the upright original of this size.
fn before_turns((x, y): (u32, u32), turns: u8, (width, height): (u32, u32)) -> (u32, u32) {
    match turns {
        0 => (x, y),
        1 => (y, height - 1 - x),
        2 => (width - 1 - x, height - 1 - y),
        _ => (width - 1 - y, x),
    }
}

#[track_caller]
fn assert_is_part(jpeg: &[u8], edit: Edit, original: (u32, u32), what: &str) {
    let picture = decoded(jpeg);
    let area = edit.crop().unwrap().area();
    assert_eq!(
        (picture.width, picture.height),
        (area.width, area.height),
        "{what}"
    );
    for (at, seen) in (0..).zip(picture.pixels()) {
        let (x, y) = (at % area.width + area.x, at / area.width + area.y);
        let (x, y) = before_turns((x, y), edit.turns(), original);
        let far =
            i32::from(seen[0]).abs_diff(2 * x as i32) + i32::from(seen[1]).abs_diff(2 * y as i32);
        // What an encoding does to single pixels; the mean below tells a picture that lies one pixel beside.
        assert!(far <= 24, "{what}: {seen:?} for {x}, {y}");
    }
    let mean = |channel: usize, want: fn(u32, u32) -> u32| {
        let far: i64 = (0..)
            .zip(picture.pixels())
            .map(|(at, seen)| {
                let (x, y) = (at % area.width + area.x, at / area.width + area.y);
                let (x, y) = before_turns((x, y), edit.turns(), original);
                i64::from(seen[channel]) - i64::from(want(x, y))
            })
            .sum();
        far as f64 / picture.pixels().len() as f64
    };
    for far in [mean(0, |x, _| 2 * x), mean(1, |_, y| 2 * y)] {
        assert!(
            far.abs() < 0.9,
            "{what}: all of it lies beside by {far} / 2 pixels"
        );
    }
}

#[test]
fn a_crop_is_exact_to_the_pixel_in_every_orientation_and_after_every_turn() {
    for (width, height) in [(120, 80), (119, 81), (81, 119)] {
        for code in 1..=8 {
            let file = png(
                &stored(coordinates(width, height), code),
                &PngStyle {
                    exif: Some(code),
                    ..PngStyle::default()
                },
            );
            for turns in 0..4 {
                let turned = Edit::of_turns(turns);
                let (across, down) = turned.turned_size((width, height));
                for part in [
                    area(0, 0, 32, 33),
                    area(13, 7, 41, 40),
                    area(across - 33, down - 32, 33, 32),
                ] {
                    let crop = Crop::new(part, (across, down)).unwrap();
                    let edit = turned.with_crop(Some(crop));
                    let made = to_jpeg_edited(&file, edit, &Limits::default()).unwrap();
                    let what = format!("{width} × {height}, orientation {code}, {edit:?}");
                    assert_is_part(&made.jpeg, edit, (width, height), &what);
                }
            }
        }
    }
}

#[test]
fn a_crop_of_every_format_is_the_same_part() {
    let crop = Crop::new(area(13, 7, 41, 40), (80, 120)).unwrap();
    let edit = Edit::of_turns(1).with_crop(Some(crop));
    // Grey, as a JPEG has its colours moved a little when it is written: across, and then down.
    for along_x in [true, false] {
        let grey = |x: u32, y: u32| 2 * if along_x { x } else { y };
        let mut whole = coordinates(120, 80);
        for (at, pixel) in (0..).zip(whole.pixels_mut()) {
            let level = grey(at % 120, at / 120) as u8;
            *pixel = [level, level, level, 255];
        }
        for (what, file) in [
            ("PNG", png(&whole, &PngStyle::default())),
            ("WebP", webp(&whole, None, None)),
            ("JPEG", phone_jpeg(&whole, 1, None)),
        ] {
            let made = to_jpeg_edited(&file, edit, &Limits::default()).unwrap();
            let part = decoded(&made.jpeg);
            assert_eq!((part.width, part.height), (41, 40), "{what}");
            let far: i64 = (0..)
                .zip(part.pixels())
                .map(|(at, seen)| {
                    let (x, y) = before_turns((at % 41 + 13, at / 41 + 7), 1, (120, 80));
                    i64::from(seen[1]) - i64::from(grey(x, y))
                })
                .sum();
            let mean = far as f64 / part.pixels().len() as f64;
            assert!(mean.abs() < 0.9, "{what} lies beside by {mean} / 2 pixels");
        }
    }
}

#[test]
fn a_crop_of_a_heic_is_the_part_of_the_whole_by_tiles_and_by_the_general_decoder() {
    let limits = Limits::default();
    let crop = Crop::new(area(31, 17, 97, 64), (192, 128)).unwrap();
    let edit = Edit::default().with_crop(Some(crop));
    for name in ["single", "o3", "o6"] {
        let plain = heic(name);
        let code = name
            .strip_prefix('o')
            .map_or(1, |code| code.parse().unwrap());
        let file = with_turn(&plain, code);
        let decoding = limits.for_decoding(edit);
        let plan = Plan::read(&file, &decoding).unwrap().unwrap();
        let by_tiles = plan.decoded(&decoding).unwrap();
        let generally = decode::decode(Format::Heic, &file, &decoding).unwrap();
        let whole = decoded(
            &to_jpeg_edited(&file, Edit::default(), &limits)
                .unwrap()
                .jpeg,
        );
        for (way, made) in [("tiles", by_tiles), ("general", generally)] {
            let made = made.finish(Format::Heic, edit, &limits).unwrap();
            let part = decoded(&made.jpeg);
            let mut far = 0;
            for (at, seen) in (0..).zip(part.pixels()) {
                let want = pixel(&whole, at % 97 + 31, at / 97 + 17);
                far += u64::from(seen[1].abs_diff(want[1]));
            }
            let mean = far as f64 / part.pixels().len() as f64;
            assert!(mean < 4.0, "{name} by {way}: {mean}");
        }
    }
}

#[test]
fn a_crop_comes_before_the_picture_is_made_small_and_enlarges_nothing() {
    let file = png(&coordinates(120, 80), &PngStyle::default());
    let crop = Crop::new(area(10, 10, 60, 40), (120, 80)).unwrap();
    let edit = Edit::default().with_crop(Some(crop));
    for (long_side, size) in [(60, (60, 40)), (50, (50, 33)), (1920, (60, 40))] {
        let limits = Limits {
            long_side,
            ..Limits::default()
        };
        let made = to_jpeg_edited(&file, edit, &limits).unwrap();
        assert_eq!((made.width, made.height), size, "within {long_side}");
    }
}

#[test]
fn a_thumbnail_of_an_edited_picture_shows_the_same_part() {
    let file = png(&coordinates(120, 80), &PngStyle::default());
    let crop = Crop::new(area(40, 8, 32, 64), (80, 120)).unwrap();
    let edit = Edit::of_turns(3).with_crop(Some(crop));
    let limits = Limits {
        thumbnail_side: Some(64),
        ..Limits::default()
    };
    let made = to_jpeg_edited(&file, edit, &limits).unwrap();
    assert_is_part(&made.thumbnail.unwrap(), edit, (120, 80), "thumbnail");
}

#[test]
fn a_crop_that_does_not_lie_in_the_picture_is_refused() {
    let file = png(&coordinates(120, 80), &PngStyle::default());
    let crop = Crop::new(area(0, 0, 120, 80), (120, 80)).unwrap();
    let sideways = Edit::of_turns(1).with_crop(Some(crop));
    let refused = to_jpeg_edited(&file, sideways, &Limits::default());
    assert!(
        matches!(refused, Err(Unusable::Damaged { .. })),
        "{refused:?}"
    );
}
