//! `vendor/hevc-tile` decodes what the decoder decodes from which it was forked, sample for sample.

use super::fixtures::heic;
use super::mutated::Dice;
use clinical_images::codec::Limits;
use clinical_images::codec::heic::Plan;

const FILES: [&str; 9] = [
    "grid",
    "single",
    "ten-bit",
    "o6",
    "grey",
    "chroma-422",
    "chroma-444",
    "ten-bit-422",
    "ten-bit-444",
];

fn streams(name: &str) -> Vec<Vec<u8>> {
    let plan = Plan::read(&heic(name), &Limits::default()).unwrap();
    plan.expect("made of tiles").streams
}

/// What both make of a stream, in words that can be compared.
#[track_caller]
fn assert_alike(stream: &[u8], most_pixels: u64, what: &str) {
    let forked = hevc_tile::decoder::decode_picture(
        stream,
        hevc_tile::decoder::DecodeOptions {
            max_pixels: most_pixels,
            ..Default::default()
        },
    );
    let original = heifer_hevc_dec::decoder::decode_picture(
        stream,
        heifer_hevc_dec::decoder::DecodeOptions {
            max_pixels: most_pixels,
            ..Default::default()
        },
    );
    match (forked, original) {
        (Ok(forked), Ok(original)) => {
            assert_eq!(forked.widths, original.widths, "{what}");
            assert_eq!(forked.heights, original.heights, "{what}");
            assert_eq!(forked.bit_depth, original.bit_depth, "{what}");
            assert_eq!(forked.matrix_coeffs, original.matrix_coeffs, "{what}");
            assert_eq!(forked.full_range, original.full_range, "{what}");
            assert!(forked.planes == original.planes, "{what}: other samples");
        }
        (forked, original) => assert_eq!(
            forked.err().map(|fault| fault.to_string()),
            original.err().map(|fault| fault.to_string()),
            "{what}"
        ),
    }
}

#[test]
fn the_forked_decoder_gives_the_samples_of_the_original() {
    for name in FILES {
        for (index, stream) in streams(name).iter().enumerate() {
            assert_alike(stream, 0, &format!("{name}, tile {index}"));
        }
    }
}

#[test]
fn the_forked_decoder_says_to_damaged_tiles_what_the_original_says() {
    let streams: Vec<Vec<u8>> = FILES
        .iter()
        .map(|name| streams(name).swap_remove(0))
        .collect();
    let mut dice = Dice::new(0x7E57_0001);
    for round in 0..400 {
        let mut stream = streams[round % streams.len()].clone();
        for _ in 0..1 + round % 3 {
            // Within the coded data, not in the parameter sets before it.
            let at = 120 + dice.roll(stream.len() - 120);
            stream[at] ^= 1 << dice.roll(8);
        }
        assert_alike(&stream, 300_000, &format!("round {round}"));
    }
}
