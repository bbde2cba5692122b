//! The whole way: whatever comes out is a JPEG within the limits.
#![no_main]

use clinical_images::codec::{Limits, to_jpeg};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        input_pixels: 300_000,
        ..Limits::default()
    };
    if let Ok(prepared) = to_jpeg(bytes, &limits) {
        assert!(prepared.jpeg.len() <= limits.output_bytes);
        assert!(prepared.jpeg.starts_with(&[0xFF, 0xD8]) && prepared.jpeg.ends_with(&[0xFF, 0xD9]));
    }
});
