//! Why a photo was not filed.

use crate::text::Advice;
use crate::text::catalogue::catalogue;
use clinical_images::picture::{FilingFailure, FilingReason};

catalogue! {
    /// Why a photo was not filed, and what to do next.
    FilingFailures
    words {
        /// What follows when it is tried again without anybody's doing.
        tries_by_itself: "Clinical Images tries again by itself. “Retry” does it now.";
    }
    advice {
        /// For [`FilingReason::AlexUnavailable`].
        filing_alex_unavailable: "Medtech does not answer", "The photo was not filed. Try again; the practice’s server may be asleep.";
        /// For [`FilingReason::Credentials`].
        filing_credentials: "Clinical Images could not sign in to Medtech", "The photo was not filed. Tell the person who runs Clinical Images.";
        /// For [`FilingReason::Forbidden`].
        filing_forbidden: "Medtech does not allow filing for this practice", "The photo was not filed. Tell the person who runs Clinical Images.";
        /// For [`FilingReason::Rejected`].
        filing_rejected: "Medtech refused this photo", "The photo was not filed. Copy the technical detail for support, then try again.";
        /// For [`FilingReason::NoAnswer`].
        filing_no_answer: "Medtech did not say whether this photo arrived", "Clinical Images looks for it by itself in about five minutes. There is nothing you need to do.";
        /// For [`FilingReason::NotArrived`].
        filing_not_arrived: "This photo did not arrive in Medtech", "It was sent and was not there when Clinical Images looked. Try again.";
        /// For [`FilingReason::CannotLook`].
        filing_cannot_look: "We cannot tell whether this photo reached Medtech", "Look into the patient’s Inbox in Medtech, then say here whether it is there.";
        /// For [`FilingReason::Different`].
        filing_different: "Medtech holds something else under this photo’s number", "Look into the patient’s Inbox in Medtech, say here whether the photo is there, and copy the technical detail for support.";
        /// For [`FilingReason::CopyUnreadable`].
        filing_copy_unreadable: "The temporary copy could not be read", "The photo was not filed. Try again in a minute.";
        /// For [`FilingReason::PatientChanged`].
        filing_patient_changed: "The patient’s details changed in Medtech", "Nothing was filed. Open Clinical Images again from the patient, and check the name.";
    }
}

/// Explains why filing a picture did not work.
#[must_use]
pub fn explain_failure(failure: &FilingFailure) -> Advice {
    match failure.reason {
        FilingReason::AlexUnavailable => filing_alex_unavailable(),
        FilingReason::Credentials => filing_credentials(),
        FilingReason::Forbidden => filing_forbidden(),
        FilingReason::Rejected => filing_rejected(),
        FilingReason::NoAnswer => filing_no_answer(),
        FilingReason::NotArrived => filing_not_arrived(),
        FilingReason::CannotLook => filing_cannot_look(),
        FilingReason::Different => filing_different(),
        FilingReason::CopyUnreadable => filing_copy_unreadable(),
        FilingReason::PatientChanged => filing_patient_changed(),
    }
}

/// Explains a picture that certainly is not in the record yet and is tried again by itself.
#[must_use]
pub fn tried_again(failure: &FilingFailure) -> Advice {
    Advice {
        next: tries_by_itself().into(),
        ..explain_failure(failure)
    }
}
