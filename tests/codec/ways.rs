//! The ways to pixels: what the codec worker reads of a file before the browser decodes it, and the tiles of HEIC, beside
//! the decoders that know everything.

use super::fixtures::*;
use super::{near, noise, prepare, usable_files};
use clinical_images::codec::finish::Decoded;
use clinical_images::codec::header::{self, Header};
use clinical_images::codec::heic::{Assembly, Plan, tile};
use clinical_images::codec::{Format, Limits, Unusable, decode, sniff};
use clinical_images::picture::Edit;

/// The committed files that are no HEIC.
const OTHERS: [&str; 9] = [
    "progressive.jpg",
    "s422.jpg",
    "s444.jpg",
    "restarts.jpg",
    "grey.jpg",
    "cmyk.jpg",
    "lossy.webp",
    "lossy-alpha.webp",
    "palette.png",
];

fn read(file: &[u8]) -> Result<Header, Unusable> {
    header::read(sniff::format(file)?, file, &Limits::default())
}

fn generally(format: Format, file: &[u8]) -> Decoded {
    decode::decode(format, file, &Limits::default()).unwrap()
}

/// All files but HEIC, in every orientation where that is possible.
fn files_with_headers() -> Vec<(String, Format, Vec<u8>)> {
    let mut files = usable_files();
    files.retain(|(_, format, _)| *format != Format::Heic);
    for code in 1..=8 {
        let style = PngStyle {
            exif: Some(code),
            ..PngStyle::default()
        };
        let picture = || stored(scene(60, 40), code);
        files.push((
            format!("JPEG {code}"),
            Format::Jpeg,
            phone_jpeg(&picture(), code, None),
        ));
        files.push((format!("PNG {code}"), Format::Png, png(&picture(), &style)));
        files.push((
            format!("WebP {code}"),
            Format::Webp,
            webp(&picture(), Some(code), None),
        ));
    }
    for name in OTHERS {
        let file = committed(name);
        files.push((name.into(), sniff::format(&file).unwrap(), file));
    }
    files
}

#[test]
fn a_header_says_what_the_decoder_finds() {
    for (what, format, file) in files_with_headers() {
        let header = read(&file).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
        let decoded = generally(format, &file);
        assert_eq!((header.width, header.height), decoded.full, "{what}");
        assert_eq!(header.orientation, decoded.orientation, "{what}");
        if header.direct {
            assert_eq!(header.profile, decoded.profile, "{what}");
        }
        assert!(
            header.transparent || !decoded.transparent,
            "{what}: nothing see-through is missed"
        );
        assert_eq!(header.direct, what != "cmyk.jpg", "{what}");
    }
}

#[test]
fn a_png_gives_its_profile_as_it_is_packed() {
    let profile = display_p3_profile();
    let style = PngStyle {
        profile: Some(&profile),
        ..PngStyle::default()
    };
    let header = read(&png(&scene(60, 40), &style)).unwrap();
    assert!(header.profile.is_none());
    // The method of zlib, then what nobody but zlib can read.
    assert_eq!(header.packed_profile.unwrap()[0] & 15, 8);
}

#[test]
fn deep_and_animated_pictures_are_not_left_to_the_browser() {
    let deep = PngStyle {
        sixteen_bits: true,
        ..PngStyle::default()
    };
    assert!(!read(&png(&scene(60, 40), &deep)).unwrap().direct);
}

#[test]
fn every_kind_of_jpeg_and_webp_gives_the_scene() {
    for name in OTHERS {
        let prepared =
            prepare(&committed(name)).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let seen = corners(&decoded(&prepared.jpeg));
        let grey = |[r, g, b]: [u8; 3]| {
            [(f32::from(r) * 0.299 + f32::from(g) * 0.587 + f32::from(b) * 0.114) as u8; 3]
        };
        for (seen, want) in seen.into_iter().zip([RED, GREEN, BLUE, YELLOW]) {
            let want = if name.starts_with("grey") {
                grey(want)
            } else {
                want
            };
            assert!(near(seen, want, 14), "{name}: {seen:?} for {want:?}");
        }
    }
}

#[test]
fn a_header_of_a_cut_file_is_refused() {
    for (what, format, file) in files_with_headers() {
        let trailing = match format {
            Format::Jpeg => file.len() - end_of_jpeg(&file),
            Format::Png => CANARY.len() * usize::from(file.ends_with(CANARY)),
            _ => usize::from(file.ends_with(&[0])),
        };
        let end = file.len() - trailing;
        for cut in (16..end).step_by((end / 60).max(1)).chain(end - 8..end) {
            assert!(
                read(&file[..cut]).is_err(),
                "{what}: accepted when cut at {cut} of {end}"
            );
        }
    }
}

#[test]
fn missing_scans_and_missing_restarts_are_noticed_though_the_end_is_there() {
    let whole = committed("progressive.jpg");
    let scans: Vec<usize> = (0..whole.len() - 1)
        .filter(|&at| whole[at..at + 2] == [0xFF, 0xDA])
        .collect();
    for &scan in &scans[1..] {
        let cut = [&whole[..scan], &[0xFF, 0xD9]].concat();
        assert_eq!(
            read(&cut),
            Err(Unusable::Truncated),
            "without the scans from {scan} on"
        );
    }
    let whole = committed("restarts.jpg");
    let restart = whole
        .windows(2)
        .rposition(|pair| pair[0] == 0xFF && (0xD0..=0xD7).contains(&pair[1]));
    let cut = [&whole[..restart.unwrap()], &[0xFF, 0xD9]].concat();
    assert_eq!(read(&cut), Err(Unusable::Truncated));
}

#[test]
fn a_jpeg_whose_coded_data_ends_early_ends_in_the_grey_that_is_looked_for() {
    // As a lenient decoder paints it: exactly half of each, to the last pixel.
    let mut painted = noise(64, 48);
    let rest = painted.pixels().len() / 2;
    painted.pixels_mut()[rest..].fill([128, 128, 128, 255]);
    assert!(painted.ends_in_missing_grey());
    assert!(!noise(64, 48).ends_in_missing_grey());
    assert!(!scene(64, 48).ends_in_missing_grey());
}

#[test]
fn tiles_and_the_general_decoder_give_the_same_picture() {
    for name in ["single", "grid", "ten-bit", "o1", "o6", "o7"] {
        // What `with_turn` adds goes to the first item, which in a grid is a tile.
        let turns = [None, Some(3), Some(5), Some(8)];
        for code in turns.into_iter().take(if name == "grid" { 1 } else { 4 }) {
            let plain = heic(name);
            let file = code.map_or_else(|| plain.clone(), |code| with_turn(&plain, code));
            let limits = Limits::default();
            let plan = Plan::read(&file, &limits)
                .unwrap()
                .unwrap_or_else(|| panic!("{name} {code:?} is made of tiles"));
            let by_tiles = plan
                .decoded(&limits)
                .unwrap()
                .finish(Format::Heic, Edit::default(), &limits)
                .unwrap();
            let general = generally(Format::Heic, &file)
                .finish(Format::Heic, Edit::default(), &limits)
                .unwrap();
            assert_eq!(
                (by_tiles.width, by_tiles.height),
                (general.width, general.height),
                "{name} {code:?}"
            );
            let (a, b) = (decoded(&by_tiles.jpeg), decoded(&general.jpeg));
            let far: u64 = a
                .rgba
                .iter()
                .zip(&b.rgba)
                .map(|(a, b)| u64::from(a.abs_diff(*b)))
                .sum();
            let mean = far as f64 / a.rgba.len() as f64;
            assert!(mean < 1.5, "{name} {code:?}: {mean}");
        }
    }
}

#[test]
fn alpha_and_layers_are_left_to_the_general_decoder() {
    for file in [heic("alpha"), overlay(&heic("single"))] {
        assert_eq!(Plan::read(&file, &Limits::default()), Ok(None));
    }
}

#[test]
fn a_tile_that_is_missing_comes_twice_or_is_of_another_size_makes_no_picture() {
    let limits = Limits::default();
    let plan = Plan::read(&heic("grid"), &limits).unwrap().unwrap();
    let tiles: Vec<_> = plan
        .streams
        .iter()
        .map(|stream| tile(stream, plan.matrix, 1 << 20).unwrap())
        .collect();
    assert!(tiles.len() > 1);
    let mut assembly = Assembly::new(&plan, &limits);
    assembly.place(0, tiles[0].clone()).unwrap();
    assert!(assembly.place(0, tiles[0].clone()).is_err(), "twice");
    assert!(assembly.place(99, tiles[0].clone()).is_err(), "nowhere");
    let other = Plan::read(&heic("single"), &limits).unwrap().unwrap();
    let other = tile(&other.streams[0], other.matrix, 1 << 20).unwrap();
    assert!(assembly.place(1, other).is_err(), "another size");
    assert_eq!(assembly.finish().err(), Some(Unusable::Truncated));
}

#[test]
fn a_tile_of_too_many_pixels_is_refused() {
    let plan = Plan::read(&heic("single"), &Limits::default())
        .unwrap()
        .unwrap();
    assert!(tile(&plan.streams[0], plan.matrix, 192 * 128 - 1).is_err());
}
