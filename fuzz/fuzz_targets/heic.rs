//! The HEIC container, and the tiles that it names.
#![no_main]

use clinical_images::codec::Limits;
use clinical_images::codec::heic::{Plan, tile};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        input_pixels: 300_000,
        ..Limits::default()
    };
    if let Ok(Some(plan)) = Plan::read(bytes, &limits) {
        for stream in plan.streams.iter().take(4) {
            let _ = tile(stream, plan.matrix, limits.input_pixels);
        }
    }
});
