//! Any bytes are told apart, and their headers read.
#![no_main]

use clinical_images::codec::{Format, Limits, header, sniff};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    match sniff::format(bytes) {
        Ok(Format::Heic) | Err(_) => {}
        Ok(format) => {
            if let Ok(header) = header::read(format, bytes, &limits) {
                assert!(u64::from(header.width) * u64::from(header.height) <= limits.input_pixels);
            }
        }
    }
});
