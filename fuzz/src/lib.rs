//! What must hold for any bytes at all, beside that nothing panics: one page for the fuzzer and for `tests/codec/mutated.rs`.

use clinical_images::codec::exif::Orientation;
use clinical_images::codec::heic::{Plan, tile};
use clinical_images::codec::{Format, Limits, Prepared, header, sniff, to_jpeg};

/// Few pixels, so that the time goes into many files instead of large ones.
fn few_pixels() -> Limits {
    Limits {
        input_pixels: 300_000,
        ..Limits::default()
    }
}

/// Bytes are told apart and their headers read: no size beyond the limit is believed.
pub fn sniffed(bytes: &[u8]) {
    let limits = Limits::default();
    match sniff::format(bytes) {
        Ok(Format::Heic) | Err(_) => {}
        Ok(format) => {
            if let Ok(header) = header::read(format, bytes, &limits) {
                assert!(u64::from(header.width) * u64::from(header.height) <= limits.input_pixels);
            }
        }
    }
}

/// The container of a HEIC picture is read, and its first tiles decoded: a plan names tiles of a size within the limit.
pub fn planned(bytes: &[u8]) {
    let limits = few_pixels();
    if let Ok(Some(plan)) = Plan::read(bytes, &limits) {
        assert!(plan.columns > 0 && !plan.streams.is_empty());
        assert!(u64::from(plan.width) * u64::from(plan.height) <= limits.input_pixels);
        for stream in plan.streams.iter().take(4) {
            let _ = tile(stream, plan.matrix, limits.input_pixels);
        }
    }
}

/// The whole way: whatever comes out is a JPEG within the limits, of the size that is said, upright, and without a profile.
pub fn prepared(bytes: &[u8]) -> Option<Prepared> {
    let limits = few_pixels();
    let prepared = to_jpeg(bytes, &limits).ok()?;
    assert!(prepared.jpeg.len() <= limits.output_bytes);
    assert!(prepared.jpeg.ends_with(&[0xFF, 0xD9]));
    let header = header::read(Format::Jpeg, &prepared.jpeg, &limits).expect("ours can be read");
    assert_eq!(
        (header.width, header.height),
        (prepared.width, prepared.height)
    );
    assert!(header.orientation == Orientation::UPRIGHT && header.profile.is_none());
    Some(prepared)
}
