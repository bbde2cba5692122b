//! What the desktop says.

mod commit;
mod edit;
mod handoff;

pub use commit::*;
pub use edit::*;
pub use handoff::*;

use super::{Advice, photos};
use clinical_images::picture::Source;

/// While the page is on its way.
pub const LOADING: &str = "Opening the session…";
/// Reads something again.
pub const TRY_AGAIN: &str = "Try again";
/// Closes a dialog.
pub const CLOSE: &str = "Close";
/// Closes a dialog without doing anything.
pub const CANCEL: &str = "Cancel";
/// Takes a text along.
pub const COPY: &str = "Copy";
/// After it was taken along.
pub const COPIED: &str = "Copied";
/// When the browser keeps the clipboard to itself.
pub const COPY_BY_HAND: &str = "Press Ctrl+C to copy the selected text.";

/// An advice as one line.
#[must_use]
pub fn sentence(advice: Advice) -> String {
    format!("{}. {}", advice.what, advice.next)
}

/// While the stream is broken.
pub const RECONNECTING: &str = "Reconnecting – this may be out of date";
/// Reads the session anew.
pub const REFRESH: &str = "Refresh";
/// After it was read anew.
pub const REFRESHED: &str = "This is up to date.";
/// Opens the list of shortcuts.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// What the region with the patient is called.
pub const PATIENT: &str = "Patient";

/// Heading of the capture panel.
pub const CAPTURE: &str = "Add photos";
/// Chooses files.
pub const CHOOSE_FILES: &str = "Choose files";
/// The other two ways in.
pub const DROP_OR_PASTE: &str = "Or drop or paste photos anywhere.";
/// In their place until the page's script runs.
pub const DROP_OR_PASTE_SOON: &str = "In a moment you can also drop or paste photos.";
/// While files are dragged over the window.
pub const DROP_HERE: &str = "Drop the photos here";
/// When the session is full.
pub const NO_ROOM: &str = "This session is full. Delete a photo to add another.";

/// `3 of 20 photos`.
#[must_use]
pub fn fill(have: usize, most: usize) -> String {
    format!("{have} of {most} photos")
}

/// When not all chosen files fit.
#[must_use]
pub fn some_fit(taken: usize, chosen: usize, most: usize) -> String {
    if taken == 0 {
        return format!(
            "None of the {} was added: a session holds {most} photos and is full.",
            files(chosen)
        );
    }
    format!(
        "{taken} of {} were added. A session holds {most} photos.",
        files(chosen)
    )
}

fn files(count: usize) -> String {
    if count == 1 {
        "1 file".to_owned()
    } else {
        format!("{count} files")
    }
}

/// What the viewer is called.
pub const VIEWER: &str = "Selected photo";
/// What the strip is called.
pub const STRIP: &str = "Photos of this session";
/// Heading when there is no photo.
pub const EMPTY: &str = "No photos yet";
/// What to do then.
pub const EMPTY_NEXT: &str = "Scan the code with a phone and take photos there: they appear here by themselves. Or add files from this computer.";
/// In the strip when there is no photo.
pub const EMPTY_STRIP: &str = "Photos will be listed here.";
/// While a picture loads.
pub const LOADING_PHOTO: &str = "Loading the photo…";
/// When it did not.
pub const PHOTO_FAILED: &str = "The photo could not be loaded. It is safe on the server.";
/// Previous picture.
pub const PREVIOUS: &str = "Previous photo";
/// Next picture.
pub const NEXT: &str = "Next photo";
/// Larger.
pub const ZOOM_IN: &str = "Zoom in";
/// Smaller.
pub const ZOOM_OUT: &str = "Zoom out";
/// The whole picture.
pub const FIT: &str = "Fit";
/// A picture's pixel is a screen's pixel.
pub const FULL: &str = "100 %";
/// What the zoom buttons are called together.
pub const ZOOM: &str = "Zoom";
/// A picture from this computer.
pub const FROM_DESKTOP: &str = "Desktop";
/// A picture from a phone.
pub const FROM_PHONE: &str = "Phone";

/// The word for where a picture came from.
#[must_use]
pub const fn source(source: Source) -> &'static str {
    match source {
        Source::Desktop => FROM_DESKTOP,
        Source::Phone(_) => FROM_PHONE,
    }
}

/// Stops sending.
pub const STOP_SENDING: &str = "Stop";
/// Drops a photo.
pub const REMOVE: &str = "Remove";
/// When a picture is no longer ours to delete.
pub const CANNOT_DELETE: &str =
    "This photo is being filed or is in the record. It can no longer be deleted here.";

/// `150 %`.
#[must_use]
pub fn zoomed(scale: f64) -> String {
    format!("{:.0} %", scale * 100.0)
}

/// `Photo 2`.
#[must_use]
pub fn photo(number: usize) -> String {
    format!("Photo {number}")
}

/// `Photo 2: Left forearm`, as heard in place of the picture.
#[must_use]
pub fn photo_of(number: usize, place: Option<&str>) -> String {
    place.map_or_else(|| photo(number), |place| format!("Photo {number}: {place}"))
}

/// A thumbnail as it is heard.
#[must_use]
pub fn thumb(number: usize, place: Option<&str>, source: &str, state: &str) -> String {
    format!("{}, {source}, {state}", photo_of(number, place))
}

/// An act on one photo, for those who do not see which.
#[must_use]
pub fn act_on(act: &str, photo: &str) -> String {
    format!("{act}: {photo}")
}

/// `2 photos arrived from iPhone`.
#[must_use]
pub fn arrived(count: usize, device: Option<&str>) -> String {
    match device {
        Some(device) => format!("{} arrived from {device}.", photos(count)),
        None => format!("{} added.", photos(count)),
    }
}

/// Heading of the details.
pub const DETAILS: &str = "Details";
/// When no picture is selected.
pub const NO_SELECTION: &str = "Select a photo to describe it.";
/// When a picture is fixed by a commit.
pub const FIXED: &str =
    "This photo is being filed or is in the record. Its details can no longer change here.";
/// While details do not get through.
pub const UNSAVED: &str = "Not saved yet – trying again";
/// Site and side for all.
pub const APPLY_TO_ALL: &str = "Apply site and side to all";
/// Deletes a picture.
pub const DELETE: &str = "Delete photo";
/// Facts of a picture.
pub const TAKEN: &str = "Taken";
/// Its source.
pub const SOURCE: &str = "From";
/// Its bytes.
pub const SIZE: &str = "Size";
/// ALEX's id.
pub const RECORD: &str = "Record";

/// After site and side went to the others.
#[must_use]
pub fn applied(count: usize) -> String {
    format!("Site and side applied to {}.", photos(count))
}

/// `1920 × 1440 px, 412 kB`.
#[must_use]
pub fn extent(width: u32, height: u32, size: &str) -> String {
    format!("{width} × {height} px, {size}")
}

/// When a change was refused.
#[must_use]
pub fn not_saved(advice: Advice) -> String {
    format!("The details were not saved. {}", sentence(advice))
}

/// Title of the dialog that asks.
#[must_use]
pub fn delete_title(number: usize) -> String {
    format!("Delete {}?", photo(number).to_lowercase())
}

/// What deleting means.
pub const DELETE_MEANS: &str =
    "It is removed from this session and its temporary copy is deleted. This cannot be undone.";

/// The shortcuts: keys and what they do.
pub const KEYS: [(&str, &str); 10] = [
    ("← →", "previous or next photo"),
    ("Home, End", "first or last photo"),
    ("Enter", "go to the large photo"),
    ("Delete", "delete the selected photo (asks first)"),
    ("+ −", "zoom in or out in the large photo"),
    ("0, 1", "fit the large photo, or show it at 100 %"),
    ("R, Shift+R", "turn the large photo right or left"),
    ("C", "crop the large photo"),
    ("Ctrl+V", "add a photo from the clipboard"),
    ("?", "show this list"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::record::Target;

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(commit(1), "Commit 1 photo");
        assert_eq!(commit(0), "Commit photos");
        assert_eq!(arrived(2, Some("iPhone")), "2 photos arrived from iPhone.");
        assert_eq!(
            some_fit(2, 5, 20),
            "2 of 5 files were added. A session holds 20 photos."
        );
        assert_eq!(all_filed(1), "The photo is in the record");
        assert_eq!(left_over(2), "2 photos are not in the record.");
    }

    #[test]
    fn the_standing_names_only_what_there_is() {
        assert_eq!(
            standing(&[(2, READY), (0, LACKING), (3, IN_RECORD)]),
            "2 ready · 3 in the record"
        );
        assert_eq!(standing(&[(0, READY)]), "");
    }

    #[test]
    fn where_to_look_names_a_time_only_when_it_is_known() {
        let looked_for = looked_for(Target::Media, None);
        let [_, inbox, count] = where_to_look("NGATA, Aroha", &looked_for, "", 1, 3);
        assert_eq!(
            inbox, "Open the Inbox and look for a link to a photo.",
            "no time is better than a wrong one"
        );
        assert!(count.starts_with("Count: 3 photos committed"), "{count}");
    }

    #[test]
    fn the_choice_of_documents_says_how_many_and_of_how_many_pages() {
        assert_eq!(scans_together(&[3]), "One for all 3 photos");
        assert_eq!(scans_together(&[6, 2]), "2 for all photos: 6 and 2 pages");
        assert_eq!(
            scans_together(&[5, 5, 1]),
            "3 for all photos: 5, 5 and 1 page"
        );
        let filed = what_is_filed(&[Target::Media, Target::ScanPdf], &[3]);
        assert!(
            filed.starts_with("Each photo is filed as a JPEG."),
            "{filed}"
        );
        assert!(
            filed.contains("one scanned document (PDF) of 3 pages"),
            "{filed}"
        );
    }

    #[test]
    fn the_time_left_has_two_digits_of_seconds() {
        assert_eq!(time_left(65), "Works for 1:05");
    }
}
