//! Sending, what arrived, and the end of a phone session.

use crate::text::{Advice, photos};
use std::borrow::Cow;

/// Stops one photo.
pub const CANCEL: &str = "Cancel";
/// Tries every stopped photo again.
pub const RETRY_ALL: &str = "Try all again";
/// Leaves a page with running uploads open.
pub const KEEP_OPEN: &str = "Keep this page open until everything is sent.";
/// When a person is needed.
pub const SOME_STOPPED: &str = "Some photos could not be sent. They are still on this phone.";
/// When it is only about files that can never be sent.
pub const SOME_UNUSABLE: &str = "Some files cannot be used. Remove them, or choose others.";

/// Under the heading of what arrived.
pub const CONFIRMED: &str = "Confirmed by the server. The clinician can see them on the desktop.";
/// Badge of a photo that the clinician has committed.
pub const FILED: &str = "In record";
/// Back to the camera.
pub const TAKE_MORE: &str = "Take more";
/// Ends the link.
pub const FINISH: &str = "Finish and disconnect";
/// Does not finish after all.
pub const STAY: &str = "Do not finish";

/// The primary action of the grid.
#[must_use]
pub fn send(count: usize) -> String {
    format!("Send {}", photos(count))
}

/// Heading while photos are on their way.
#[must_use]
pub fn sending(sent: usize, count: usize) -> String {
    format!("Sending: {sent} of {count} done")
}

/// Name of a photo's bar.
#[must_use]
pub fn progress_of(at: usize) -> String {
    format!("Progress of photo {}", at + 1)
}

/// Name of the overall bar.
pub const PROGRESS: &str = "Progress of all photos";

/// Name of a button that does something to one photo: `Cancel photo 2`.
#[must_use]
pub fn act_on(act: &str, at: usize) -> String {
    format!("{act}: photo {}", at + 1)
}

/// Heading of what arrived.
#[must_use]
pub fn arrived(count: usize) -> String {
    format!("{} arrived", photos(count))
}

/// Announced once for all photos that arrived or stopped together.
#[must_use]
pub fn sent_notice(sent: usize, stopped: usize) -> String {
    match (sent, stopped) {
        (0, stopped) => format!("{} not sent", photos(stopped)),
        (sent, 0) => format!("{} sent", photos(sent)),
        (sent, stopped) => format!("{} sent, {stopped} not sent", photos(sent)),
    }
}

/// Asked before a link ends while photos wait.
#[must_use]
pub fn finish_warning(count: usize) -> String {
    let verb = if count == 1 { "has" } else { "have" };
    let them = if count == 1 { "it" } else { "them" };
    format!(
        "{} {verb} not been sent. Finishing deletes {them} from this phone.",
        photos(count)
    )
}

/// Finishes all the same.
#[must_use]
pub fn finish_anyway(count: usize) -> String {
    format!("Delete {} and finish", photos(count))
}

/// Told when the page closed while photos waited.
#[must_use]
pub fn released(count: usize) -> String {
    let (verb, them) = if count == 1 {
        ("was", "it")
    } else {
        ("were", "them")
    };
    format!(
        "{} had not been sent and {verb} removed from this phone. Take {them} again if needed.",
        photos(count)
    )
}

/// Told when the link ended and the photos stayed.
#[must_use]
pub fn kept(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!(
        "{} not sent yet {verb} still on this page. Scan a new code for the same patient, then come back here. For \
         another patient they are removed.",
        photos(count)
    )
}

/// Goes on with the photos that stayed.
pub const SCANNED_AGAIN: &str = "I have scanned a new code";
/// When no new code was scanned, or it has ended too.
pub const NOT_SCANNED_YET: &str =
    "This phone has not joined again. Scan the code on the desktop first.";

/// Another tab of this browser joined another session; this one must not go on.
pub const JOINED_ELSEWHERE: Advice = Advice {
    what: "This phone has joined another session",
    next: Cow::Borrowed(
        "A newer QR code was scanned with this phone. Go on in that tab, and close this one.",
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_photo_that_goes_or_stays_is_not_spoken_of_in_the_plural() {
        assert_eq!(sent_notice(1, 0), "1 photo sent");
        assert_eq!(sent_notice(2, 1), "2 photos sent, 1 not sent");
        assert_eq!(
            finish_warning(1),
            "1 photo has not been sent. Finishing deletes it from this phone."
        );
        assert!(kept(1).starts_with("1 photo not sent yet is still on this page."));
    }
}
