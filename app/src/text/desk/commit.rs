//! Filing photos, and ending the session.

use crate::text::catalogue::catalogue;
use crate::text::english::photos;
use clinical_images::picture::{Missing, PageOf};
use clinical_images::record::Target;

catalogue! {
    /// Filing photos, and ending the session.
    Commit
    words {
        /// Opens the commit dialog when nothing is ready.
        file_photos: "File photos";
        /// Opens the dialog that shows how filing goes.
        show_filing: "Show filing";
        /// Title of the commit dialog.
        commit_title: "File to the record";
        /// Title of the same dialog once filing has begun.
        filing_title: "Filing";
        /// Above the list.
        choose: "Photos to file";
        /// Leads to what is missing.
        fix: "Add details";
        /// When the list is not what it was a moment ago.
        list_changed: "The photos changed just now. Check the list before you file.";
        /// While the commit is on its way.
        committing: "Filing…";
        /// When there is nothing to choose.
        nothing_to_commit: "There is no photo to file.";
        /// One picture again.
        retry_one: "Retry";
        /// Support's text.
        technical: "Technical detail for support";
        /// It was found in Medtech.
        it_is_there: "It is there";
        /// It was not found in Medtech.
        it_is_not_there: "It is not there, send again";
        /// Names the question whether a photo is in Medtech.
        check: "Is it in Medtech";
        /// Confirms that it is there.
        yes_there: "Yes, it is there";
        /// Confirms that it is not.
        yes_send_again: "Yes, send it again";
        /// Asks once more before a photo is taken for filed.
        sure_it_is_there: "Have you seen this photo in the patient’s Inbox? It will count as filed and is not sent again.";
        /// Asks once more before a photo is sent a second time.
        sure_it_is_not: "Have you looked through the patient’s Inbox? If the photo is there after all, it will be there \
                         twice, and Clinical Images cannot take one away.";
        /// Who it is for.
        for_patient: "For";
        /// In place of a record's id, where a person looked into Medtech and found the photo there.
        seen: "A person found it in Medtech";
        /// Names the choice between a document for each photo and one for all.
        scans: "Scanned documents";
        /// A document for each photo.
        scans_separate: "One for each photo";
        /// Why all photos do not fit into one document.
        scans_split: "Medtech takes documents of up to 6 MB.";
        /// In place of a question that is asked at another photo.
        asked_at_first_page: "Look for the whole document: the question stands at its first page.";
        /// Words for the standing.
        ready: "ready";
        /// Words for the standing.
        arriving: "arriving";
        /// Words for the standing.
        being_filed: "being filed";
        /// Words for the standing.
        in_record: "in the record";
        /// Words for the standing.
        not_filed: "not filed";
        /// Words for the standing.
        to_check: "to check in Medtech";
        /// Opens the dialog, or ends the session.
        finish: "End session";
        /// Ends the session.
        finish_session: "End session";
        /// Title of the dialog.
        finish_title: "End this session?";
        /// Does nothing.
        keep_open: "Keep the session open";
        /// What discarding means.
        discard_means: "Discarded photos are deleted and cannot be brought back.";
        /// While photos are being filed.
        still_filing: "Photos are still being filed. Wait until Medtech has answered, then end the session.";
        /// When nothing is left but a phone.
        phone_still_here: "A phone is still connected. Photos that it has not sent yet will not reach this session.";
    }
    sentences {
        /// Opens the commit dialog, and files what is left before the session ends: `File 3 photos`.
        fn commit(count: usize) -> String {
            format!("File {}", photos(count))
        }

        /// Throws away what is left: `Discard 2 photos`.
        fn discard(count: usize) -> String {
            format!("Discard {}", photos(count))
        }

        /// Words for the standing: behind how many there are.
        fn lacking(count: usize) -> &'static str {
            if count == 1 { "needs details" } else { "need details" }
        }

        /// `File 3 photos for NGATA, Aroha`.
        fn file_for(count: usize, name: &str) -> String {
            format!("File {} for {name}", photos(count))
        }

        /// What keeps a picture from being filed, in the commit dialog.
        fn lacks(missing: Missing) -> &'static str {
            match missing {
                Missing::Site => "Body site missing",
                Missing::Side => "Side missing",
            }
        }

        /// `Retry 2 photos`.
        fn retry(count: usize) -> String {
            format!("Retry {}", photos(count))
        }

        /// `2 of 3 photos in the record`.
        fn progress(filed: usize, of: usize) -> String {
            format!("{filed} of {} in the record", photos(of))
        }

        /// What will be filed, for a practice whose photos go there, as so many documents of so many pages each where they are
        /// filed together.
        fn what_is_filed(targets: &[Target], documents: &[usize]) -> String {
            let scan = |kind| match documents {
                [] => format!(
                    "Each photo is filed as a scanned document ({kind}). It appears in the patient’s Inbox in Medtech as a scan."
                ),
                [pages] => format!(
                    "The photos are filed as one scanned document ({kind}) of {pages} pages. It appears in the patient’s Inbox in \
                     Medtech as a scan."
                ),
                several => format!(
                    "The photos are filed as {} scanned documents ({kind}), which appear in the patient’s Inbox in Medtech as scans.",
                    several.len()
                ),
            };
            let sentence = |target: &Target| match target {
                Target::Media => {
                    "Each photo is filed as a JPEG. It appears in the patient’s Inbox in Medtech as a link."
                        .to_owned()
                }
                Target::ScanTiff => scan("TIFF"),
                Target::ScanPdf => scan("PDF"),
            };
            targets.iter().map(sentence).collect::<Vec<_>>().join(" ")
        }

        /// One document for all photos, or as few as they fit into: `One for all 4 photos`, `2 for all photos: 6 and 2 pages`.
        fn scans_together(documents: &[usize]) -> String {
            match documents {
                [] => "One for all photos".to_owned(),
                [pages] => format!("One for all {pages} photos"),
                [before @ .., last] => {
                    let before: Vec<String> = before.iter().map(usize::to_string).collect();
                    format!(
                        "{} for all photos: {} and {last} {}",
                        documents.len(),
                        before.join(", "),
                        if *last == 1 { "page" } else { "pages" }
                    )
                }
            }
        }

        /// What a photo was filed as.
        fn filed_as(target: Target) -> &'static str {
            match target {
                Target::Media => "Filed as a photo",
                Target::ScanTiff => "Filed as a scan (TIFF)",
                Target::ScanPdf => "Filed as a scan (PDF)",
            }
        }

        /// `Record id of photo 2, filed as a photo`, for who does not see where it stands.
        fn record_of(photo: &str, filed_as: &str) -> String {
            format!("Record id of {photo}, {filed_as}")
        }

        /// `page 2 of 4`, for a photo that is part of a scanned document.
        fn page_of(page: PageOf) -> String {
            format!("page {} of {}", page.number, page.of)
        }

        /// What a person looks for in the Inbox.
        fn looked_for(target: Target, page: Option<PageOf>) -> String {
            match (target, page) {
                (Target::Media, _) => "a link to a photo".to_owned(),
                (Target::ScanTiff | Target::ScanPdf, None) => "a scan of this photo".to_owned(),
                (Target::ScanTiff | Target::ScanPdf, Some(page)) => {
                    format!(
                        "a scan of {} pages. Your answer is for all of them",
                        page.of
                    )
                }
            }
        }

        /// Where to look in Medtech, one step a line. `at` may be empty: the server does not know the person's time.
        fn where_to_look(
            patient: &str,
            looked_for: &str,
            at: &str,
            filed: usize,
            committed: usize,
        ) -> [String; 3] {
            let when = match at {
                "" => String::new(),
                at => format!(" It would have arrived at about {at}."),
            };
            [
                format!("Open {patient} in Medtech."),
                format!("Open the Inbox and look for {looked_for}.{when}"),
                format!(
                    "Count: {} filed from here, and {filed} known to be in the record.",
                    photos(committed)
                ),
            ]
        }

        /// `All 3 photos are in the record`.
        fn all_filed(count: usize) -> String {
            if count == 1 {
                "The photo is in the record".to_owned()
            } else {
                format!("All {count} photos are in the record")
            }
        }

        /// `2 photos are not in the record.`
        fn left_over(count: usize) -> String {
            if count == 1 {
                "1 photo is not in the record.".to_owned()
            } else {
                format!("{count} photos are not in the record.")
            }
        }

        /// Some of them may be.
        fn maybe_filed(count: usize) -> String {
            format!(
                "{} may be in Medtech already: look there first.",
                photos(count)
            )
        }
    }
}

/// The session's state in one line: what a GP wants to know before going on.
#[must_use]
pub fn standing(parts: &[(usize, &str)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    parts.join(" · ")
}
