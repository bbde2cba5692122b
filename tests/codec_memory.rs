//! How much memory a file may take. A program of its own: the allocator counts for all threads, so there is one test.
#![cfg(feature = "codec")]
#![allow(clippy::unwrap_used, missing_docs)]

mod fixtures;

use clinical_images::codec::heic::Plan;
use clinical_images::codec::{Format, Limits, Unusable, header, sniff, to_jpeg};
use fixtures::*;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// What the work took at its peak, in bytes.
fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let done = work();
    (ALLOCATED.peak_usage().saturating_sub(before), done)
}

#[test]
fn a_file_takes_no_memory_before_its_size_is_known_and_little_more_than_its_pixels_after() {
    let limits = Limits::default();
    for (kind, file) in boasts(16_000, 12_500) {
        let (peak, refusal) = peak_of(|| to_jpeg(&file, &limits).unwrap_err());
        assert!(
            matches!(refusal, Unusable::TooManyPixels { .. }),
            "{kind}: {refusal}"
        );
        assert!(peak < 200_000, "{kind}: {peak} bytes to be refused");
        let (peak, refused) = peak_of(|| match sniff::format(&file).unwrap() {
            Format::Heic => Plan::read(&file, &limits).is_err(),
            format => header::read(format, &file, &limits).is_err(),
        });
        assert!(refused, "{kind}");
        assert!(peak < 200_000, "{kind}: {peak} bytes to look at the header");
    }

    let (width, height) = (2400, 1600);
    let pixels = width as usize * height as usize;
    let picture = scene(width, height);
    let rgb = PngStyle {
        colour: png::ColorType::Rgb,
        ..PngStyle::default()
    };
    let files = [
        ("JPEG", phone_jpeg(&picture, 6, None)),
        ("PNG", png(&picture, &rgb)),
        ("WebP", webp(&picture, None, None)),
    ];
    drop(picture);
    for (kind, file) in files {
        let (peak, prepared) = peak_of(|| to_jpeg(&file, &limits).unwrap());
        assert!(prepared.width <= 1920);
        let share = peak as f64 / pixels as f64;
        assert!(share < 16.0, "{kind}: {share:.1} bytes a pixel");
    }
}
