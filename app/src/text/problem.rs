//! What went wrong, and what to do next.

use super::photos;
use crate::api::ApiError;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::refusal::Refusal;
use clinical_images::session::{EndOfLink, EndOfSession};
use std::borrow::Cow;

/// A problem as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened, as a short heading.
    pub what: &'static str,
    /// What to do next, in one sentence or two.
    pub next: Cow<'static, str>,
}

pub(super) fn advice(what: &'static str, next: impl Into<Cow<'static, str>>) -> Advice {
    let next = next.into();
    Advice { what, next }
}

/// Explains an error of a server function.
#[must_use]
pub fn explain(error: &ApiError) -> Advice {
    match error {
        ApiError::Refused(refusal) => explain_refusal(refusal),
        ApiError::Offline => advice(
            "The server cannot be reached",
            "Check the Wi-Fi or network cable. Nothing is lost; try again when the connection is back.",
        ),
        ApiError::Broken => advice(
            "Something went wrong on our side",
            "Reload the page. What was sent is safe.",
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table with a row for each refusal")]
pub(super) fn explain_refusal(refusal: &Refusal) -> Advice {
    match refusal {
        Refusal::NoAccessToken | Refusal::NotAllowed => advice(
            "This window has no access to the session",
            "Open Clinical Images again from the patient in Medtech.",
        ),
        Refusal::SessionUnknown => advice(
            "This session no longer exists",
            "Its temporary copies have been deleted. Open Clinical Images again from the patient in Medtech.",
        ),
        Refusal::SessionEnded { why } => explain_end(*why),
        Refusal::LinkUnknown => advice(
            "This code is not known",
            "Scan the QR code on the desktop again. If you copied the link, copy all of it.",
        ),
        Refusal::LinkUsed => advice(
            "This code has been used already",
            "Each code works once. Press “New code” on the desktop and scan it.",
        ),
        Refusal::LinkEnded { why } => explain_link(*why),
        Refusal::OtherLink => advice(
            "This phone has joined another session",
            "Close this page. To go on with its patient, scan the QR code on the desktop.",
        ),
        Refusal::PatientNotConfirmed => advice(
            "The patient has not been confirmed",
            "Confirm on the first screen that this is your patient.",
        ),
        Refusal::SessionFull { limit } => advice(
            "This session is full",
            format!(
                "It holds {}. Delete one that you do not need, or commit these and open a new session.",
                photos(*limit)
            ),
        ),
        Refusal::PictureUnknown => advice(
            "This photo is gone",
            "It was deleted, perhaps on the other device, or did not arrive in time. If it is still on this device, you can send it again.",
        ),
        Refusal::PictureFixed => advice(
            "This photo is being filed",
            "It can no longer be changed here. Wait until filing has finished.",
        ),
        Refusal::TooManyAttempts { .. } => advice(
            "This photo was changed or sent too often",
            "It stays as it is. To change more, delete it and add it again.",
        ),
        Refusal::RevisionUnderWay { .. } => advice(
            "Changes to a photo are still being saved",
            "Nothing was filed. Wait until they are saved, look at the photos, then commit.",
        ),
        Refusal::PictureOutOfBounds => advice(
            "This photo could not be made small enough",
            "Take it again, or choose another file.",
        ),
        Refusal::NoteTooLong { limit } => advice(
            "This note is too long",
            format!("Shorten it to {limit} characters."),
        ),
        Refusal::UploadMissing | Refusal::UploadDiffers => advice(
            "The photo did not arrive whole",
            "It is still on this device. Press “Try again”.",
        ),
        Refusal::NothingChosen => {
            advice("No photo is chosen", "Choose at least one photo to commit.")
        }
        Refusal::DetailsMissing { .. } => advice(
            "Some photos still need details",
            "Choose a body site, and a side where the site has two, then commit.",
        ),
        Refusal::Stale => advice(
            "Something changed while you were looking",
            "The screen is up to date now. Check the photos and commit again.",
        ),
        Refusal::PagesApart => advice(
            "Some of these photos were sent as one document",
            "Choose all photos of that document, or none, and wait until none of them is being filed.",
        ),
        Refusal::OtherPatient => advice(
            "This window shows another patient",
            "Nothing was filed. Close it and open Clinical Images again from the patient in Medtech.",
        ),
        Refusal::NoPatient
        | Refusal::LaunchExpired
        | Refusal::LaunchUsed
        | Refusal::LaunchUnknown
        | Refusal::WrongFacility
        | Refusal::PracticeUnknown
        | Refusal::PracticeClosed
        | Refusal::PatientNotFound
        | Refusal::Busy
        | Refusal::StoreUnavailable
        | Refusal::ObjectStoreUnavailable
        | Refusal::EhrUnavailable
        | Refusal::RequestReused
        | Refusal::Malformed => explain_outside(refusal),
    }
}

/// Launches, and what lies behind the server.
fn explain_outside(refusal: &Refusal) -> Advice {
    match refusal {
        Refusal::NoPatient => advice(
            "No patient is selected in Medtech",
            "Open a patient in Medtech, then click the Clinical Images icon again.",
        ),
        Refusal::LaunchExpired => advice(
            "This launch is too old",
            "A launch works for five minutes. Click the Clinical Images icon in Medtech again.",
        ),
        Refusal::LaunchUsed => advice(
            "This launch was used already",
            "Each launch opens one session. Click the Clinical Images icon in Medtech again.",
        ),
        Refusal::LaunchUnknown => advice(
            "Medtech does not know this launch",
            "Click the Clinical Images icon in Medtech again. Links that were copied or kept do not work.",
        ),
        Refusal::WrongFacility => advice(
            "This launch comes from another practice",
            "The address behind the Clinical Images icon in Medtech belongs to a different practice. Tell the person who runs \
             Clinical Images.",
        ),
        Refusal::PracticeUnknown => advice(
            "This address belongs to no practice",
            "The address behind the Clinical Images icon in Medtech must end in the name of your practice. Tell the person \
             who runs Clinical Images.",
        ),
        Refusal::PracticeClosed => advice(
            "This practice no longer uses Clinical Images here",
            "Sessions that are still open can be finished in their windows. For new photos, tell the person who runs \
             Clinical Images.",
        ),
        Refusal::PatientNotFound => advice(
            "Medtech could not find the patient",
            "Open the patient in Medtech again. If it happens twice, tell the person who runs Clinical Images.",
        ),
        Refusal::Busy => advice("The server is busy", "Try again in a moment."),
        Refusal::StoreUnavailable => advice(
            "The server cannot reach its session store",
            "Photos that were sent are safe. Try again in a minute.",
        ),
        Refusal::ObjectStoreUnavailable => advice(
            "The photo store does not answer",
            "Photos that were sent are safe, others are still on this device. Try again in a minute.",
        ),
        Refusal::EhrUnavailable => advice(
            "Medtech does not answer",
            "The practice’s server may be asleep or restarting. Try again in a minute.",
        ),
        _ => advice(
            "The request made no sense to the server",
            "Reload the page and try again.",
        ),
    }
}

fn explain_end(why: EndOfSession) -> Advice {
    match why {
        EndOfSession::Finished => advice(
            "This session is finished",
            "Everything is in the record. To take more photos, open Clinical Images again from Medtech.",
        ),
        EndOfSession::Discarded => advice(
            "This session was closed",
            "Photos that were not committed were deleted. To begin again, open Clinical Images from Medtech.",
        ),
        EndOfSession::Idle => advice(
            "This session ran out",
            "Nobody used it for a long time, so its temporary copies were deleted. Open Clinical Images again from \
             Medtech.",
        ),
    }
}

fn explain_link(why: EndOfLink) -> Advice {
    match why {
        EndOfLink::Expired => advice(
            "This code has run out",
            "Each code works for a short time. Scan the one that the desktop shows now.",
        ),
        EndOfLink::Replaced => advice(
            "The desktop shows a newer code",
            "Scan the QR code that is on the desktop now.",
        ),
        EndOfLink::Revoked => advice(
            "The desktop disconnected this phone",
            "If you still want to take photos, scan a new code on the desktop.",
        ),
        EndOfLink::Declined => advice(
            "Not your patient",
            "Nothing was sent. Tell the clinician at the desktop; scan again when the right patient is open.",
        ),
        EndOfLink::Left => advice(
            "You are finished",
            "This phone is disconnected and keeps no photos. To take more, scan a new code on the desktop.",
        ),
        EndOfLink::Idle => advice(
            "This phone was idle for too long",
            "It was disconnected to be safe. Scan a new code on the desktop to go on.",
        ),
    }
}

/// Explains why filing a picture did not work.
#[must_use]
pub fn explain_failure(failure: &FilingFailure) -> Advice {
    match failure.reason {
        FilingReason::AlexUnavailable => advice(
            "Medtech does not answer",
            "The photo was not filed. Try again; the practice’s server may be asleep.",
        ),
        FilingReason::Credentials => advice(
            "Medtech does not accept this server’s password",
            "The photo was not filed. Tell the person who runs Clinical Images.",
        ),
        FilingReason::Forbidden => advice(
            "Medtech does not allow filing for this practice",
            "The photo was not filed. Tell the person who runs Clinical Images.",
        ),
        FilingReason::Rejected => advice(
            "Medtech found fault with this photo",
            "The photo was not filed. Copy the technical detail for support, then try again.",
        ),
        FilingReason::NoAnswer => advice(
            "Medtech did not say whether this photo arrived",
            "Clinical Images looks for it by itself in about five minutes. There is nothing you need to do.",
        ),
        FilingReason::NotArrived => advice(
            "This photo did not arrive in Medtech",
            "It was sent and was not there when Clinical Images looked. Try again.",
        ),
        FilingReason::CannotLook => advice(
            "Nobody knows whether this photo arrived",
            "Look into the patient’s Inbox in Medtech, then say here whether it is there.",
        ),
        FilingReason::Different => advice(
            "Medtech holds something else under this photo’s number",
            "Look into the patient’s Inbox in Medtech, say here whether the photo is there, and copy the technical \
             detail for support.",
        ),
        FilingReason::CopyUnreadable => advice(
            "The temporary copy could not be read",
            "The photo was not filed. Try again in a minute.",
        ),
        FilingReason::PatientChanged => advice(
            "The patient’s details changed in Medtech",
            "Nothing was filed. Open Clinical Images again from the patient, and check the name.",
        ),
    }
}
