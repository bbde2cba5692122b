//! Every picture stands as it was seen, however the camera was held and whichever way its file says so.

use super::fixtures::*;
use super::{assert_scene, assert_upright, prepare};
use clinical_images::codec::{Limits, to_jpeg_edited};
use clinical_images::picture::Edit;

#[test]
fn a_jpeg_stands_upright_however_the_camera_was_held() {
    for code in 1..=8 {
        let prepared = prepare(&phone_jpeg(&stored(scene(120, 80), code), code, None)).unwrap();
        assert_upright(&prepared, &format!("orientation {code}"));
        assert_eq!((prepared.source_width, prepared.source_height), (120, 80));
    }
}

#[test]
fn a_png_stands_upright_however_the_camera_was_held() {
    for code in 1..=8 {
        let style = PngStyle {
            exif: Some(code),
            ..PngStyle::default()
        };
        let prepared = prepare(&png(&stored(scene(120, 80), code), &style)).unwrap();
        assert_upright(&prepared, &format!("orientation {code}"));
    }
}

#[test]
fn a_webp_stands_upright_however_the_camera_was_held() {
    for code in 1..=8 {
        let prepared = prepare(&webp(&stored(scene(120, 80), code), Some(code), None)).unwrap();
        assert_upright(&prepared, &format!("orientation {code}"));
    }
}

#[test]
fn a_heic_stands_upright_by_its_own_turn_and_mirror_whatever_its_exif_says() {
    for code in 1..=8 {
        let file = with_turn(&heic(&format!("o{code}")), code);
        let prepared = prepare(&file).unwrap();
        assert_upright(&prepared, &format!("orientation {code}"));
        assert_eq!((prepared.width, prepared.height), (192, 128));
    }
}

#[test]
fn a_heic_without_turn_or_mirror_stands_upright_by_its_exif() {
    for code in 1..=8 {
        let prepared = prepare(&heic(&format!("o{code}"))).unwrap();
        assert_upright(&prepared, &format!("orientation {code}"));
        assert_eq!((prepared.width, prepared.height), (192, 128));
    }
}

#[test]
fn a_person_may_turn_the_picture_further() {
    let file = phone_jpeg(&stored(scene(120, 80), 6), 6, None);
    let turned = to_jpeg_edited(&file, Edit::of_turns(1), &Limits::default()).unwrap();
    assert_eq!((turned.width, turned.height), (80, 120));
    assert_scene(
        &turned,
        [BLUE, RED, YELLOW, GREEN],
        14,
        "a quarter clockwise",
    );
}
