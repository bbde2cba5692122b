//! Limits as a script names them. Compiled into both codec modules.

use clinical_images::codec::Limits;
use clinical_images::picture::PictureLimits;

/// Limits of bytes and pixels on the way in, and of bytes and the longest side on the way out. What a script leaves out
/// arrives as 0, and is the product's.
pub fn limits(input_bytes: u32, input_pixels: u32, output_bytes: u32, long_side: u32) -> Limits {
    let usual = PictureLimits::default();
    let or = |named: u32, usual: u64| if named == 0 { usual } else { named.into() };
    let limits = PictureLimits {
        input_bytes: or(input_bytes, usual.input_bytes),
        input_pixels: or(input_pixels, usual.input_pixels),
        output_bytes: or(output_bytes, usual.output_bytes),
        long_side: if long_side == 0 {
            usual.long_side
        } else {
            long_side
        },
        ..usual
    };
    limits.into()
}
