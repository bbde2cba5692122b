//! Any bytes are told apart, and their headers read.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clinical_images_fuzz::sniffed(bytes));
