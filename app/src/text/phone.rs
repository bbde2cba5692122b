//! What the phone page says.

mod sending;

pub use sending::*;

use super::Advice;
use super::catalogue::catalogue;
use super::english::photos;
use crate::api::ApiError;
use clinical_images::capture::Screen;
use clinical_images::refusal::Refusal;

catalogue! {
    /// What the phone page says.
    Phone
    words {
        /// While the link is being claimed.
        checking: "Checking the link…";
        /// Under it.
        checking_next: "This takes a second or two.";
        /// For browsers without scripts, as HTML.
        no_script: "<h1>This page needs JavaScript</h1><p>Allow it in the browser’s settings, then scan the \
                                     QR code on the desktop again.</p>";
        /// Beside the patient's name in a demo.
        demo_short: "Demo";
        /// Tries the same thing again.
        try_again: "Try again";
        /// While the event stream is broken.
        reconnecting: "Reconnecting…";
        /// Name of the matching number in the header.
        number: "Number";
        /// Question of the first screen.
        confirm: "Is this your patient?";
        /// Beside the practice's name.
        practice: "Practice";
        /// Beside the clinician's name.
        asked_by: "Asked by";
        /// Under the matching number.
        same_number: "Check that the desktop shows the same number";
        /// The patient is right.
        yes: "Yes, this is my patient";
        /// The patient is wrong.
        no: "No, wrong patient";
        /// Heading of the camera screen.
        capture: "Take photos";
        /// Opens the camera.
        camera: "Take a photo";
        /// Opens the gallery.
        gallery: "Choose from gallery";
        /// Name of the strip of photos.
        so_far: "Photos so far";
        /// A photo in the strip that the server has.
        sent_photo: "Sent photo";
        /// Goes back a screen.
        back: "Back";
        /// Enlarges the photo.
        zoom_in: "Zoom in";
        /// Shows all of the photo.
        zoom_out: "Whole photo";
        /// While a photo is being prepared.
        preparing: "Preparing…";
        /// Opens the camera again.
        retake: "Retake";
        /// Turns the photo by a quarter.
        rotate: "Rotate";
        /// Opens the details.
        details: "Details";
        /// The photo is good.
        keep: "Keep";
        /// Takes a file away that cannot be used.
        remove: "Remove";
        /// Another file in its place.
        choose_another: "Choose another";
        /// Heading of the grid.
        all: "Check and send";
        /// Photos live in the page's memory only.
        not_sent_yet: "Not sent yet – keep this page open.";
        /// Back to the camera.
        add_more: "Add more";
        /// Details of every photo at once.
        describe_all_photos: "Set site and side for all";
        /// Badge of a file that cannot be used.
        unusable: "Cannot be used";
        /// Badge of a file of which nothing came, but may.
        not_ready: "Not ready";
        /// Deletes a photo of the grid; its accessible name tells which.
        delete_photo: "Delete";
        /// Announced after a photo was deleted.
        deleted: "Photo deleted";
        /// Under the heading of the details.
        optional: "All of this is optional here. It can be added on the desktop.";
        /// Leaves the details.
        done: "Done";
        /// Where the photos of one form differ.
        mixed: "The photos differ where a field is empty. What you choose goes to all of them.";
        /// Title of the screen while photos are on their way.
        sending_title: "Sending";
        /// Title of the screen of what arrived.
        sent_title: "Sent";
    }
    advice {
        /// For a phone without access.
        scan_the_code: "Scan the QR code on the desktop", "This phone is not connected to a patient. Open Clinical Images from the patient in Medtech, and point this phone’s camera at the code.";
        /// When no more photos fit.
        session_full: "This session is full", "Delete a photo that you do not need, or ask the clinician at the desktop to file these and open a new session.";
        /// Without a network.
        phone_offline: "The server cannot be reached", "Check this phone’s Wi-Fi or mobile network, then try again.";
    }
    sentences {
        /// `3 of 20 photos`: places taken.
        fn used(count: usize, most: usize) -> String {
            format!("{count} of {most} photos")
        }

        /// `Photo 2`, counted from 0.
        fn photo(at: usize) -> String {
            format!("Photo {}", at + 1)
        }

        /// `Photo 2 of 3`.
        fn photo_of(at: usize, count: usize) -> String {
            format!("Photo {} of {count}", at + 1)
        }

        /// Opens a photo of the grid.
        fn open_photo(at: usize, place: Option<&str>) -> String {
            place.map_or_else(
                || format!("Look at photo {}", at + 1),
                |place| format!("Look at photo {}, {place}", at + 1),
            )
        }

        /// Deletes a photo of the grid.
        fn delete(at: usize) -> String {
            format!("Delete photo {}", at + 1)
        }

        /// Opens the grid.
        fn review(count: usize) -> String {
            format!("Check {}", photos(count))
        }

        /// Opens the photos on their way.
        fn on_their_way(count: usize) -> String {
            format!("Sending {}", photos(count))
        }

        /// Opens what arrived.
        fn see_sent(count: usize) -> String {
            format!("{} sent", photos(count))
        }

        /// More was chosen than fits.
        fn took_first(taken: usize, chosen: usize, most: usize) -> String {
            let were = |count| if count == 1 { "was" } else { "were" };
            let left = chosen.saturating_sub(taken);
            format!(
                "{} {} added. {left} {} left out: a session holds {}.",
                photos(taken),
                were(taken),
                were(left),
                photos(most)
            )
        }

        /// Heading of one photo's details.
        fn describe_one(at: usize) -> String {
            format!("Describe photo {}", at + 1)
        }

        /// Heading of every photo's details.
        fn describe_all(count: usize) -> String {
            format!(
                "Describe {}",
                if count == 1 {
                    photos(1)
                } else {
                    format!("all {}", photos(count))
                }
            )
        }
    }
}

/// What the document's title says; never who the patient is, for titles go into the browser's history.
#[must_use]
pub fn title(screen: Screen) -> String {
    match screen {
        Screen::Confirm => confirm().to_owned(),
        Screen::Capture => capture().to_owned(),
        Screen::Review(at) => photo(at),
        Screen::All => all().to_owned(),
        Screen::Describe(None) => describe_all_photos().to_owned(),
        Screen::Describe(Some(at)) => describe_one(at),
        Screen::Sending => sending_title().to_owned(),
        Screen::Sent => sent_title().to_owned(),
    }
}

/// `Photo 2 of 3, Left forearm`: what a picture shows, as far as it is known.
#[must_use]
pub fn photo_alt(at: usize, count: usize, place: Option<&str>) -> String {
    place.map_or_else(
        || photo_of(at, count),
        |place| format!("{}, {place}", photo_of(at, count)),
    )
}

/// Explains an error to somebody who holds a phone.
#[must_use]
pub fn explain(error: &ApiError) -> Advice {
    match error {
        ApiError::Refused(Refusal::NoAccessToken | Refusal::NotAllowed) => scan_the_code(),
        ApiError::Refused(Refusal::SessionFull { .. }) => session_full(),
        ApiError::Offline => phone_offline(),
        ApiError::Broken | ApiError::Refused(_) => super::explain(error),
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
