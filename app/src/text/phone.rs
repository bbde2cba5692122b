//! What the phone page says.

mod sending;

pub use sending::*;

use super::{Advice, photos};
use crate::api::ApiError;
use clinical_images::capture::Screen;
use clinical_images::refusal::Refusal;

/// While the link is being claimed.
pub const CHECKING: &str = "Checking the link…";
/// Under it.
pub const CHECKING_NEXT: &str = "This takes a second or two.";
/// For browsers without scripts, as HTML.
pub const NO_SCRIPT: &str = "<h1>This page needs JavaScript</h1><p>Allow it in the browser’s settings, then scan the \
                             QR code on the desktop again.</p>";
/// Beside the patient's name in a demo.
pub const DEMO_SHORT: &str = "Demo";
/// Tries the same thing again.
pub const TRY_AGAIN: &str = "Try again";
/// While the event stream is broken.
pub const RECONNECTING: &str = "Reconnecting…";
/// Name of the matching number in the header.
pub const NUMBER: &str = "Number";

/// Question of the first screen.
pub const CONFIRM: &str = "Is this your patient?";
/// Beside the practice's name.
pub const PRACTICE: &str = "Practice";
/// Beside the clinician's name.
pub const ASKED_BY: &str = "Asked by";
/// Under the matching number.
pub const SAME_NUMBER: &str = "Check that the desktop shows the same number";
/// The patient is right.
pub const YES: &str = "Yes, this is my patient";
/// The patient is wrong.
pub const NO: &str = "No, wrong patient";

/// Heading of the camera screen.
pub const CAPTURE: &str = "Take photos";
/// Opens the camera.
pub const CAMERA: &str = "Take a photo";
/// Opens the gallery.
pub const GALLERY: &str = "Choose from gallery";
/// When no more photos fit.
pub const FULL: &str = "This session is full. Delete a photo that you do not need, or ask the clinician at the desktop \
                        to commit these and open a new session.";
/// Name of the strip of photos.
pub const SO_FAR: &str = "Photos so far";

/// A photo in the strip that the server has.
pub const SENT_PHOTO: &str = "Sent photo";

/// Goes back a screen.
pub const BACK: &str = "Back";
/// Enlarges the photo.
pub const ZOOM_IN: &str = "Zoom in";
/// Shows all of the photo.
pub const ZOOM_OUT: &str = "Whole photo";
/// While a photo is being prepared.
pub const PREPARING: &str = "Preparing…";
/// Opens the camera again.
pub const RETAKE: &str = "Retake";
/// Turns the photo by a quarter.
pub const ROTATE: &str = "Rotate";
/// Opens the details.
pub const DETAILS: &str = "Details";
/// The photo is good.
pub const KEEP: &str = "Keep";
/// Takes a file away that cannot be used.
pub const REMOVE: &str = "Remove";
/// Another file in its place.
pub const CHOOSE_ANOTHER: &str = "Choose another";

/// Heading of the grid.
pub const ALL: &str = "Check and send";
/// Photos live in the page's memory only.
pub const NOT_SENT_YET: &str = "Not sent yet – keep this page open.";
/// Back to the camera.
pub const ADD_MORE: &str = "Add more";
/// Details of every photo at once.
pub const DESCRIBE_ALL: &str = "Set site and side for all";
/// Badge of a file that cannot be used.
pub const UNUSABLE: &str = "Cannot be used";
/// Badge of a file of which nothing came, but may.
pub const NOT_READY: &str = "Not ready";
/// Deletes a photo of the grid; its accessible name tells which.
pub const DELETE: &str = "Delete";
/// Announced after a photo was deleted.
pub const DELETED: &str = "Photo deleted";

/// Under the heading of the details.
pub const OPTIONAL: &str = "All of this is optional here. It can be added on the desktop.";
/// Leaves the details.
pub const DONE: &str = "Done";
/// Where the photos of one form differ.
pub const MIXED: &str =
    "The photos differ where a field is empty. What you choose goes to all of them.";

/// What the document's title says; never who the patient is, for titles go into the browser's history.
#[must_use]
pub fn title(screen: Screen) -> String {
    match screen {
        Screen::Confirm => CONFIRM.to_owned(),
        Screen::Capture => CAPTURE.to_owned(),
        Screen::Review(at) => format!("Photo {}", at + 1),
        Screen::All => ALL.to_owned(),
        Screen::Describe(None) => DESCRIBE_ALL.to_owned(),
        Screen::Describe(Some(at)) => describe_one(at),
        Screen::Sending => "Sending".to_owned(),
        Screen::Sent => "Sent".to_owned(),
    }
}

/// `3 of 20 photos`: places taken.
#[must_use]
pub fn used(count: usize, most: usize) -> String {
    format!("{count} of {most} photos")
}

/// `Photo 2`, counted from 0.
#[must_use]
pub fn photo(at: usize) -> String {
    format!("Photo {}", at + 1)
}

/// `Photo 2 of 3`.
#[must_use]
pub fn photo_of(at: usize, count: usize) -> String {
    format!("Photo {} of {count}", at + 1)
}

/// `Photo 2 of 3, Left forearm`: what a picture shows, as far as it is known.
#[must_use]
pub fn photo_alt(at: usize, count: usize, place: Option<&str>) -> String {
    place.map_or_else(
        || photo_of(at, count),
        |place| format!("{}, {place}", photo_of(at, count)),
    )
}

/// Opens a photo of the grid.
#[must_use]
pub fn open_photo(at: usize, place: Option<&str>) -> String {
    place.map_or_else(
        || format!("Look at photo {}", at + 1),
        |place| format!("Look at photo {}, {place}", at + 1),
    )
}

/// Deletes a photo of the grid.
#[must_use]
pub fn delete(at: usize) -> String {
    format!("Delete photo {}", at + 1)
}

/// Opens the grid.
#[must_use]
pub fn review(count: usize) -> String {
    format!("Check {}", photos(count))
}

/// Opens the photos on their way.
#[must_use]
pub fn on_their_way(count: usize) -> String {
    format!("Sending {}", photos(count))
}

/// Opens what arrived.
#[must_use]
pub fn see_sent(count: usize) -> String {
    format!("{} sent", photos(count))
}

/// More was chosen than fits.
#[must_use]
pub fn took_first(taken: usize, chosen: usize) -> String {
    let left = chosen.saturating_sub(taken);
    let fits = if taken == 1 { "was" } else { "were" };
    format!(
        "{} {fits} added. No room for {left} more: the session would be over its limit.",
        photos(taken)
    )
}

/// Heading of one photo's details.
#[must_use]
pub fn describe_one(at: usize) -> String {
    format!("Describe photo {}", at + 1)
}

/// Heading of every photo's details.
#[must_use]
pub fn describe_all(count: usize) -> String {
    format!(
        "Describe {}",
        if count == 1 {
            photos(1)
        } else {
            format!("all {}", photos(count))
        }
    )
}

/// Explains an error to somebody who holds a phone.
#[must_use]
pub fn explain(error: &ApiError) -> Advice {
    match error {
        ApiError::Refused(Refusal::NoAccessToken | Refusal::NotAllowed) => Advice {
            what: "Scan the QR code on the desktop",
            next: "This phone is not connected to a patient. Open Clinical Images from the patient in Medtech, and \
                   point this phone’s camera at the code."
                .into(),
        },
        ApiError::Refused(Refusal::SessionFull { .. }) => Advice {
            what: "This session is full",
            next: FULL.into(),
        },
        ApiError::Offline => Advice {
            what: "The server cannot be reached",
            next: "Check this phone’s Wi-Fi or mobile network, then try again.".into(),
        },
        other => super::explain(other),
    }
}

/// Whether asking again may help without a new code.
#[must_use]
pub fn may_help_to_retry(error: &ApiError) -> bool {
    match error {
        ApiError::Offline | ApiError::Broken => true,
        ApiError::Refused(refusal) => refusal.is_transient(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_photo_is_not_spoken_of_in_the_plural() {
        assert_eq!(describe_all(1), "Describe 1 photo");
        assert_eq!(describe_all(3), "Describe all 3 photos");
    }

    #[test]
    fn a_phone_without_a_key_is_told_to_scan() {
        let advice = explain(&ApiError::Refused(Refusal::NoAccessToken));
        assert_eq!(advice.what, "Scan the QR code on the desktop");
        assert!(!may_help_to_retry(&ApiError::Refused(
            Refusal::NoAccessToken
        )));
    }
}
