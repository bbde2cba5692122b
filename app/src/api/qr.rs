//! QR codes as SVG, drawn on the server: the browser's module need not know how.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The SVG of a QR code for `text`, black on white with its quiet zone, scaling with its box. Nothing when the text is
/// too long for a code (about 1,600 bytes at this error correction).
pub(super) fn svg_of(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(
        code.render::<svg::Color<'_>>()
            .quiet_zone(true)
            .min_dimensions(240, 240)
            .build(),
    )
}
