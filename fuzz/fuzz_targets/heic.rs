//! The HEIC container, and the tiles that it names.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clinical_images_fuzz::planned(bytes));
