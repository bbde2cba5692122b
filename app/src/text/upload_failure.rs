//! Why a picture did not leave this device.

use super::Advice;
use super::catalogue::catalogue;
use super::english::{megapixels, times};
use super::explain::explain_refusal;
use clinical_images::upload::{Unusable, UploadFailure};

/// Both limits are set in millions, of bytes and of pixels.
const MILLION: u64 = 1_000_000;

catalogue! {
    /// Why a picture did not leave this device, and what to do next.
    UploadFailures
    advice {
        /// For [`UploadFailure::Cancelled`].
        upload_cancelled: "Cancelled", "The photo is still on this device.";
        /// For [`Unusable::NotAnImage`].
        file_not_an_image: "This file is not a photo", "Choose a photo (JPEG, PNG, WebP or HEIC).";
        /// For [`Unusable::Unsupported`].
        file_unsupported: "This kind of picture cannot be used", "Save it as JPEG or PNG and choose it again.";
        /// For [`Unusable::Truncated`].
        file_truncated: "This file is incomplete", "Part of it is missing. Take the photo again, or choose the original.";
        /// For [`Unusable::Unreadable`].
        file_unreadable: "The browser could not read this file", "It may have been moved, or be still in the cloud. Choose it again.";
        /// For [`Unusable::Unavailable`].
        file_unavailable: "The photo tool does not answer", "Check the connection and try again. The photo is still on this device.";
        /// For [`Unusable::Damaged`].
        file_damaged: "This file is damaged", "It could not be read. Take the photo again, or choose another.";
    }
    sentences {
        /// For [`UploadFailure::StoreUnavailable`].
        fn upload_store_unavailable(tries: u32) -> Advice {
            Advice {
                what: "The photo could not be sent",
                next: format!(
                    "It was tried {}. It is still on this device; check the connection and try again.",
                    times(tries)
                )
                .into(),
            }
        }

        /// For [`Unusable::TooManyBytes`].
        fn file_too_many_bytes(limit: u64) -> Advice {
            Advice {
                what: "This file is too large",
                next: format!("It has more than {} MB. Choose a smaller one.", limit / MILLION).into(),
            }
        }

        /// For [`Unusable::TooManyPixels`].
        fn file_too_many_pixels(limit: u64) -> Advice {
            Advice {
                what: "This picture is too large",
                next: format!(
                    "It has more than {}. Take it again with a lower camera setting.",
                    megapixels(limit / MILLION)
                )
                .into(),
            }
        }
    }
}

/// Explains why a picture did not leave this device.
#[must_use]
pub fn explain_upload_failure(failure: &UploadFailure) -> Advice {
    match failure {
        UploadFailure::Unusable { kind } => explain_unusable(*kind),
        UploadFailure::Refused { refusal } => explain_refusal(refusal),
        UploadFailure::StoreUnavailable { tries } => upload_store_unavailable(*tries),
        UploadFailure::Cancelled => upload_cancelled(),
    }
}

fn explain_unusable(kind: Unusable) -> Advice {
    match kind {
        Unusable::NotAnImage => file_not_an_image(),
        Unusable::Unsupported => file_unsupported(),
        Unusable::TooManyBytes { limit } => file_too_many_bytes(limit),
        Unusable::TooManyPixels { limit } => file_too_many_pixels(limit),
        Unusable::Truncated => file_truncated(),
        Unusable::Unreadable => file_unreadable(),
        Unusable::Unavailable => file_unavailable(),
        Unusable::Damaged => file_damaged(),
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
