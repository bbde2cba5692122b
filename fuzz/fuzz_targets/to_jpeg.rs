//! The whole way from any bytes to a JPEG.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = clinical_images_fuzz::prepared(bytes);
});
