//! What a file says of its colours is followed, in every format and depth. The wanted numbers were computed apart from this
//! program.

use super::fixtures::*;
use super::{assert_scene, near, prepare};
use png::ColorType;

/// The scene's corners and its skin in sRGB, when its numbers are Display P3.
const FROM_P3: [[u8; 3]; 4] = [[218, 0, 26], [0, 163, 40], [44, 71, 197], [229, 204, 0]];
const SKIN_FROM_P3: [u8; 3] = [234, 169, 132];

/// The scene in every format that can hold the profile.
fn with(profile: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let style = |colour, sixteen_bits| PngStyle {
        colour,
        sixteen_bits,
        profile: Some(profile),
        ..PngStyle::default()
    };
    let picture = scene(120, 80);
    vec![
        ("JPEG", phone_jpeg(&picture, 1, Some(profile))),
        ("PNG", png(&picture, &style(ColorType::Rgb, false))),
        ("16-bit PNG", png(&picture, &style(ColorType::Rgba, true))),
        ("WebP", webp(&picture, None, Some(profile))),
        ("HEIC", with_profile(&heic("single"), profile)),
    ]
}

#[track_caller]
fn assert_colours(file: &[u8], corners: [[u8; 3]; 4], skin: [u8; 3], what: &str) {
    let prepared = prepare(file).unwrap();
    assert_scene(&prepared, corners, 14, what);
    let picture = decoded(&prepared.jpeg);
    let seen = pixel(&picture, picture.width / 2, picture.height / 8);
    assert!(near(seen, skin, 5), "{what}: skin is {seen:?}");
}

#[test]
fn display_p3_is_converted_and_not_relabelled() {
    let mut files = with(&display_p3_profile());
    files.push(("HEIC by code points", in_display_p3(&heic("single"))));
    for (what, file) in files {
        assert_colours(&file, FROM_P3, SKIN_FROM_P3, what);
    }
}

#[test]
fn adobe_rgb_is_converted_and_not_relabelled() {
    let corners = [[233, 35, 35], [0, 161, 47], [34, 68, 195], [233, 206, 8]];
    for (what, file) in with(&adobe_rgb_profile()) {
        assert_colours(&file, corners, [242, 174, 138], what);
    }
}

#[test]
fn a_profile_of_tables_gives_what_the_matrix_gives_that_it_was_made_of() {
    for (what, file) in with(&display_p3_table()) {
        assert_colours(&file, FROM_P3, SKIN_FROM_P3, what);
    }
}

#[test]
fn four_inks_are_mixed_as_their_profile_says() {
    let profile = icc_segment(&inks_table());
    let file = with_segments(&committed("cmyk.jpg"), &[profile]);
    assert_colours(&file, FROM_P3, SKIN_FROM_P3, "CMYK");
}

#[test]
fn inks_coded_as_brightness_and_differences_are_mixed_without_a_profile_too() {
    // 255 less what YCbCr gives for each corner's numbers.
    let corners = [[178, 0, 211], [255, 177, 158], [118, 229, 255], [139, 1, 0]];
    assert_colours(&ycck(), corners, [17, 53, 0], "YCCK");
}

#[test]
fn three_components_are_ycbcr_though_their_marker_says_four() {
    for colour in [1, 2] {
        assert_colours(
            &adobe_says(colour),
            [RED, GREEN, BLUE, YELLOW],
            SKIN,
            "YCbCr",
        );
    }
}

#[test]
fn a_grey_picture_follows_its_grey_profile() {
    let profile = grey_profile();
    let jpeg = with_segments(&committed("grey.jpg"), &[icc_segment(&profile)]);
    let greys = [107, 132, 97, 204].map(|grey| [grey; 3]);
    assert_scene(&prepare(&jpeg).unwrap(), greys, 4, "JPEG");
    for (colour, sixteen_bits) in [
        (ColorType::Grayscale, false),
        (ColorType::GrayscaleAlpha, true),
    ] {
        let style = PngStyle {
            colour,
            sixteen_bits,
            profile: Some(&profile),
            ..PngStyle::default()
        };
        let prepared = prepare(&png(&scene(120, 80), &style)).unwrap();
        // Its grey is the scene's green.
        let greys = [53, 176, 88, 214].map(|grey| [grey; 3]);
        assert_scene(&prepared, greys, 4, &format!("PNG {colour:?}"));
    }
}

#[test]
fn a_profile_that_is_nonsense_or_about_other_colours_is_not_followed() {
    for profile in [
        b"no profile at all".repeat(20),
        inks_table(),
        grey_profile(),
    ] {
        for (what, file) in with(&profile) {
            assert_colours(&file, [RED, GREEN, BLUE, YELLOW], SKIN, what);
        }
    }
    let inks = with_segments(
        &committed("cmyk.jpg"),
        &[icc_segment(&display_p3_profile())],
    );
    assert_colours(&inks, [RED, GREEN, BLUE, YELLOW], SKIN, "CMYK");
}
