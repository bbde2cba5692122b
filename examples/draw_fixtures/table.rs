//! Every kind of file there is, whole and cut.

use super::fixtures::{self, PngStyle, phone_jpeg, png, scene, stored, webp};
use super::{Files, see_through, veiled, with_skin_texture};

/// Shares of a file that its cuts leave, in 64ths.
const CUTS: [usize; 8] = [1, 8, 21, 32, 43, 56, 61, 63];

pub fn files() -> Files {
    let mut files = turned();
    files.extend(coloured());
    files.extend(deep());
    files.extend(odd());
    files.extend(fixtures::COMMITTED.map(|name| (name.into(), fixtures::committed(name))));
    let cut: Vec<_> = files.iter().flat_map(cuts).collect();
    files.extend(cut);
    let huge = fixtures::boasts(16_000, 12_500).into_iter();
    files.extend(huge.map(|(kind, file)| (format!("huge-200mp.{kind}"), file)));
    let large = with_skin_texture(scene(5632, 4000));
    files.push(("large-22mp.jpg".into(), phone_jpeg(&large, 3, None)));
    // Large enough to be made small in shares.
    let veiled = with_skin_texture(veiled(2400, 1600));
    let style = PngStyle::default();
    files.push(("large-see-through.png".into(), png(&veiled, &style)));
    files.push((
        "large-see-through.webp".into(),
        webp(&veiled, Some(6), None),
    ));
    files
}

/// All eight orientations in every format; of HEIC by its own turn and mirror, and by EXIF.
fn turned() -> Files {
    (1..=8)
        .flat_map(|code| {
            let picture = stored(scene(192, 128), code);
            let style = PngStyle {
                exif: Some(code),
                ..PngStyle::default()
            };
            let heic = fixtures::heic(&format!("o{code}"));
            [
                (
                    format!("jpeg-o{code}.jpg"),
                    phone_jpeg(&picture, code, None),
                ),
                (format!("png-o{code}.png"), png(&picture, &style)),
                (
                    format!("webp-o{code}.webp"),
                    webp(&picture, Some(code), None),
                ),
                (
                    format!("heic-turned-{code}.heic"),
                    fixtures::with_turn(&heic, code),
                ),
                (format!("heic-exif-{code}.heic"), heic),
            ]
        })
        .collect()
}

/// Profiles of every kind in every format, of pictures that must be turned too: who converts may also turn.
fn coloured() -> Files {
    let picture = stored(scene(192, 128), 6);
    let exif = Some(6);
    let profiles = [
        ("p3", fixtures::display_p3_profile()),
        ("adobe-rgb", fixtures::adobe_rgb_profile()),
        ("table", fixtures::display_p3_table()),
        ("nonsense", b"not a profile at all, of no length".repeat(9)),
    ];
    let mut files = Files::new();
    for (name, profile) in &profiles {
        let style = PngStyle {
            colour: ::png::ColorType::Rgb,
            exif,
            profile: Some(profile),
            ..PngStyle::default()
        };
        let deep = PngStyle {
            sixteen_bits: true,
            exif,
            profile: Some(profile),
            ..PngStyle::default()
        };
        files.extend([
            (
                format!("{name}.jpg"),
                phone_jpeg(&picture, 6, Some(profile)),
            ),
            (format!("{name}.png"), png(&picture, &style)),
            (format!("{name}-16-bit.png"), png(&picture, &deep)),
            (format!("{name}.webp"), webp(&picture, exif, Some(profile))),
            (
                format!("{name}.heic"),
                fixtures::with_profile(&fixtures::heic("single"), profile),
            ),
        ]);
    }
    let grey = fixtures::icc_segment(&fixtures::grey_profile());
    let inks = fixtures::icc_segment(&fixtures::inks_table());
    let with = |name: &str, segment: (u8, Vec<u8>)| {
        fixtures::with_segments(&fixtures::committed(name), &[segment])
    };
    files.push((
        "p3-nclx.heic".into(),
        fixtures::in_display_p3(&fixtures::heic("single")),
    ));
    files.push(("grey-profile.jpg".into(), with("grey.jpg", grey.clone())));
    files.push(("inks-profile.jpg".into(), with("cmyk.jpg", inks.clone())));
    // A profile of another kind of colour than the picture's says nothing about it.
    files.push(("grey-profile-of-inks.jpg".into(), with("grey.jpg", inks)));
    files.push(("profile-of-grey.jpg".into(), with("s444.jpg", grey)));
    files
}

/// Every colour type of PNG in 8 and 16 bits.
fn deep() -> Files {
    use ::png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
    let mut files = Files::new();
    for colour in [Rgb, Rgba, Grayscale, GrayscaleAlpha] {
        for sixteen_bits in [false, true] {
            let style = PngStyle {
                colour,
                sixteen_bits,
                ..PngStyle::default()
            };
            let bits = if sixteen_bits { 16 } else { 8 };
            files.push((
                format!("png-{colour:?}-{bits}-bit.png"),
                png(&scene(192, 128), &style),
            ));
        }
    }
    files
}

/// What is see-through, moves, is tiny, or says of itself what few files say.
fn odd() -> Files {
    vec![
        (
            "see-through.png".into(),
            png(&see_through(192, 128), &PngStyle::default()),
        ),
        (
            "see-through.webp".into(),
            webp(&see_through(192, 128), None, None),
        ),
        ("interlaced.png".into(), fixtures::interlaced_png(191, 127)),
        (
            "cropped.heic".into(),
            fixtures::cropped(&fixtures::heic("single"), 120, 90),
        ),
        (
            "layers.heic".into(),
            fixtures::overlay(&fixtures::heic("single")),
        ),
        ("animated.png".into(), fixtures::animated_png(1000)),
        ("animated.webp".into(), fixtures::animated_webp(40)),
        ("adobe-says-rgb.jpg".into(), fixtures::adobe_says(0)),
        ("adobe-says-ycc.jpg".into(), fixtures::adobe_says(1)),
        ("adobe-says-ycck.jpg".into(), fixtures::adobe_says(2)),
        ("ycck.jpg".into(), fixtures::ycck()),
        ("tiny.jpg".into(), phone_jpeg(&scene(1, 1), 6, None)),
        ("narrow.jpg".into(), phone_jpeg(&scene(3, 2500), 6, None)),
        ("text.jpg".into(), b"Dear doctor, ".repeat(40)),
    ]
}

/// A file without its end, in eight ways; of a JPEG also with an end marker put back.
fn cuts((name, file): &(String, Vec<u8>)) -> Files {
    let mut cut: Files = CUTS
        .into_iter()
        .map(|share| {
            (
                format!("cut-{share}-{name}"),
                file[..file.len() * share / 64].to_vec(),
            )
        })
        .collect();
    if name == "jpeg-o1.jpg" {
        let find = |marker: [u8; 2]| file.windows(2).rposition(|pair| pair == marker).unwrap();
        // The picture's own scan is the last one; behind its end hangs a trailer without markers.
        let (scan, end) = (find([0xFF, 0xDA]), find([0xFF, 0xD9]));
        for eighths in 1..8 {
            let middle = scan + (end - scan) * eighths / 8;
            cut.push((
                format!("cut-mended-{eighths}-{name}"),
                [&file[..middle], &[0xFF, 0xD9]].concat(),
            ));
        }
    }
    cut
}
