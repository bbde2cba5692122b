//! Sending, what arrived, and the end of a phone session.

use crate::text::catalogue::catalogue;
use crate::text::english::photos;

catalogue! {
    /// Sending, what arrived, and the end of a phone session.
    Sending
    words {
        /// Stops one photo.
        cancel: "Cancel";
        /// Tries every stopped photo again.
        retry_all: "Try all again";
        /// Leaves a page with running uploads open.
        keep_open: "Keep this page open until everything is sent.";
        /// When a person is needed.
        some_stopped: "Some photos could not be sent. They are still on this phone.";
        /// When it is only about files that can never be sent.
        some_unusable: "Some files cannot be used. Remove them, or choose others.";
        /// Badge of a photo that the clinician has committed.
        filed: "In the record";
        /// Back to the camera.
        take_more: "Take more";
        /// Ends the link.
        finish: "Disconnect this phone";
        /// Does not disconnect after all.
        stay: "Stay connected";
        /// Name of the overall bar.
        progress: "Progress of all photos";
        /// Goes on with the photos that stayed.
        scanned_again: "I have scanned a new code";
        /// When no new code was scanned, or it has ended too.
        not_scanned_yet: "This phone has not joined again. Scan the code on the desktop first.";
    }
    advice {
        /// Another tab of this browser joined another session; this one must not go on.
        joined_elsewhere: "This phone has joined another session", "A newer QR code was scanned with this phone. Go on in that tab, and close this one.";
    }
    sentences {
        /// The primary action of the grid.
        fn send(count: usize) -> String {
            format!("Send {}", photos(count))
        }

        /// Heading while photos are on their way.
        fn sending(sent: usize, count: usize) -> String {
            format!("Sending: {sent} of {count} done")
        }

        /// After a person has stopped photos.
        fn you_stopped(count: usize) -> String {
            let still = if count == 1 { "It is" } else { "They are" };
            format!("You stopped {}. {still} still on this phone.", photos(count))
        }

        /// Name of a photo's bar.
        fn progress_of(at: usize) -> String {
            format!("Progress of photo {}", at + 1)
        }

        /// Under the heading of what arrived.
        fn confirmed(count: usize) -> &'static str {
            if count == 1 { "It is on the desktop now." } else { "They are on the desktop now." }
        }

        /// Heading of what arrived.
        fn arrived(count: usize) -> String {
            format!("{} arrived", photos(count))
        }

        /// Announced once for all photos that arrived or stopped together.
        fn sent_notice(sent: usize, stopped: usize) -> String {
            match (sent, stopped) {
                (0, stopped) => format!("{} not sent", photos(stopped)),
                (sent, 0) => format!("{} sent", photos(sent)),
                (sent, stopped) => format!("{} sent, {stopped} not sent", photos(sent)),
            }
        }

        /// Asked before a link ends while photos wait.
        fn finish_warning(count: usize) -> String {
            let verb = if count == 1 { "has" } else { "have" };
            let them = if count == 1 { "it" } else { "them" };
            format!(
                "{} {verb} not been sent. Disconnecting deletes {them} from this phone.",
                photos(count)
            )
        }

        /// Finishes all the same.
        fn finish_anyway(count: usize) -> String {
            format!("Delete {} and disconnect", photos(count))
        }

        /// Told when the page closed while photos waited.
        fn released(count: usize) -> String {
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
        fn kept(count: usize) -> String {
            let verb = if count == 1 { "is" } else { "are" };
            format!(
                "{} not sent yet {verb} still on this page. Scan a new code for the same patient, then come back here. For \
                 another patient they are removed.",
                photos(count)
            )
        }
    }
}

/// Name of a button that does something to one photo: `Cancel photo 2`.
#[must_use]
pub fn act_on(act: &str, at: usize) -> String {
    format!("{act}: photo {}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_photo_that_goes_or_stays_is_not_spoken_of_in_the_plural() {
        assert_eq!(sent_notice(1, 0), "1 photo sent");
        assert_eq!(sent_notice(2, 1), "2 photos sent, 1 not sent");
        assert_eq!(
            finish_warning(1),
            "1 photo has not been sent. Disconnecting deletes it from this phone."
        );
        assert!(kept(1).starts_with("1 photo not sent yet is still on this page."));
    }
}
