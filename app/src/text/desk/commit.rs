//! Committing, filing and finishing.

use crate::text::{Advice, explain_failure, photos};
use clinical_images::picture::{FilingFailure, Missing, PageOf};
use clinical_images::record::Target;

/// Opens the commit dialog when nothing is ready.
pub const COMMIT: &str = "Commit photos";
/// Opens the dialog that shows how filing goes.
pub const SHOW_FILING: &str = "Show filing";
/// Title of the commit dialog.
pub const COMMIT_TITLE: &str = "Commit to the record";
/// Title of the same dialog once filing has begun.
pub const FILING_TITLE: &str = "Filing";
/// Above the list.
pub const CHOOSE: &str = "Photos to file";
/// Leads to what is missing.
pub const FIX: &str = "Add details";
/// When the list is not what it was a moment ago.
pub const LIST_CHANGED: &str = "The photos changed just now. Check the list before you file.";
/// While the commit is on its way.
pub const COMMITTING: &str = "Committing…";
/// When there is nothing to choose.
pub const NOTHING_TO_COMMIT: &str = "There is no photo to file.";
/// One picture again.
pub const RETRY: &str = "Retry";
/// Support's text.
pub const TECHNICAL: &str = "Technical detail for support";
/// It was found in Medtech.
pub const IT_IS_THERE: &str = "It is there";
/// It was not found in Medtech.
pub const IT_IS_NOT_THERE: &str = "It is not there, send again";
/// Names the question whether a photo is in Medtech.
pub const CHECK: &str = "Is it in Medtech";
/// Confirms that it is there.
pub const YES_THERE: &str = "Yes, it is there";
/// Confirms that it is not.
pub const YES_SEND_AGAIN: &str = "Yes, send it again";
/// Asks once more before a photo is taken for filed.
pub const SURE_IT_IS_THERE: &str = "Have you seen this photo in the patient’s Inbox? It will count as filed and is not sent again.";
/// Asks once more before a photo is sent a second time.
pub const SURE_IT_IS_NOT: &str = "Have you looked through the patient’s Inbox? If the photo is there after all, it will be there \
     twice, and Clinical Images cannot take one away.";
/// Who it is for.
pub const FOR: &str = "For";

/// `Commit 3 photos`.
#[must_use]
pub fn commit(count: usize) -> String {
    if count == 0 {
        COMMIT.to_owned()
    } else {
        format!("Commit {}", photos(count))
    }
}

/// `File 3 photos for NGATA, Aroha`.
#[must_use]
pub fn file_for(count: usize, name: &str) -> String {
    format!("File {} for {name}", photos(count))
}

/// What keeps a picture from being filed, in the commit dialog.
#[must_use]
pub fn lacks(missing: Missing) -> &'static str {
    match missing {
        Missing::Site => "Body site missing",
        Missing::Side => "Side missing",
    }
}

/// `Retry 2 photos`.
#[must_use]
pub fn retry(count: usize) -> String {
    format!("Retry {}", photos(count))
}

/// `2 of 3 photos in the record`.
#[must_use]
pub fn progress(filed: usize, of: usize) -> String {
    format!("{filed} of {} in the record", photos(of))
}

/// In place of a record's id, where a person looked into Medtech and found the photo there.
pub const SEEN: &str = "A person found it in Medtech";

/// What will be filed, for a practice whose photos go there, as so many documents of so many pages each where they are
/// filed together.
#[must_use]
pub fn what_is_filed(targets: &[Target], documents: &[usize]) -> String {
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

/// Names the choice between a document for each photo and one for all.
pub const SCANS: &str = "Scanned documents";
/// A document for each photo.
pub const SCANS_SEPARATE: &str = "One for each photo";

/// One document for all photos, or as few as they fit into: `One for all 4 photos`, `2 for all photos: 6 and 2 pages`.
#[must_use]
pub fn scans_together(documents: &[usize]) -> String {
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

/// Why all photos do not fit into one document.
pub const SCANS_SPLIT: &str = "Medtech takes documents of up to 6 MB.";

/// What a photo was filed as.
#[must_use]
pub fn filed_as(target: Target) -> &'static str {
    match target {
        Target::Media => "Filed as a photo",
        Target::ScanTiff => "Filed as a scan (TIFF)",
        Target::ScanPdf => "Filed as a scan (PDF)",
    }
}

/// `Record id of photo 2, filed as a photo`, for who does not see where it stands.
#[must_use]
pub fn record_of(photo: &str, filed_as: &str) -> String {
    format!("Record id of {photo}, {filed_as}")
}

/// `page 2 of 4`, for a photo that is part of a scanned document.
#[must_use]
pub fn page_of(page: PageOf) -> String {
    format!("page {} of {}", page.number, page.of)
}

/// What a person looks for in the Inbox.
#[must_use]
pub fn looked_for(target: Target, page: Option<PageOf>) -> String {
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

/// In place of a question that is asked at another photo.
pub const ASKED_AT_FIRST_PAGE: &str =
    "Look for the whole document: the question stands at its first page.";

/// Where to look in Medtech, one step a line. `at` may be empty: the server does not know the person's time.
#[must_use]
pub fn where_to_look(
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
            "Count: {} committed here, and {filed} known to be in the record.",
            photos(committed)
        ),
    ]
}

/// Explains a picture that certainly is not in the record yet and is tried again by itself.
#[must_use]
pub fn tried_again(failure: &FilingFailure) -> Advice {
    Advice {
        next: "Clinical Images tries again by itself. “Retry” does it now.".into(),
        ..explain_failure(failure)
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

/// Words for the standing.
pub const READY: &str = "ready";
/// Words for the standing.
pub const LACKING: &str = "needing details";
/// Words for the standing.
pub const ARRIVING: &str = "arriving";
/// Words for the standing.
pub const BEING_FILED: &str = "being filed";
/// Words for the standing.
pub const IN_RECORD: &str = "in the record";
/// Words for the standing.
pub const NOT_FILED: &str = "not filed";
/// Words for the standing.
pub const TO_CHECK: &str = "to check in Medtech";

/// Opens the dialog, or ends the session.
pub const FINISH: &str = "Finish";
/// Ends the session.
pub const FINISH_SESSION: &str = "Finish session";
/// Title of the dialog.
pub const FINISH_TITLE: &str = "Finish this session?";
/// Commits first.
pub const COMMIT_THEM: &str = "Commit them";
/// Throws away.
pub const DISCARD_THEM: &str = "Discard them";
/// Does nothing.
pub const KEEP_OPEN: &str = "Keep the session open";
/// What discarding means.
pub const DISCARD_MEANS: &str = "Discarded photos are deleted and cannot be brought back.";
/// While photos are being filed.
pub const STILL_FILING: &str =
    "Photos are still being filed. Wait until Medtech has answered, then finish.";
/// When nothing is left but a phone.
pub const PHONE_STILL_HERE: &str =
    "A phone is still connected. Photos that it has not sent yet will not reach this session.";

/// `All 3 photos are in the record`.
#[must_use]
pub fn all_filed(count: usize) -> String {
    if count == 1 {
        "The photo is in the record".to_owned()
    } else {
        format!("All {count} photos are in the record")
    }
}

/// `2 photos are not in the record.`
#[must_use]
pub fn left_over(count: usize) -> String {
    if count == 1 {
        "1 photo is not in the record.".to_owned()
    } else {
        format!("{count} photos are not in the record.")
    }
}

/// Some of them may be.
#[must_use]
pub fn maybe_filed(count: usize) -> String {
    format!(
        "{} may be in Medtech already: look there first.",
        photos(count)
    )
}
