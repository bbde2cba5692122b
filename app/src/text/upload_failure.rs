//! Why a picture did not leave this device.

use super::problem::{Advice, advice, explain_refusal};
use clinical_images::upload::{Unusable, UploadFailure};
use std::borrow::Cow;

/// Explains why a picture did not leave this device.
#[must_use]
pub fn explain_upload_failure(failure: &UploadFailure) -> Advice {
    match failure {
        UploadFailure::Unusable { kind } => explain_unusable(*kind),
        UploadFailure::Refused { refusal } => explain_refusal(refusal),
        UploadFailure::StoreUnavailable { tries } => advice(
            "The photo could not be sent",
            format!(
                "It was tried {}. It is still on this device; check the connection and try again.",
                times(*tries)
            ),
        ),
        UploadFailure::Cancelled => advice("Cancelled", "The photo is still on this device."),
    }
}

/// Both limits are set in millions, of bytes and of pixels.
const MILLION: u64 = 1_000_000;

fn explain_unusable(kind: Unusable) -> Advice {
    match kind {
        Unusable::NotAnImage => advice(
            "This file is not a photo",
            "Choose a photo (JPEG, PNG, WebP or HEIC).",
        ),
        Unusable::Unsupported => advice(
            "This kind of picture cannot be used",
            "Save it as JPEG or PNG and choose it again.",
        ),
        Unusable::TooManyBytes { limit } => advice(
            "This file is too large",
            format!(
                "It has more than {} MB. Choose a smaller one.",
                limit / MILLION
            ),
        ),
        Unusable::TooManyPixels { limit } => advice(
            "This picture is too large",
            format!(
                "It has more than {}. Take it again with a lower camera setting.",
                megapixels(limit / MILLION)
            ),
        ),
        Unusable::Truncated => advice(
            "This file is incomplete",
            "Part of it is missing. Take the photo again, or choose the original.",
        ),
        Unusable::Unreadable => advice(
            "The browser could not read this file",
            "It may have been moved, or be still in the cloud. Choose it again.",
        ),
        Unusable::Unavailable => advice(
            "The photo tool does not answer",
            "Check the connection and try again. The photo is still on this device.",
        ),
        Unusable::Damaged => advice(
            "This file is damaged",
            "It could not be read. Take the photo again, or choose another.",
        ),
    }
}

/// `1 megapixel`, `100 megapixels`.
fn megapixels(count: u64) -> String {
    format!("{count} megapixel{}", if count == 1 { "" } else { "s" })
}

/// `once`, `twice`, `three times`, `4 times`.
fn times(count: u32) -> Cow<'static, str> {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        3 => "three times".into(),
        more => format!("{more} times").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::refusal::Refusal;

    #[test]
    fn a_sentence_names_the_limit_that_holds() {
        let unusable = |kind| explain_upload_failure(&UploadFailure::Unusable { kind }).next;
        let bytes = unusable(Unusable::TooManyBytes { limit: 7_000_000 });
        assert!(bytes.contains("more than 7 MB"), "{bytes}");
        let pixels = unusable(Unusable::TooManyPixels { limit: 200_000_000 });
        assert!(pixels.contains("more than 200 megapixels."), "{pixels}");
        let pixels = unusable(Unusable::TooManyPixels { limit: 1_000_000 });
        assert!(pixels.contains("more than 1 megapixel."), "{pixels}");
        let refused = |refusal| explain_upload_failure(&UploadFailure::Refused { refusal }).next;
        let full = refused(Refusal::SessionFull { limit: 1 });
        assert!(full.starts_with("It holds 1 photo."), "{full}");
        let note = refused(Refusal::NoteTooLong { limit: 500 });
        assert!(note.contains("to 500 characters"), "{note}");
        let sent = |tries| explain_upload_failure(&UploadFailure::StoreUnavailable { tries }).next;
        assert!(sent(1).starts_with("It was tried once."));
        assert!(sent(4).starts_with("It was tried 4 times."));
    }
}
