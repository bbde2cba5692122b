//! What the desktop says.

mod commit;
mod edit;
mod filing_failure;
mod handoff;

pub use commit::*;
pub use edit::*;
pub use filing_failure::*;
pub use handoff::*;

use super::Advice;
use super::catalogue::catalogue;
use super::english::{files, photos};
use clinical_images::picture::Source;

catalogue! {
    /// What the desktop says.
    Desk
    words {
        /// While the page is on its way.
        loading: "Opening the session…";
        /// Reads something again.
        try_again: "Try again";
        /// Closes a dialog.
        close: "Close";
        /// Closes a dialog without doing anything.
        cancel: "Cancel";
        /// Takes a text along.
        copy: "Copy";
        /// After it was taken along.
        copied: "Copied";
        /// When the browser keeps the clipboard to itself.
        copy_by_hand: "Press Ctrl+C to copy the selected text.";
        /// While the stream is broken.
        reconnecting: "Reconnecting – this may be out of date";
        /// Reads the session anew.
        refresh: "Refresh";
        /// After it was read anew.
        refreshed: "This is up to date.";
        /// Opens the list of shortcuts.
        shortcuts: "Keyboard shortcuts";
        /// What the region with the patient is called.
        patient: "Patient";
        /// Heading of the capture panel.
        capture: "Add photos";
        /// Chooses files.
        choose_files: "Choose files";
        /// The other two ways in.
        drop_or_paste: "Or drop or paste photos anywhere.";
        /// In their place until the page's script runs.
        drop_or_paste_soon: "In a moment you can also drop or paste photos.";
        /// While files are dragged over the window.
        drop_here: "Drop the photos here";
        /// When the session is full.
        no_room: "This session is full. Delete a photo to add another.";
        /// What the viewer is called.
        viewer: "Selected photo";
        /// What the strip is called.
        strip: "Photos of this session";
        /// Heading when there is no photo.
        empty: "No photos yet";
        /// What to do then.
        empty_next: "Scan the code with a phone and take photos there: they appear here by themselves. Or add files from this computer.";
        /// In the strip when there is no photo.
        empty_strip: "Photos will be listed here.";
        /// While a picture loads.
        loading_photo: "Loading the photo…";
        /// When it did not.
        photo_failed: "The photo could not be loaded. It is safe on the server.";
        /// Previous picture.
        previous: "Previous photo";
        /// Next picture.
        next: "Next photo";
        /// Larger.
        zoom_in: "Zoom in";
        /// Smaller.
        zoom_out: "Zoom out";
        /// The whole picture.
        fit: "Fit";
        /// A picture's pixel is a screen's pixel.
        full: "100 %";
        /// What the zoom buttons are called together.
        zoom: "Zoom";
        /// A picture from this computer.
        from_desktop: "Desktop";
        /// A picture from a phone.
        from_phone: "Phone";
        /// Stops sending.
        stop_sending: "Stop";
        /// Drops a photo.
        remove: "Remove";
        /// When a picture is no longer ours to delete.
        cannot_delete: "This photo is being filed or is in the record. It can no longer be deleted here.";
        /// Heading of the details.
        details: "Details";
        /// When no picture is selected.
        no_selection: "Select a photo to describe it.";
        /// When a picture is fixed by a commit.
        fixed: "This photo is being filed or is in the record. Its details can no longer change here.";
        /// While details do not get through.
        unsaved: "Not saved yet – trying again";
        /// Site and side for all.
        apply_to_all: "Apply site and side to all";
        /// Deletes a picture.
        delete: "Delete photo";
        /// Facts of a picture.
        taken: "Taken";
        /// Its source.
        from: "From";
        /// Its bytes.
        size: "Size";
        /// ALEX's id.
        record: "Record";
        /// What deleting means.
        delete_means: "It is removed from this session and its temporary copy is deleted. This cannot be undone.";
        /// What a key does: previous and next photo.
        key_neighbours: "previous or next photo";
        /// What a key does: first and last photo.
        key_ends: "first or last photo";
        /// What a key does: to the viewer.
        key_viewer: "go to the large photo";
        /// What a key does: deleting.
        key_delete: "delete the selected photo (asks first)";
        /// What a key does: zooming.
        key_zoom: "zoom in or out in the large photo";
        /// What a key does: fitting.
        key_fit: "fit the large photo, or show it at 100 %";
        /// What a key does: rotating.
        key_rotate: "turn the large photo right or left";
        /// What a key does: cropping.
        key_crop: "crop the large photo";
        /// What a key does: pasting.
        key_paste: "add a photo from the clipboard";
        /// What a key does: the list itself.
        key_help: "show this list";
    }
    sentences {
        /// `3 of 20 photos`.
        fn fill(have: usize, most: usize) -> String {
            format!("{have} of {most} photos")
        }

        /// When not all chosen files fit.
        fn some_fit(taken: usize, chosen: usize, most: usize) -> String {
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

        /// `Photo 2`.
        fn photo(number: usize) -> String {
            format!("Photo {number}")
        }

        /// `2 photos arrived from iPhone`.
        fn arrived(count: usize, device: Option<&str>) -> String {
            match device {
                Some(device) => format!("{} arrived from {device}.", photos(count)),
                None => format!("{} added.", photos(count)),
            }
        }

        /// After site and side went to the others.
        fn applied(count: usize) -> String {
            format!("Site and side applied to {}.", photos(count))
        }

        /// When a change was refused.
        fn not_saved(advice: Advice) -> String {
            format!("The details were not saved. {}", sentence(advice))
        }

        /// Title of the dialog that asks.
        fn delete_title(number: usize) -> String {
            format!("Delete photo {number}?")
        }
    }
}

/// An advice as one line.
#[must_use]
pub fn sentence(advice: Advice) -> String {
    format!("{}. {}", advice.what, advice.next)
}

/// The word for where a picture came from.
#[must_use]
pub fn source(source: Source) -> &'static str {
    match source {
        Source::Desktop => from_desktop(),
        Source::Phone(_) => from_phone(),
    }
}

/// `150 %`.
#[must_use]
pub fn zoomed(scale: f64) -> String {
    format!("{:.0} %", scale * 100.0)
}

/// `Photo 2: Left forearm`, as heard in place of the picture.
#[must_use]
pub fn photo_of(number: usize, place: Option<&str>) -> String {
    place.map_or_else(
        || photo(number),
        |place| format!("{}: {place}", photo(number)),
    )
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

/// `1920 × 1440 px, 412 kB`.
#[must_use]
pub fn extent(width: u32, height: u32, size: &str) -> String {
    format!("{width} × {height} px, {size}")
}

/// The shortcuts: keys and what they do.
#[must_use]
pub fn keys() -> [(&'static str, &'static str); 10] {
    [
        ("← →", key_neighbours()),
        ("Home, End", key_ends()),
        ("Enter", key_viewer()),
        ("Delete", key_delete()),
        ("+ −", key_zoom()),
        ("0, 1", key_fit()),
        ("R, Shift+R", key_rotate()),
        ("C", key_crop()),
        ("Ctrl+V", key_paste()),
        ("?", key_help()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::record::Target;

    #[test]
    fn counts_agree_with_their_nouns() {
        assert_eq!(commit(1), "File 1 photo");
        assert_eq!((lacking(1), lacking(2)), ("needs details", "need details"));
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
            standing(&[(2, ready()), (0, lacking(0)), (3, in_record())]),
            "2 ready · 3 in the record"
        );
        assert_eq!(standing(&[(0, ready())]), "");
    }

    #[test]
    fn where_to_look_names_a_time_only_when_it_is_known() {
        let looked_for = looked_for(Target::Media, None);
        let [_, inbox, count] = where_to_look("NGATA, Aroha", &looked_for, "", 1, 3);
        assert_eq!(
            inbox, "Open the Inbox and look for a link to a photo.",
            "no time is better than a wrong one"
        );
        assert!(
            count.starts_with("Count: 3 photos filed from here"),
            "{count}"
        );
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
        assert_eq!(time_left(65), "New code in 1:05");
    }
}
